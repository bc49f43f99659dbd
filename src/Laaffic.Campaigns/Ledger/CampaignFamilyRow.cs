namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// The campaigns that were made of a campaign's rejected rows. Written by the commit of that campaign and by every commit of one of
/// them, so of two at once one fails: it left out only whom the others had called by then.
/// </summary>
internal sealed record CampaignFamilyRow : LedgerRow
{
    /// <summary>The task name of the campaign whose rows they are.</summary>
    public string Root { get; init; } = "";

    /// <summary>Their task names, a line each: a name holds no line break.</summary>
    public string Members { get; init; } = "";
}
