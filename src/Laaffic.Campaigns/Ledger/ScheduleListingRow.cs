namespace Laaffic.Campaigns.Ledger;

/// <summary>The last listing of the container of schedules all of whose files were taken in.</summary>
internal sealed record ScheduleListingRow : LedgerRow
{
    /// <summary>When it was, by the clock of storage.</summary>
    public DateTimeOffset ListedAt { get; init; }
}
