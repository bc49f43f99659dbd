namespace Laaffic.Campaigns.Ledger;

/// <summary>How far the container is reconciled with the ledger.</summary>
internal sealed record ReconciliationRow : LedgerRow
{
    /// <summary>Where the pass goes on; null when the next one starts.</summary>
    public string? ContinuationToken { get; init; }
    public DateTimeOffset PassStartedAt { get; init; }
    public bool PassFailed { get; init; }

    /// <summary>Every file changed before then was dealt with. By the storage service's clock, like the files' times.</summary>
    public DateTimeOffset CheckedUpTo { get; init; }
}
