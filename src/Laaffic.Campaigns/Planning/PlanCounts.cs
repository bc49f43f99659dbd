namespace Laaffic.Campaigns.Planning;

/// <summary>How many callees a campaign has. If it is not rejected, those read are the sum of the others.</summary>
/// <param name="Read">All of them; blank lines are none.</param>
/// <param name="Valid">Those that can be called, each number once.</param>
/// <param name="Duplicate">Those whose number was there before.</param>
/// <param name="Rejected">Those that cannot be called, listed with their reasons.</param>
public sealed record PlanCounts(long Read, long Valid, long Duplicate, long Rejected)
{
    /// <summary>Those who are not to be called, listed with their reasons beside the rejected; 0 in plans of earlier releases.</summary>
    public long Suppressed { get; init; }
}
