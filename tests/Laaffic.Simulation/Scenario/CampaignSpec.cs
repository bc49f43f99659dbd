using System.Security.Cryptography;

namespace Laaffic.Simulation.Scenario;

/// <summary>A list as its author knows it: its content, and what must become of it.</summary>
/// <param name="Name">Its task name.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="IsCsv">Its form.</param>
/// <param name="Valid">Whom it is to call, each once, in order. No other list of a run has these numbers unless it is meant to be the same.</param>
internal sealed record CampaignSpec(string Name, byte[] Content, bool IsCsv, IReadOnlyList<string> Valid)
{
    /// <summary>Rows that cannot be called.</summary>
    public int BadRows { get; init; }

    /// <summary>Rows whose number came before.</summary>
    public int Repetitions { get; init; }

    /// <summary>Why it must be rejected as a whole, or null.</summary>
    public string? Mistake { get; init; }

    public string? AppId { get; init; }

    public DateTimeOffset? ExpireAt { get; init; }

    public bool HasLongTexts { get; init; }

    /// <summary>Somebody else has its name or the name of one of its tasks: it, or a part of it, may be rejected.</summary>
    public bool MayConflict { get; set; }

    /// <summary>It is (part of) a list that came before, submitted again as a report advised.</summary>
    public CampaignSpec? FollowsAdviceOn { get; init; }

    /// <summary>What the ledger knows the content by.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Content));
}

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

/// <summary>A request to POST /api/campaigns, sent again until it is answered.</summary>
internal sealed class Post(CampaignSpec spec)
{
    public CampaignSpec Spec { get; } = spec;

    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>The last answer; 0 for none.</summary>
    public int Status { get; set; }

    public string Body { get; set; } = "";

    public int Sent { get; set; }
}
