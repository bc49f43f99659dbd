using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns.Submission;

/// <summary>One round of work on a campaign: each of its due tasks is taken a step further, then its report is written.</summary>
internal sealed class CampaignWorker(
    CampaignLedger ledger, TaskWorker taskWorker, ReportWriter reports, CampaignOptions options, TimeProvider time)
{
    /// <summary>
    /// Works on a campaign whose open work the caller has reserved. Stops early when the reservation is lost to another
    /// worker, or on cancellation; the open work then falls due again.
    /// </summary>
    public async Task WorkAsync(CampaignRow campaign, OpenRow open, CancellationToken ct)
    {
        using var span = CampaignTelemetry.StartRound(campaign);
        DateTimeOffset? brake = null;
        var due = (await ledger.TasksAsync(campaign.PlanId, ct))
            .Where(t => !t.IsSettled && t.DueAt <= time.GetUtcNow())
            .OrderByDescending(t => t.State == TaskState.Uncertain); // asking what became of them must not wait for a busy account
        foreach (var task in due)
        {
            ct.ThrowIfCancellationRequested();
            if (!await TryKeepAsync(open, ct)) break;
            brake = await taskWorker.WorkAsync(campaign, task, ct);
            if (brake is not null) break;
        }

        var (report, tasks) = await reports.WriteAsync(campaign, ct);
        (campaign.State, campaign.Accepted, campaign.Waiting) = (report.State, report.Counts.Accepted, report.Counts.Waiting);
        DateTimeOffset? dueAgain = tasks.All(t => t.IsSettled) ? null : tasks.Where(t => !t.IsSettled).Min(t => t.DueAt);
        if (dueAgain < brake) dueAgain = brake;
        open.DeferredSince = tasks.Where(t => !t.IsSettled).Min(t => t.FirstAttemptAt);
        if (!await ledger.EndRoundAsync(campaign, open, dueAgain, ct)) await CorrectAsync(campaign.TaskName, ct);
        else if (dueAgain is null) CampaignTelemetry.CountSettled(report);
    }

    /// <summary>Keeps the reservation for one more attempt; one that was made a moment ago is long enough.</summary>
    private async Task<bool> TryKeepAsync(OpenRow open, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return open.DueAt - now > options.AttemptTimeout * 1.1 || await ledger.TryReserveAsync(open, now + options.LeaseDuration, ct);
    }

    /// <summary>
    /// The round is another worker's, which may have ended it without knowing of an acceptance that was recorded here. Either
    /// the list is corrected after that, or the other's end of the round fails, and it falls due again.
    /// </summary>
    private async Task CorrectAsync(string taskName, CancellationToken ct)
    {
        while (await ledger.FindCampaignAsync(taskName, ct) is { } campaign)
        {
            var (report, _) = await reports.ReadAsync(campaign, ct);
            var (state, accepted, waiting) = (report.State, report.Counts.Accepted, report.Counts.Waiting);
            if ((campaign.State, campaign.Accepted, campaign.Waiting) == (state, accepted, waiting)) return;
            (campaign.State, campaign.Accepted, campaign.Waiting) = (state, accepted, waiting);
            if (await ledger.TryReplaceAsync(campaign, ct)) return;
        }
    }
}
