namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// Laaffic has as many tasks as it takes at once (status -37), and all others stand in line. The row exists only while they
/// do. Earlier releases do not know it, and send all the same.
/// </summary>
internal sealed record CapacityRow : LedgerRow
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
