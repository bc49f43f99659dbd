namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// The order of due work, and of the line in which it stands while Laaffic is busy: by priority; then what has not had a turn, in
/// the order in which the campaigns became ready; then what had its turn longest ago.
/// </summary>
internal static class QueueOrder
{
    /// <summary>The order in which due work is done.</summary>
    public static int Compare(WorkItemRow a, WorkItemRow b)
    {
        var order = ((int)a.Priority).CompareTo((int)b.Priority);
        if (order == 0)
        {
            order = (a.ServedAt ?? DateTimeOffset.MinValue).CompareTo(b.ServedAt ?? DateTimeOffset.MinValue);
        }

        if (order == 0)
        {
            order = (a.ReadyAt ?? DateTimeOffset.MinValue).CompareTo(b.ReadyAt ?? DateTimeOffset.MinValue);
        }

        return order == 0 ? string.CompareOrdinal(a.RowKey, b.RowKey) : order;
    }

    /// <summary>Whether a task of it is to be sent as soon as there is room.</summary>
    public static bool IsInLine(WorkItemRow workItem, DateTimeOffset now) =>
        workItem.Kind == WorkItemKind.Campaign
        && workItem.DueAt <= now
        && (workItem.SendDueAt is { } send ? send <= now : workItem.AskDueAt is null) // rows of earlier releases have neither
        && !(workItem.Deadline <= now);
}
