namespace Laaffic.Campaigns.Ledger;

/// <summary>A dropped file, by its path: which version of it was last dealt with, and how.</summary>
internal sealed record FileRow : LedgerRow
{
    public string Path { get; init; } = "";
    public string BlobETag { get; init; } = "";
    public FileState State { get; init; }

    /// <summary>The plan being written, whose leftovers a later reader removes.</summary>
    public string PlanId { get; init; } = "";

    /// <summary>Task name of the campaign that the report at this path describes; null if it describes a rejected file.</summary>
    public string? Campaign { get; init; }

    /// <summary>
    /// How often reading this version was begun and did not come to an end, for whatever reason but storage's own trouble.
    /// </summary>
    public int Failures { get; init; }

    /// <summary>Since when storage itself has kept this version from being read; null if it has not.</summary>
    public DateTimeOffset? TroubleSince { get; init; }

    /// <summary>How often in a row the file was overwritten while it was being read.</summary>
    public int Overwrites { get; init; }
}
