namespace Laaffic.Campaigns.Reports;

/// <summary>A schedule, its next occurrences and what became of the last ones.</summary>
public sealed record ScheduleReport
{
    /// <summary>It makes campaigns.</summary>
    public const string InForce = "inForce";

    /// <summary>It makes nothing, as its file says <c>"enabled": false</c>.</summary>
    public const string Off = "off";

    /// <summary>It makes nothing, as no version of its file was right yet.</summary>
    public const string Wrong = "wrong";

    /// <summary>Its file is gone. It is shown for a week.</summary>
    public const string Deleted = "deleted";

    /// <summary>Its name: its file's in the container <c>schedules</c>, without <c>.json</c>.</summary>
    public required string Name { get; init; }

    /// <summary><see cref="InForce"/>, <see cref="Off"/>, <see cref="Wrong"/> or <see cref="Deleted"/>.</summary>
    public required string State { get; init; }

    /// <summary>What is wrong with the present version of its file; an earlier one may be in force all the same. At most 20.</summary>
    public IReadOnlyList<CampaignError> Errors { get; init; } = [];

    /// <summary>The zone of its times.</summary>
    public string? TimeZone { get; init; }

    /// <summary>The list in the container <c>lists</c>, or, with a slash at the end, the folder whose newest list is taken.</summary>
    public string? List { get; init; }

    /// <summary>The profile that the list is read with.</summary>
    public string? Profile { get; init; }

    /// <summary>Its next five occurrences, in its zone.</summary>
    public IReadOnlyList<DateTimeOffset> Next { get; init; } = [];

    /// <summary>What keeps an occurrence that is due from being made; null if nothing does.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>What became of its last ten occurrences, the newest first.</summary>
    public IReadOnlyList<OccurrenceReport> Last { get; init; } = [];
}
