namespace Laaffic.Campaigns.Ledger;

/// <summary>Tasks that Laaffic accepted lately, as a yardstick for how far its lists are: see <c>RecentAcceptances</c>.</summary>
internal sealed record AcceptancesRow : LedgerRow
{
    public string Entries { get; init; } = "";
}
