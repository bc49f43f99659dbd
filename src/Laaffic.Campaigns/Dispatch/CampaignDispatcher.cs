using System.Diagnostics;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Telemetry;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>Works on a campaign: each of its due tasks is taken a step further, then its report is written.</summary>
internal sealed class CampaignDispatcher(
    CampaignLedger ledger,
    TaskDispatcher taskDispatcher,
    ReportWriter reports,
    CampaignOptions options,
    TimeProvider time
)
{
    /// <summary>
    /// Works on a campaign whose work item the caller has leased, several tasks at a time, and writes its report. Stops early when
    /// the lease is lost to another worker, or on cancellation; the work item then falls due again.
    /// </summary>
    public async Task DispatchAsync(CampaignRow campaign, WorkItemRow workItem, CancellationToken cancellationToken)
    {
        using var run = await AdvanceAsync(campaign, workItem, hasTurn: false, cancellationToken);
        await CompleteAsync(run, cancellationToken);
    }

    /// <summary>Takes each due task of a campaign a step further. To be followed by <see cref="CompleteAsync"/>.</summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="workItem">Its leased work item.</param>
    /// <param name="hasTurn">Whether it is the first in the queue of a busy account: then one task of it is sent.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<CampaignRun> AdvanceAsync(
        CampaignRow campaign,
        WorkItemRow workItem,
        bool hasTurn,
        CancellationToken cancellationToken
    )
    {
        var run = new CampaignRun(CampaignTelemetry.StartRun(campaign), ledger, taskDispatcher, options, time, campaign, workItem, hasTurn);
        try
        {
            var due = (await ledger.GetTasksAsync(campaign.PlanId, cancellationToken))
                .Where(t => !t.IsSettled && t.DueAt <= time.GetUtcNow())
                .OrderByDescending(t => t.IsToBeAsked) // asking what became of them must not wait for a busy account
                .ThenBy(t => t.Failures) // one that alone is refused must not keep the others from being tried
                .ThenBy(t => t.RowKey, StringComparer.Ordinal);
            await Parallel.ForEachAsync(
                due,
                new ParallelOptions
                {
                    MaxDegreeOfParallelism = hasTurn ? 1 : options.MaxConcurrentTasks,
                    CancellationToken = cancellationToken,
                },
                run.AdvanceAsync
            );
        }
        catch (OperationCanceledException) when (hasTurn && run.Turn.Outcome != SendOutcome.None)
        {
            // The app stops, but what Laaffic answered before that must reach the queue.
        }
        catch
        {
            run.Dispose();
            throw;
        }

        return run;
    }

    /// <summary>Writes the report of a campaign after a run, and when it is due again.</summary>
    public async Task CompleteAsync(CampaignRun run, CancellationToken cancellationToken)
    {
        var campaign = run.Campaign;
        Activity.Current = run.Span ?? Activity.Current;
        var (report, tasks) = await reports.WriteAsync(campaign, run.Served, cancellationToken);
        var ended = campaign with { State = report.State, Accepted = report.Counts.Accepted, Waiting = report.Counts.Waiting };
        var next = run.Next([.. tasks.Where(t => !t.IsSettled)]);
        if (!await ledger.CompleteRunAsync(ended, run.WorkItem, next, cancellationToken))
        {
            await RefreshSummaryAsync(campaign.TaskName, cancellationToken);
        }
        else if (next is null)
        {
            CampaignTelemetry.CountSettled(report);
        }
    }

    /// <summary>The list shows the campaign as it is, after something about it changed outside a run.</summary>
    public async Task RefreshSummaryAsync(string taskName, CancellationToken cancellationToken)
    {
        // Either the list is corrected after another worker's run, or that run's end fails, and it falls due again.
        while (await ledger.FindCampaignAsync(taskName, cancellationToken) is { } campaign)
        {
            var (report, _) = await reports.ReadAsync(campaign, cancellationToken);
            var corrected = campaign with { State = report.State, Accepted = report.Counts.Accepted, Waiting = report.Counts.Waiting };
            if (corrected == campaign || await ledger.TryReplaceAsync(corrected, cancellationToken) is not null)
            {
                return;
            }
        }
    }
}
