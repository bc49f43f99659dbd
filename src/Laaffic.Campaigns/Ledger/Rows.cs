using System.Runtime.Serialization;
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

/// <summary>A committed campaign. Its existence is the commit: from then on its source is never read again.</summary>
internal sealed record CampaignRow : LedgerRow
{
    public string TaskName { get; init; } = "";
    public string PlanId { get; init; } = "";
    public string Source { get; init; } = "";

    /// <summary>The dropped file's path, or null for a campaign that came over HTTP.</summary>
    public string? Path { get; init; }
    public string ContentHash { get; init; } = "";
    public DateTimeOffset CommittedAt { get; init; }
    public DateTimeOffset? SubmitAt { get; init; }

    /// <summary>What goes before the order in which campaigns became ready.</summary>
    public Priority Priority { get; init; }

    /// <summary>Its place in the queue counts from then: when it came, or its submitAt. Null in rows of earlier releases.</summary>
    public DateTimeOffset? ReadyAt { get; init; }

    /// <summary>A task that was not accepted by then expires.</summary>
    public DateTimeOffset Deadline { get; init; }
    public int TaskCount { get; init; }

    // As in the plan, which may be deleted before the campaign is forgotten.
    public long Read { get; init; }
    public long Duplicate { get; init; }
    public long Rejected { get; init; }

    /// <summary>As in the last report; the tasks' rows decide.</summary>
    public string State { get; init; } = "";
    public long Accepted { get; init; }
    public long Waiting { get; init; }

    /// <summary>Where its trace began (W3C trace context), or null if it is not traced.</summary>
    public string? TraceParent { get; init; }
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
internal sealed record TaskRow : LedgerRow
{
    public string Name { get; init; } = "";
    public string BlobName { get; init; } = "";
    public long BodyLength { get; init; }
    public int Callees { get; init; }

    /// <summary>Where the account's application id stands in the stored body, in bytes; null if the campaign named its own.</summary>
    public long? AppIdOffset { get; init; }
    public int? AppIdLength { get; init; }
    public TaskState State { get; init; }
    public DateTimeOffset DueAt { get; init; }
    public int Attempts { get; init; }
    public DateTimeOffset? FirstAttemptAt { get; init; }
    public DateTimeOffset? LastAttemptAt { get; init; }

    /// <summary>Refusals and lost replies in a row: the exponent of the back-off.</summary>
    public int Failures { get; init; }

    /// <summary>When uncertain: from then on a query that does not find the task proves that it was not accepted.</summary>
    public DateTimeOffset? SettledAt { get; init; }

    /// <summary>When uncertain: it was proven not to be accepted, and stands in line to be sent. It is asked about again before.</summary>
    public bool IsInLine { get; init; }

    /// <summary>When uncertain: Laaffic said that the name exists, so only its id is missing and nothing is sent again.</summary>
    public bool NameExists { get; init; }

    /// <summary>
    /// Laaffic had the name when this ledger knew of no request of ours that could have made it. It may be ours all the same
    /// (a ledger restored from a backup, a gateway that repeats requests), or a stranger's.
    /// </summary>
    public bool MayBeAtLaaffic { get; init; }

    /// <summary>
    /// Of the last attempt: which account of which API it was made with, as <c>LaafficClient.AccountAsync</c> tells it. Only
    /// that account's list says what became of it. Null in rows of earlier releases.
    /// </summary>
    public string? Account { get; init; }

    /// <summary>Accepted as far as this app can know, but a person has to look whether that is right: the reason says why.</summary>
    public bool NeedsLook { get; init; }

    /// <summary>Accepted, but listed by Laaffic with this number of callees instead of the number sent.</summary>
    public int? ListedCallees { get; init; }

    /// <summary>
    /// Not accepted: in which of the campaign's files of callees that were not submitted it is listed, from 1. Never changed,
    /// as that file may have been dropped; null if it is in none.
    /// </summary>
    public int? RestNumber { get; init; }

    /// <summary>The person who said what became of it, where Laaffic did not.</summary>
    public string? ResolvedBy { get; init; }
    public DateTimeOffset? LeaseUntil { get; init; }
    public long? KeyId { get; init; }
    public DateTimeOffset? SettledOn { get; init; }
    public string? Reason { get; init; }

    /// <summary>The last refusal was one that this app does not know (design: rejected once the time to try is over).</summary>
    public bool LastRefusalUnknown { get; init; }

    /// <summary>Whether Laaffic has to be asked what became of it.</summary>
    [IgnoreDataMember]
    public bool IsToBeAsked => State == TaskState.Uncertain && !IsInLine;

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
internal sealed record SourceRow : LedgerRow
{
    public string Path { get; init; } = "";
    public string BlobETag { get; init; } = "";
    public SourceState State { get; init; }

    /// <summary>The plan being written, whose leftovers a later reader removes.</summary>
    public string PlanId { get; init; } = "";

    /// <summary>Task name of the campaign that the report at this path describes; null if it describes a rejected file.</summary>
    public string? Campaign { get; init; }

    /// <summary>How often reading this version was begun and did not come to an end, for whatever reason but storage's own trouble.</summary>
    public int Failures { get; init; }

    /// <summary>Since when storage itself has kept this version from being read; null if it has not.</summary>
    public DateTimeOffset? TroubleSince { get; init; }

    /// <summary>How often in a row the file was overwritten while it was being read.</summary>
    public int Overwrites { get; init; }
}

/// <summary>Remembers that these bytes were submitted from this source, so that they never are again.</summary>
internal sealed record VersionRow : LedgerRow
{
    public string TaskName { get; init; } = "";
    public string PlanId { get; init; } = "";
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
internal sealed record OpenRow : LedgerRow
{
    public DateTimeOffset DueAt { get; init; }

    /// <summary>The task name, or the path of the file.</summary>
    public string Subject { get; init; } = "";

    public OpenKind Kind { get; init; }

    /// <summary>
    /// As of the last round: the first attempt of the task that is deferred longest; null if none is. Of a file: since when it
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

/// <summary>An entry of the list of campaigns; its row key sorts the newest first.</summary>
internal sealed record ListRow : LedgerRow
{
    public string TaskName { get; init; } = "";
}

internal enum GateKind
{
    /// <summary>Laaffic refuses the account as a whole: a person has to act.</summary>
    Hold,

    /// <summary>Laaffic cannot be reached or fails: an open circuit breaker, which closes by itself.</summary>
    Breaker,
}

/// <summary>
/// Nothing is sent until then, and then one probe, which opens the gate or closes it anew. Its row exists only while the gate
/// is closed; the first release knows it as a hold, whose columns it shares.
/// </summary>
internal sealed record GateRow : LedgerRow
{
    public DateTimeOffset Since { get; init; }
    public DateTimeOffset Until { get; init; }

    /// <summary>The latest one.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Absent, and so a hold, in rows of the first release.</summary>
    public GateKind Kind { get; init; }

    /// <summary>How often in a row it was closed: the exponent of the breaker's back-off.</summary>
    public int Trips { get; init; }

    /// <summary>A probe is under way until then; null if none is.</summary>
    public DateTimeOffset? ProbeUntil { get; init; }
}

/// <summary>
/// Laaffic has as many tasks as it takes at once (status -37), and all others stand in line. The row exists only while they
/// do. Earlier releases do not know it, and send all the same.
/// </summary>
internal sealed record BusyRow : LedgerRow
{
    public DateTimeOffset Since { get; init; }

    /// <summary>How many tasks it had, as its list told, when it last would take no more; null if the list does not tell.</summary>
    public int? Limit { get; init; }

    /// <summary>How many it had at the last look; null if the list did not tell.</summary>
    public int? Running { get; init; }

    /// <summary>When its list is looked at next.</summary>
    public DateTimeOffset LookAt { get; init; }

    /// <summary>When a task may be sent though there seems to be no room: the limit may have been raised, or not be told.</summary>
    public DateTimeOffset ProbeAt { get; init; }

    /// <summary>How many such tasks in a row were refused.</summary>
    public int FailedProbes { get; init; }

    /// <summary>When it last took a task: the longer ago that is, the rarer it is looked at.</summary>
    public DateTimeOffset ChangedAt { get; init; }

    /// <summary>The task that it took last, until its list has shown it: before, the list does not tell whether there is room.</summary>
    public string? LastTaken { get; init; }

    /// <summary>Somebody serves the queue until then; null if nobody does.</summary>
    public DateTimeOffset? ServedUntil { get; init; }
}

/// <summary>Tasks that Laaffic accepted lately, as a yardstick for how far its lists are: see <c>RecentAcceptances</c>.</summary>
internal sealed record AcceptancesRow : LedgerRow
{
    public string Entries { get; init; } = "";
}

/// <summary>
/// Written by every commit that uses a name with a number at its end, or gives such names to its tasks, under the name
/// without the number: so of two commits at once that could share a task name one fails.
/// </summary>
internal sealed record NumberedNameRow : LedgerRow
{
    public string Name { get; init; } = "";
}

/// <summary>How far the sweep through the container has come.</summary>
internal sealed record SweepRow : LedgerRow
{
    /// <summary>Where the pass goes on; null when the next one starts.</summary>
    public string? ContinuationToken { get; init; }
    public DateTimeOffset PassStartedAt { get; init; }
    public bool PassFailed { get; init; }

    /// <summary>Every file changed before then was dealt with. By the storage service's clock, like the files' times.</summary>
    public DateTimeOffset CheckedUpTo { get; init; }
}
