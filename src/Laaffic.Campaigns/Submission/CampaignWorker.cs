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
        DateTimeOffset? notBefore = null;
        var due = (await ledger.TasksAsync(campaign.PlanId, ct))
            .Where(t => !t.IsSettled && t.DueAt <= time.GetUtcNow())
            .OrderByDescending(t => t.State == TaskState.Uncertain) // asking what became of them must not wait for a busy account
            .ThenBy(t => t.LastAttemptAt ?? DateTimeOffset.MinValue);
        foreach (var task in due)
        {
            // Nothing can be sent, but what became of others can be asked.
            if (notBefore is not null && task.State != TaskState.Uncertain) continue;
            ct.ThrowIfCancellationRequested();
            if (await TryKeepAsync(open, ct) is not { } kept) break;
            open = kept;
            if (await taskWorker.WorkAsync(campaign, task, ct) is { } until) notBefore = until;
        }

        var (report, tasks) = await reports.WriteAsync(campaign, ct);
        var ended = campaign with { State = report.State, Accepted = report.Counts.Accepted, Waiting = report.Counts.Waiting };
        var next = Next(campaign, time.GetUtcNow(), open, [.. tasks.Where(t => !t.IsSettled)], notBefore);
        if (!await ledger.EndRoundAsync(ended, open, next, ct)) await CorrectAsync(campaign.TaskName, ct);
        else if (next is null) CampaignTelemetry.CountSettled(report);
    }

    /// <summary>The list shows the campaign as it is, after something about it changed outside a round.</summary>
    public async Task CorrectAsync(string taskName, CancellationToken ct)
    {
        // Either the list is corrected after another worker's round, or that round's end fails, and it falls due again.
        while (await ledger.FindCampaignAsync(taskName, ct) is { } campaign)
        {
            var (report, _) = await reports.ReadAsync(campaign, ct);
            var corrected = campaign with { State = report.State, Accepted = report.Counts.Accepted, Waiting = report.Counts.Waiting };
            if (corrected == campaign || await ledger.TryReplaceAsync(corrected, ct) is not null) return;
        }
    }

    /// <summary>The open work after a round; null if nothing is left to do.</summary>
    private static OpenRow? Next(CampaignRow campaign, DateTimeOffset now, OpenRow open, IReadOnlyList<TaskRow> unsettled, DateTimeOffset? notBefore)
    {
        if (unsettled.Count == 0) return null;
        var ask = unsettled.Where(t => t.State == TaskState.Uncertain).Min(t => (DateTimeOffset?)t.DueAt);
        var send = unsettled.Where(t => t.State != TaskState.Uncertain).Min(t => (DateTimeOffset?)t.DueAt);
        if (send < notBefore) send = campaign.Deadline > now && campaign.Deadline < notBefore ? campaign.Deadline : notBefore;
        return open with
        {
            DueAt = send is null || ask < send ? ask!.Value : send.Value,
            DeferredSince = unsettled.Min(t => t.FirstAttemptAt),
            LastAttemptAt = unsettled.Max(t => t.LastAttemptAt),
            AskDueAt = ask,
            Deadline = campaign.Deadline,
        };
    }

    /// <summary>Keeps the reservation for one more attempt; one that was made a moment ago is long enough.</summary>
    private async Task<OpenRow?> TryKeepAsync(OpenRow open, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        return open.DueAt - now > options.AttemptTimeout * 1.1 ? open : await ledger.TryReserveAsync(open, now + options.LeaseDuration, ct);
    }
}
