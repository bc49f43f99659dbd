namespace Laaffic.Simulation.Faults;

/// <summary>All requests to a target share a fate for a while.</summary>
internal sealed record Outage(Target Target, DateTimeOffset From, DateTimeOffset To, FaultKind Kind, bool CreatesOnly = false);
