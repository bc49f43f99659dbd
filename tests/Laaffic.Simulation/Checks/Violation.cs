namespace Laaffic.Simulation.Checks;

/// <summary>A promise that was broken, and what to look for in the history to understand it.</summary>
internal sealed record Violation(string Invariant, string Detail, IReadOnlyList<string> About);
