namespace Laaffic.Simulation.Checks;

internal sealed record StoredCampaign(
    string Name,
    string PlanId,
    string ContentHash,
    string? Path,
    DateTimeOffset Deadline,
    DateTimeOffset CommittedAt
);
