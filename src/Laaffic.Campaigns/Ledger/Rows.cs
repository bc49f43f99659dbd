using Azure;
using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>What every ledger row has.</summary>
internal abstract class LedgerRow : ITableEntity
{
    public string PartitionKey { get; set; } = "";
    public string RowKey { get; set; } = "";
    public DateTimeOffset? Timestamp { get; set; }
    public ETag ETag { get; set; }

    /// <summary>New with every write: tells a lost reply to one's own write from somebody else's write.</summary>
    public string WriteId { get; set; } = "";
}

/// <summary>A committed campaign. Its existence is the commit: from then on its source is never read again.</summary>
internal sealed class CampaignRow : LedgerRow
{
    public string TaskName { get; set; } = "";
    public string PlanId { get; set; } = "";
    public string Source { get; set; } = "";

    /// <summary>The dropped file's path, or null for a campaign that came over HTTP.</summary>
    public string? Path { get; set; }
    public string ContentHash { get; set; } = "";
    public DateTimeOffset CommittedAt { get; set; }
    public DateTimeOffset? SubmitAt { get; set; }

    /// <summary>A task that was not accepted by then expires.</summary>
    public DateTimeOffset Deadline { get; set; }
    public int TaskCount { get; set; }

    // As in the plan, which may be deleted before the campaign is forgotten.
    public long Read { get; set; }
    public long Duplicate { get; set; }
    public long Rejected { get; set; }

    /// <summary>As in the last report; the tasks' rows decide.</summary>
    public string State { get; set; } = "";
    public long Accepted { get; set; }
    public long Waiting { get; set; }

    /// <summary>Where its trace began (W3C trace context), or null if it is not traced.</summary>
    public string? TraceParent { get; set; }
}

internal enum TaskState
{
    /// <summary>Certainly not accepted so far.</summary>
    Waiting,

    /// <summary>A request was sent, or was about to be, and its outcome is not known: it may have been accepted.</summary>
    Uncertain,
    Accepted,
    Rejected,
    Expired,
}

/// <summary>One task. Its partition is its plan's id, so that rows of a plan that was never committed are never seen.</summary>
internal sealed class TaskRow : LedgerRow
{
    public string Name { get; set; } = "";
    public string BlobName { get; set; } = "";
    public long BodyLength { get; set; }
    public int Callees { get; set; }
    public TaskState State { get; set; }
    public DateTimeOffset DueAt { get; set; }
    public int Attempts { get; set; }
    public DateTimeOffset? FirstAttemptAt { get; set; }
    public DateTimeOffset? LastAttemptAt { get; set; }

    /// <summary>Refusals and lost replies in a row: the exponent of the back-off.</summary>
    public int Failures { get; set; }

    /// <summary>When uncertain: from then on a query that does not find the task proves that it was not accepted.</summary>
    public DateTimeOffset? SettledAt { get; set; }

    /// <summary>When uncertain: Laaffic said that the name exists, so only its id is missing and nothing is sent again.</summary>
    public bool NameExists { get; set; }
    public DateTimeOffset? LeaseUntil { get; set; }
    public long? KeyId { get; set; }
    public DateTimeOffset? SettledOn { get; set; }
    public string? Reason { get; set; }

    /// <summary>The last refusal was one that this app does not know (design: rejected once the time to try is over).</summary>
    public bool LastRefusalUnknown { get; set; }

    public bool IsSettled => State is TaskState.Accepted or TaskState.Rejected or TaskState.Expired;
}

internal enum SourceState
{
    /// <summary>Being read, under the lease of its open row.</summary>
    Reading,

    /// <summary>This version of the file belongs to <see cref="SourceRow.Campaign"/>.</summary>
    Planned,
    Rejected,
}

/// <summary>A dropped file, by its path: which version of it was last dealt with, and how.</summary>
internal sealed class SourceRow : LedgerRow
{
    public string Path { get; set; } = "";
    public string BlobETag { get; set; } = "";
    public SourceState State { get; set; }

    /// <summary>The plan being written, whose leftovers a later reader removes.</summary>
    public string PlanId { get; set; } = "";

    /// <summary>Task name of the campaign that the report at this path describes; null if it describes a rejected file.</summary>
    public string? Campaign { get; set; }

    /// <summary>How often reading this version failed for a reason that is not in its content.</summary>
    public int Failures { get; set; }
}

/// <summary>Remembers that these bytes were submitted from this source, so that they never are again.</summary>
internal sealed class VersionRow : LedgerRow
{
    public string TaskName { get; set; } = "";
    public string PlanId { get; set; } = "";
}

internal enum OpenKind
{
    File,
    Campaign,
}

/// <summary>
/// Work that is not finished: a campaign with unsettled tasks or a file being read. Taking it up moves
/// <see cref="DueAt"/> by the lease, under the row's ETag; so whoever dies leaves work that falls due again.
/// </summary>
internal sealed class OpenRow : LedgerRow
{
    public DateTimeOffset DueAt { get; set; }

    /// <summary>The task name, or the path of the file.</summary>
    public string Subject { get; set; } = "";

    public OpenKind Kind { get; set; }

    /// <summary>
    /// As of the last round: the first attempt of the task that is deferred longest; null if none is. Of a file: since when it
    /// waits for the account's secrets.
    /// </summary>
    public DateTimeOffset? DeferredSince { get; set; }
}

/// <summary>An entry of the list of campaigns; its row key sorts the newest first.</summary>
internal sealed class ListRow : LedgerRow
{
    public string TaskName { get; set; } = "";
}

/// <summary>The account is on hold: nothing is sent until then, and then one probe.</summary>
internal sealed class HoldRow : LedgerRow
{
    public DateTimeOffset Since { get; set; }
    public DateTimeOffset Until { get; set; }
    public string Reason { get; set; } = "";
}

/// <summary>How far the sweep through the container has come.</summary>
internal sealed class SweepRow : LedgerRow
{
    /// <summary>Where the pass goes on; null when the next one starts.</summary>
    public string? ContinuationToken { get; set; }
    public DateTimeOffset PassStartedAt { get; set; }
    public bool PassFailed { get; set; }

    /// <summary>Every file changed before then was dealt with. By the storage service's clock, like the files' times.</summary>
    public DateTimeOffset CheckedUpTo { get; set; }
}
