using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>A file reserved for reading, with its rows as the ledger last stored them.</summary>
/// <param name="file">The file's row.</param>
/// <param name="workItem">The reservation.</param>
/// <param name="abandonedPlan">What an earlier reader left half-written; null if there is nothing.</param>
internal sealed class FileLease(FileRow file, WorkItemRow workItem, string? abandonedPlan) : ISourceLease
{
    /// <summary>The file's row.</summary>
    public FileRow File { get; private set; } = file;

    /// <summary>The reservation.</summary>
    public WorkItemRow WorkItem { get; private set; } = workItem;

    /// <summary>What an earlier reader left half-written; null if there is nothing.</summary>
    public string? AbandonedPlan { get; } = abandonedPlan;

    /// <inheritdoc/>
    public IEnumerable<TableTransactionAction> EndAs(string taskName, DateTimeOffset now) =>
        [LedgerTable.Replace(File with { State = FileState.Planned, Campaign = taskName }), LedgerTable.Delete(WorkItem)];

    /// <summary>Takes over what was written; false, with nothing changed, if one of the two was not.</summary>
    public bool TryUpdate(FileRow? file, WorkItemRow? workItem)
    {
        if (file is null || workItem is null)
        {
            return false;
        }

        (File, WorkItem) = (file, workItem);
        return true;
    }
}
