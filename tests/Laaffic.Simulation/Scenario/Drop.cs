namespace Laaffic.Simulation.Scenario;

/// <summary>A version of a file that was put into the container.</summary>
internal sealed class Drop(string path, CampaignSpec spec, DateTimeOffset at)
{
    public string Path { get; } = path;

    public CampaignSpec Spec { get; } = spec;

    public DateTimeOffset At { get; } = at;

    /// <summary>When another version took its place, or it was deleted.</summary>
    public DateTimeOffset? GoneAt { get; set; }

    /// <summary>It was still growing when the next version came: not what its author meant to send.</summary>
    public bool IsHalf { get; init; }

    /// <summary>Appended to rather than put as a whole: it is to be rejected with that reason, or read as a whole.</summary>
    public bool IsAppended { get; init; }

    /// <summary>Any process that reads it dies.</summary>
    public bool IsPoison { get; init; }
}
