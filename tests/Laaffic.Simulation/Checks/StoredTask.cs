namespace Laaffic.Simulation.Checks;

internal sealed record StoredTask(
    string PlanId,
    string Name,
    int Callees,
    string State,
    long? KeyId,
    string? Reason,
    DateTimeOffset? LastAttemptAt,
    bool MayBeAtLaaffic
)
{
    public bool IsSettled => State is "Accepted" or "Rejected" or "Expired";
}
