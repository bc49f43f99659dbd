using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary>
/// Takes up, on the schedule of the setting <c>RetryDeferredSchedule</c>, whatever is due: deferred tasks, plans that stopped
/// half-way, files that no event announced.
/// </summary>
/// <param name="campaigns">Does the work.</param>
/// <param name="guard">Ends a run that fails.</param>
public sealed class RetryDeferred(CampaignService campaigns, FailureGuard guard)
{
    /// <summary>Takes up whatever is due.</summary>
    /// <param name="timer">The schedule; what is due is read from the ledger, so nothing of it is needed.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(RetryDeferred))]
    public Task Run([TimerTrigger("%RetryDeferredSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
        guard.RunAsync(nameof(RetryDeferred), "due work", "the timer's next run goes on with it", campaigns.RunDueAsync, cancellationToken);
}
