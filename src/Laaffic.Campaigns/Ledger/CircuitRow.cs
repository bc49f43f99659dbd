namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// Nothing is sent until then, and then one probe, which closes the circuit or opens it anew. Its row exists only while the
/// circuit is open; the first release knows it as a hold, whose columns it shares.
/// </summary>
internal sealed record CircuitRow : LedgerRow
{
    public DateTimeOffset Since { get; init; }
    public DateTimeOffset Until { get; init; }

    /// <summary>The latest one.</summary>
    public string Reason { get; init; } = "";

    /// <summary>Absent, and so a hold, in rows of the first release.</summary>
    public CircuitKind Kind { get; init; }

    /// <summary>How often in a row it was closed: the exponent of the breaker's back-off.</summary>
    public int Trips { get; init; }

    /// <summary>A probe is under way until then; null if none is.</summary>
    public DateTimeOffset? ProbeUntil { get; init; }
}
