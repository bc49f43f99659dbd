namespace Laaffic.Api;

/// <summary>The automatic redial of a task.</summary>
public sealed record RecallFlow
{
    /// <summary>Whom to call again: 0 all, 1 those that failed, 3 by intent. Required.</summary>
    public int? RecallType { get; init; }

    /// <summary>Minutes between redials, 1-1440. Required.</summary>
    public int? RecallInterval { get; init; }

    /// <summary>How many redials, 1-10. Required.</summary>
    public int? RecallNum { get; init; }

    /// <summary>The intents to call again: global codes and those of one industry. Required if <see cref="RecallType"/> is 3.</summary>
    public IReadOnlyList<string>? RecallIntent { get; init; }

    /// <summary>The agent of each redial, at most <see cref="RecallNum"/> of them.</summary>
    public IReadOnlyList<RecallNode>? NodeList { get; init; }
}
