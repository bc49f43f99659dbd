namespace Laaffic.Api;

/// <summary>One redial.</summary>
/// <param name="AgentId">The AI agent that makes it. Required.</param>
/// <param name="AsText">Whether the id is written as a JSON string, as in the vendor's sample, rather than as a number.</param>
public sealed record RecallNode(long? AgentId, bool AsText = false);
