using System.Security.Cryptography;

namespace Laaffic.Simulation.Scenario;

/// <summary>A list as its author knows it: its content, and what must become of it.</summary>
/// <param name="Name">Its task name.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="IsCsv">Its form.</param>
/// <param name="Valid">Whom it is to call, each once, in order. No other list of a run has these numbers unless it is meant to be the
/// same.</param>
internal sealed record CampaignSpec(string Name, byte[] Content, bool IsCsv, IReadOnlyList<string> Valid)
{
    /// <summary>Rows that cannot be called.</summary>
    public int BadRows { get; init; }

    /// <summary>Rows whose number came before.</summary>
    public int Repetitions { get; init; }

    /// <summary>Why it must be rejected as a whole, or null.</summary>
    public string? Mistake { get; init; }

    public string? AppId { get; init; }

    public DateTimeOffset? ExpireAt { get; init; }

    public bool HasLongTexts { get; init; }

    /// <summary>Somebody else has its name or the name of one of its tasks: it, or a part of it, may be rejected.</summary>
    public bool MayConflict { get; set; }

    /// <summary>It is (part of) a list that came before, submitted again as a report advised.</summary>
    public CampaignSpec? FollowsAdviceOn { get; init; }

    /// <summary>What the ledger knows the content by.</summary>
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Content));
}
