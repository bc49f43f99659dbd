namespace Laaffic.Simulator;

/// <summary>An AI agent of the account.</summary>
/// <param name="Id">The id that <c>agentId</c> or <c>scriptId</c> gives.</param>
/// <param name="Industry">The industry whose recall intents it knows (others: status -68); null when it knows all.</param>
/// <param name="Texts">The numbers (1-10) of the texts its template uses; a callee without one of them: status -21.</param>
public sealed record SimulatedAgent(int Id, Industry? Industry = null, params IReadOnlyList<int> Texts);
