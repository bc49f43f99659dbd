namespace Laaffic.Campaigns.Ledger;

/// <summary>An occurrence of a schedule that is dealt with.</summary>
internal sealed record OccurrenceRow : LedgerRow
{
    public string Schedule { get; init; } = "";
    public DateTimeOffset At { get; init; }

    public OccurrenceState State { get; init; }

    /// <summary>Why no campaign was made; null if one was.</summary>
    public string? Reason { get; init; }

    /// <summary>The campaign that was made; null if none was.</summary>
    public string? TaskName { get; init; }

    /// <summary>The list, if one was found.</summary>
    public string? List { get; init; }

    /// <summary>The report on a list that was read and rejected.</summary>
    public string? Report { get; init; }

    public DateTimeOffset SettledAt { get; init; }
}
