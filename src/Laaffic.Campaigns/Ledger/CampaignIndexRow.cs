namespace Laaffic.Campaigns.Ledger;

/// <summary>An entry of the list of campaigns; its row key sorts the newest first.</summary>
internal sealed record CampaignIndexRow : LedgerRow
{
    public string TaskName { get; init; } = "";
}
