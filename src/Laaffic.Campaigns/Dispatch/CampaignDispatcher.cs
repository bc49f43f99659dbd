using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>One round of work on a campaign: each of its due tasks is taken a step further, then its report is written.</summary>
internal sealed class CampaignDispatcher(
    CampaignLedger ledger,
    TaskDispatcher taskDispatcher,
    ReportWriter reports,
    CampaignOptions options,
    TimeProvider time,
    ILogger<CampaignDispatcher> log
)
{
    /// <summary>
    /// Works on a campaign whose open work the caller has reserved, several tasks at a time. Stops early when the reservation is
    /// lost to another worker, or on cancellation; the open work then falls due again.
    /// </summary>
    /// <param name="campaign">The campaign.</param>
    /// <param name="open">Its reserved work.</param>
    /// <param name="hasTurn">Whether it is the first in the queue of a busy account: then one task of it is sent.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>What became of the turn.</returns>
    public async Task<DispatchResult> DispatchAsync(
        CampaignRow campaign,
        WorkItemRow open,
        bool hasTurn,
        CancellationToken cancellationToken
    )
    {
        using var span = CampaignTelemetry.StartRound(campaign);
        using var round = new Run(ledger, taskDispatcher, options, time, campaign, open, hasTurn);
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
            round.WorkAsync
        );

        try
        {
            await FinishAsync(campaign, round, cancellationToken);
        }
        catch (Exception e) when (hasTurn && round.Turn.Outcome != SendOutcome.None && !cancellationToken.IsCancellationRequested)
        {
            // What Laaffic answered must reach the queue all the same: else the next one is sent in vain, and the next. The reservation
            // ends by itself, and the timer finishes the round.
            log.TurnFailed(campaign.TaskName, LogText.FirstLine(e));
            log.Details(e);
        }

        return round.Turn;
    }

    private async Task FinishAsync(CampaignRow campaign, Run round, CancellationToken cancellationToken)
    {
        var (report, tasks) = await reports.WriteAsync(campaign, cancellationToken);
        var ended = campaign with { State = report.State, Accepted = report.Counts.Accepted, Waiting = report.Counts.Waiting };
        var next = Next(campaign, time.GetUtcNow(), round.Open, [.. tasks.Where(t => !t.IsSettled)], round);
        if (!await ledger.CompleteRunAsync(ended, round.Open, next, cancellationToken))
        {
            await RefreshSummaryAsync(campaign.TaskName, cancellationToken);
        }
        else if (next is null)
        {
            CampaignTelemetry.CountSettled(report);
        }
    }

    /// <summary>The list shows the campaign as it is, after something about it changed outside a round.</summary>
    public async Task RefreshSummaryAsync(string taskName, CancellationToken cancellationToken)
    {
        // Either the list is corrected after another worker's round, or that round's end fails, and it falls due again.
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

    /// <summary>The open work after a round; null if nothing is left to do.</summary>
    private static WorkItemRow? Next(
        CampaignRow campaign,
        DateTimeOffset now,
        WorkItemRow open,
        IReadOnlyList<TaskRow> unsettled,
        Run round
    )
    {
        if (unsettled.Count == 0)
        {
            return null;
        }

        var ask = unsettled.Where(t => t.IsToBeAsked).Min(t => (DateTimeOffset?)t.DueAt);
        var send = unsettled.Where(t => !t.IsToBeAsked).Min(t => (DateTimeOffset?)t.DueAt);
        if (send < round.NotBefore)
        {
            send = campaign.Deadline > now && campaign.Deadline < round.NotBefore ? campaign.Deadline : round.NotBefore;
        }

        return open with
        {
            DueAt = send is null || ask < send ? ask!.Value : send.Value,
            DeferredSince = unsettled.Min(t => t.FirstAttemptAt),
            LastAttemptAt = unsettled.Max(t => t.LastAttemptAt),
            AskDueAt = ask,
            SendDueAt = send,
            Deadline = campaign.Deadline,
            Priority = campaign.Priority,
            ReadyAt = campaign.ReadyAt,
            ServedAt = round.WasServed ? now : open.ServedAt,
        };
    }

    /// <summary>Works on the due tasks of one campaign, for as long as that is of use.</summary>
    private sealed class Run(
        CampaignLedger ledger,
        TaskDispatcher dispatcher,
        CampaignOptions options,
        TimeProvider time,
        CampaignRow campaign,
        WorkItemRow open,
        bool hasTurn
    ) : IDisposable
    {
        private readonly SemaphoreSlim _keeping = new(1);
        private volatile bool _isLost;
        private volatile bool _isFull;

        /// <summary>The reservation.</summary>
        public WorkItemRow Open { get; private set; } = open;

        /// <summary>Until when nothing is sent at present; null if that is not so.</summary>
        public DateTimeOffset? NotBefore { get; private set; }

        /// <summary>Whether Laaffic has given its word on a task that was to be sent, other than that it is busy.</summary>
        public bool WasServed { get; private set; }

        public DispatchResult Turn { get; private set; } = new(SendOutcome.None);

        public void Dispose() => _keeping.Dispose();

        public async ValueTask WorkAsync(TaskRow task, CancellationToken cancellationToken)
        {
            // Nothing can be sent, but what became of others can be asked.
            if (_isLost || ((_isFull || NotBefore is not null) && !task.IsToBeAsked))
            {
                return;
            }

            if (!await TryKeepAsync(cancellationToken))
            {
                return;
            }

            var step = await dispatcher.AdvanceAsync(campaign, task, hasTurn && Turn.Outcome == SendOutcome.None, cancellationToken);
            await _keeping.WaitAsync(CancellationToken.None);
            if (step.NotBefore is { } until)
            {
                NotBefore = until;
            }

            if (step.Outcome == SendOutcome.Refused)
            {
                _isFull = true;
            }

            if (hasTurn && step.Task.Attempts > task.Attempts)
            {
                _isFull = true; // it has had its turn, whatever came of it
            }

            WasServed |= step.Outcome != SendOutcome.Refused && step.Task.Attempts > task.Attempts;
            if (step.Outcome != SendOutcome.None && Turn.Outcome == SendOutcome.None)
            {
                Turn = new(step.Outcome, step.Task.Name);
            }

            if (NotBefore is not null)
            {
                Turn = Turn with { IsSendingSuspended = true };
            }

            _keeping.Release();
        }

        /// <summary>Keeps the reservation for one more attempt; one that was made a moment ago is long enough.</summary>
        private async Task<bool> TryKeepAsync(CancellationToken cancellationToken)
        {
            await _keeping.WaitAsync(cancellationToken);
            try
            {
                var now = time.GetUtcNow();
                if (Open.DueAt - now > options.AttemptTimeout * 1.1)
                {
                    return true;
                }

                if (await ledger.TryLeaseAsync(Open, now + options.LeaseDuration, cancellationToken) is not { } kept)
                {
                    _isLost = true;
                }
                else
                {
                    Open = kept;
                }

                return !_isLost;
            }
            finally
            {
                _keeping.Release();
            }
        }
    }
}
