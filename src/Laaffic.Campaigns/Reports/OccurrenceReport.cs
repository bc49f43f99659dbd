namespace Laaffic.Campaigns.Reports;

/// <summary>What became of an occurrence of a schedule.</summary>
public sealed record OccurrenceReport
{
    /// <summary>When it was, in the schedule's zone.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>
    /// <c>made</c>; or why no campaign was: <c>missed</c>, <c>listMissing</c>, <c>listEmpty</c>, <c>listUnchanged</c>,
    /// <c>listTooOld</c>, <c>listBeingWritten</c>, <c>rejected</c>.
    /// </summary>
    public required string State { get; init; }

    /// <summary>The reason in words; null if a campaign was made.</summary>
    public string? Reason { get; init; }

    /// <summary>The campaign that was made.</summary>
    public string? TaskName { get; init; }

    /// <summary>The list, such as <c>lists/overdue.csv</c>.</summary>
    public string? List { get; init; }

    /// <summary>The report on a list that was read and rejected, such as <c>results/_schedules/…</c>.</summary>
    public string? Report { get; init; }

    /// <summary>When that was settled.</summary>
    public required DateTimeOffset SettledAt { get; init; }
}
