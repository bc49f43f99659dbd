namespace Laaffic.Campaigns.Ledger;

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

    /// <summary>How many of its callees are not to be called; 0 in rows of earlier releases.</summary>
    public long Suppressed { get; init; }

    /// <summary>As in the last report; the tasks' rows decide.</summary>
    public string State { get; init; } = "";
    public long Accepted { get; init; }
    public long Waiting { get; init; }

    /// <summary>The first campaign whose rejected rows it was made of; null if it was not, or in rows of earlier releases.</summary>
    public string? RowsOf { get; init; }

    /// <summary>Where its trace began (W3C trace context), or null if it is not traced.</summary>
    public string? TraceParent { get; init; }
}
