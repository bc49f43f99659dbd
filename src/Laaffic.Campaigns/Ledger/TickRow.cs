namespace Laaffic.Campaigns.Ledger;

/// <summary>That the timer runs.</summary>
internal sealed record TickRow : LedgerRow
{
    /// <summary>When a tick was last known to be at work, in whatever instance.</summary>
    public DateTimeOffset LastSeenAt { get; init; }
}
