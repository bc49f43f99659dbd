namespace Laaffic.Campaigns.Ledger;

/// <summary>Remembers that these bytes were submitted from this source, so that they never are again.</summary>
internal sealed record IdempotencyRow : LedgerRow
{
    public string TaskName { get; init; } = "";
    public string PlanId { get; init; } = "";
}
