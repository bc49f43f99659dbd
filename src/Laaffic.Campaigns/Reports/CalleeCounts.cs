namespace Laaffic.Campaigns.Reports;

/// <summary>
/// Callees by where they are: <c>read = duplicate + rejected + suppressed + accepted + waiting + notSubmitted</c>.
/// </summary>
/// <param name="Read">Rows or objects in the source.</param>
/// <param name="Duplicate">Repetitions of a number that came earlier in the source; dropped.</param>
/// <param name="Rejected">Callees that cannot be called as they are; see the rejected file.</param>
/// <param name="Accepted">Callees in tasks that Laaffic accepted.</param>
/// <param name="Waiting">Callees in tasks that are still to be accepted, or whose acceptance is not yet known.</param>
/// <param name="NotSubmitted">
/// Callees whose task was rejected or expired, or whose whole campaign was rejected. They are not called, unless
/// <see cref="CampaignReport.NeedsAction"/> says that a task may be at Laaffic all the same.
/// </param>
public sealed record CalleeCounts(long Read, long Duplicate, long Rejected, long Accepted, long Waiting, long NotSubmitted)
{
    /// <summary>Callees that could be called but are not to be; the rejected file lists them too.</summary>
    public long Suppressed { get; init; }
}
