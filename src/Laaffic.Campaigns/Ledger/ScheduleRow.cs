namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// A schedule: what it says, how far its occurrences are dealt with, and the reservation of the one that is being made. They are made
/// one after the other, so that each knows the list of the one before.
/// </summary>
internal sealed record ScheduleRow : LedgerRow
{
    public string Name { get; init; } = "";

    /// <summary>The content of the last version of its file that was right; empty if there was none.</summary>
    public string Definition { get; init; } = "";

    /// <summary>The version of the file that was read last, right or wrong.</summary>
    public string SeenETag { get; init; } = "";

    /// <summary>What is wrong with that version, as JSON; null if nothing is.</summary>
    public string? Errors { get; init; }

    /// <summary>Whether the file is gone.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>Every occurrence up to then was made, or has its reason why not.</summary>
    public DateTimeOffset DoneUntil { get; init; }

    /// <summary>Until when the next occurrence is reserved, or left alone; null if it is not.</summary>
    public DateTimeOffset? LeasedUntil { get; init; }

    /// <summary>Whether somebody makes it, or died doing so.</summary>
    public bool IsBeingMade { get; init; }

    /// <summary>The plan of whoever made it last, whose leftovers the next one removes; null if nobody has tried.</summary>
    public string? PlanId { get; init; }

    /// <summary>How often making the next occurrence was begun and did not come to an end.</summary>
    public int Failures { get; init; }

    /// <summary>What kept the next occurrence from being made the last time; null if nothing has.</summary>
    public string? Trouble { get; init; }

    /// <summary>The upload that kept the last occurrence from being made; null if none did.</summary>
    public string? Upload { get; init; }

    /// <summary>The list of the last campaign: its path, its version and its content.</summary>
    public string? LastList { get; init; }
    public string? LastListETag { get; init; }
    public string? LastListHash { get; init; }
}
