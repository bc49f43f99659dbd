namespace Laaffic.Api;

/// <summary>One rule of the API that a request breaks.</summary>
/// <param name="Path">The field, such as <c>recallFlow.recallNum</c> or <c>allowSendTime[3]</c>; empty for the whole.</param>
/// <param name="Message">What is wrong with it, such as <c>11 is above 10</c>.</param>
public sealed record Violation(string Path, string Message)
{
    /// <summary>For example <c>recallFlow.recallNum: 11 is above 10</c>.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}
