namespace Laaffic.Campaigns.Ledger;

/// <summary>A file reserved for reading, with its rows as the ledger last took them.</summary>
/// <param name="source">The file's row.</param>
/// <param name="open">The reservation.</param>
/// <param name="AbandonedPlan">What an earlier reader left half-written; null if there is nothing.</param>
internal sealed class FileLease(FileRow source, WorkItemRow open, string? AbandonedPlan)
{
    public FileRow File { get; private set; } = source;

    public WorkItemRow WorkItem { get; private set; } = open;

    public string? AbandonedPlan { get; } = AbandonedPlan;

    /// <summary>Takes over what was written; false, with nothing changed, if one of the two was not.</summary>
    public bool TryUpdate(FileRow? written, WorkItemRow? reservation)
    {
        if (written is null || reservation is null)
        {
            return false;
        }

        (File, WorkItem) = (written, reservation);
        return true;
    }
}
