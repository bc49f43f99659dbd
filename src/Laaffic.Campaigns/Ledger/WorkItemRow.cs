namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// Work that is not finished: a campaign with unsettled tasks or a file being read. Taking it up moves
/// <see cref="DueAt"/> by the lease, under the row's ETag; so whoever dies leaves work that falls due again.
/// </summary>
internal sealed record WorkItemRow : LedgerRow
{
    /// <summary>A row for work that falls due then.</summary>
    public static WorkItemRow New(WorkItemKind kind, string subject, DateTimeOffset due) =>
        new()
        {
            PartitionKey = LedgerKeys.Main,
            RowKey = LedgerKeys.WorkItem(kind, subject),
            Kind = kind,
            Subject = subject,
            DueAt = due,
        };

    public DateTimeOffset DueAt { get; init; }

    /// <summary>The task name, or the path of the file.</summary>
    public string Subject { get; init; } = "";

    public WorkItemKind Kind { get; init; }

    /// <summary>
    /// As of the last run: the first attempt of the task that is deferred longest; null if none is. Of a file: since when it
    /// waits for the account's secrets.
    /// </summary>
    public DateTimeOffset? DeferredSince { get; init; }

    /// <summary>Of a campaign: when a task of it was last attempted; null if none was. Due work is taken up in this order.</summary>
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Of a campaign: when Laaffic is to be asked about an uncertain task of it; null if there is none.</summary>
    public DateTimeOffset? AskDueAt { get; init; }

    /// <summary>Of a campaign: its deadline; null in rows of the first release.</summary>
    public DateTimeOffset? Deadline { get; init; }

    /// <summary>Of a campaign: when its next task is to be sent; null if none is, and in rows of earlier releases.</summary>
    public DateTimeOffset? SendDueAt { get; init; }

    /// <summary>Of a campaign: its place in the queue. See <see cref="CampaignRow"/>.</summary>
    public Priority Priority { get; init; }
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Of a campaign: when it last had its turn, that is, Laaffic's word on a task of it other than that it is busy.</summary>
    public DateTimeOffset? ServedAt { get; init; }
}
