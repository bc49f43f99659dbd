using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>What a campaign's source is reserved by while it is read. The commit ends it, in the same transaction.</summary>
internal interface ISourceLease
{
    /// <summary>What the commit changes besides: the source became this campaign.</summary>
    IEnumerable<TableTransactionAction> EndAs(string taskName, DateTimeOffset now);
}
