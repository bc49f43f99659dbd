namespace Laaffic.Campaigns.Reports;

/// <summary>What the app makes of a schedule's file: the content of <c>results/_schedules/NAME.report.json</c>.</summary>
public sealed record ScheduleFileReport
{
    /// <summary>The file is right, and in force.</summary>
    public const string Right = "inForce";

    /// <summary>The file is wrong.</summary>
    public const string Wrong = "wrong";

    /// <summary>The file is gone.</summary>
    public const string Deleted = "deleted";

    /// <summary>The schedule's name: its file's, without <c>.json</c>.</summary>
    public required string Schedule { get; init; }

    /// <summary><see cref="Right"/>, <see cref="Wrong"/> or <see cref="Deleted"/>.</summary>
    public required string State { get; init; }

    /// <summary>What a person must do, or null when nothing needs one.</summary>
    public string? NeedsAction { get; init; }

    /// <summary>What is wrong, by field and line.</summary>
    public IReadOnlyList<CampaignError> Errors { get; init; } = [];
}
