using Laaffic.Campaigns;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary>
/// Takes up, on the schedule of the setting <c>RetryDeferredSchedule</c>, whatever is due: deferred tasks, plans that stopped half-way,
/// files that no event announced.
/// </summary>
/// <param name="campaigns">Does the work.</param>
public sealed class RetryDeferred(CampaignService campaigns)
{
    /// <summary>Takes up whatever is due.</summary>
    /// <param name="timer">The schedule; what is due is read from the ledger, so nothing of it is needed.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(RetryDeferred))]
    public Task Run([TimerTrigger("%RetryDeferredSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        campaigns.RunDueAsync(cancellationToken);
}
