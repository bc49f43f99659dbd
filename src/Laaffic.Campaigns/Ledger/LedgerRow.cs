using Azure;
using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// What every ledger row has. A row is a value: whoever changes one makes another (<c>with</c>), and holds it as the row's
/// state only once the ledger has taken it. So a write that fails leaves nothing behind in memory.
/// </summary>
internal abstract record LedgerRow : ITableEntity
{
    public string PartitionKey { get; set; } = "";
    public string RowKey { get; set; } = "";
    public DateTimeOffset? Timestamp { get; set; }
    public ETag ETag { get; set; }

    /// <summary>New with every write: tells a lost reply to one's own write from somebody else's write.</summary>
    public string WriteId { get; init; } = "";
}
