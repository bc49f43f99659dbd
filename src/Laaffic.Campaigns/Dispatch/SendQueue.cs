using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// The line in which tasks stand while Laaffic is busy: one for the account, served by one instance at a time. Its order is
/// that of the campaigns' work items: by priority; then whoever has not had a turn, in the order in which the campaigns became
/// ready; then whoever had his longest ago. So each turn sends one task, and a long campaign keeps nobody waiting for its end.
/// </summary>
internal sealed class SendQueue(
    CampaignLedger ledger,
    AccountCircuitBreaker circuit,
    AccountCapacity capacity,
    CampaignDispatcher dispatcher,
    CampaignOptions options,
    TimeProvider time,
    ILogger<SendQueue> log
)
{
    /// <summary>No further turn is begun after that for somebody who waits for an answer.</summary>
    private static readonly TimeSpan DrainOnceTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// While Laaffic is busy: sends what there is room for, in order, unless another instance does. It goes on for as long as
    /// the next look is near.
    /// </summary>
    /// <param name="stop">When to leave the rest to somebody else.</param>
    /// <param name="waits">Whether to wait for room.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task DrainAsync(DateTimeOffset stop, bool waits, CancellationToken cancellationToken)
    {
        if (circuit.IsKnownOpen || await capacity.FindAsync(cancellationToken) is not { } standing)
        {
            return;
        }

        var isLookDue = time.GetUtcNow() >= standing.LookAt;
        if (!isLookDue && !waits)
        {
            return;
        }

        // For nobody it is worth a look once in a while: whoever comes when there is room again need not stand in line.
        var isForNobody = await FindNextAsync([], cancellationToken) is null;
        if (!isLookDue && isForNobody)
        {
            return;
        }

        var row = await capacity.TryLeaseAsync(standing, cancellationToken);
        while (row is not null)
        {
            row = await FillCapacityAsync(await capacity.CheckAsync(row, cancellationToken), stop, cancellationToken);
            if (row is null)
            {
                return;
            }

            var wait = row.LookAt - time.GetUtcNow();
            var goesOn =
                !isForNobody && (wait <= TimeSpan.Zero || (waits && wait <= options.WaitsForRoom && time.GetUtcNow() + wait < stop));
            row = await capacity.SaveAsync(row, goesOn, cancellationToken);
            if (!goesOn || row is null)
            {
                return;
            }

            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, time, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Serves the queue once if Laaffic is known to be busy, for somebody who has just joined it and waits for an answer.
    /// </summary>
    public async Task DrainOnceAsync(CancellationToken cancellationToken)
    {
        if (!capacity.IsKnownBusy)
        {
            return;
        }

        try
        {
            await DrainAsync(time.GetUtcNow() + DrainOnceTimeout, waits: false, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // What he handed in is committed; the timer serves the queue.
            log.QueueNotServed(LogText.FirstLine(e));
        }
    }

    /// <summary>
    /// Sends one task after the other for as long as there is room. The row as it is then; null if there is nothing more to do, or
    /// somebody else goes on.
    /// </summary>
    private async Task<CapacityRow?> FillCapacityAsync(CapacityCheck room, DateTimeOffset stop, CancellationToken cancellationToken)
    {
        var row = room.Busy;
        HashSet<string> passed = [];
        var left = room.Tasks;
        while (left > 0 && time.GetUtcNow() < stop)
        {
            if (await FindNextAsync(passed, cancellationToken) is not { } next)
            {
                // Whoever had no use for his turn is worked on elsewhere, or was. For nobody a probe is no reason to believe in room.
                if (passed.Count == 0 && !(room.IsProbe && AccountCapacity.IsTold(row)))
                {
                    await capacity.ClearBusyAsync(row, cancellationToken);
                }
                else
                {
                    await capacity.SaveAsync(row with { LookAt = time.GetUtcNow() }, goesOn: false, cancellationToken);
                }

                return null;
            }

            var (served, turn) = await ServeNextAsync(row, next, room.IsProbe, cancellationToken);
            if (served is null || turn.IsSendingSuspended)
            {
                return null;
            }

            row = served;

            switch (turn.Outcome)
            {
                case SendOutcome.Accepted:
                    left--;
                    break;
                case SendOutcome.Refused:
                    left = 0;
                    break;
                default:
                    passed.Add(next.RowKey);
                    break;
            }
        }

        return row;
    }

    /// <summary>Gives a campaign its turn. What became of it, and the row as it is then; no row if somebody else serves the queue.</summary>
    private async Task<(CapacityRow? Busy, TurnResult Turn)> ServeNextAsync(
        CapacityRow busy,
        WorkItemRow next,
        bool isProbe,
        CancellationToken cancellationToken
    )
    {
        var (run, served) = await capacity.ServeWhileAsync(busy, () => TakeTurnAsync(next, cancellationToken));
        using var ending = run;
        var turn = run?.Turn ?? new(SendOutcome.None);
        // What Laaffic answered first: neither a stop of the app nor whatever keeps the campaign's report from being written must
        // lose it.
        try
        {
            if (served is null)
            {
                return (null, turn);
            }

            served = turn.Outcome switch
            {
                SendOutcome.Accepted => capacity.WithAccepted(served, turn.TaskName!, isProbe),
                SendOutcome.Refused => await capacity.WithRefusedAsync(served, CancellationToken.None),
                _ => served,
            };
            var goesOn = !turn.IsSendingSuspended && !cancellationToken.IsCancellationRequested;
            return (await capacity.SaveAsync(served, goesOn, CancellationToken.None), turn);
        }
        finally
        {
            await TryCompleteAsync(run, cancellationToken);
        }
    }

    private async Task<WorkItemRow?> FindNextAsync(HashSet<string> passed, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        WorkItemRow? first = null;
        await foreach (var workItem in ledger.GetDueOrDeferredAsync(now, cancellationToken))
        {
            if (
                QueueOrder.IsInLine(workItem, now)
                && !passed.Contains(workItem.RowKey)
                && (first is null || QueueOrder.Compare(workItem, first) < 0)
            )
            {
                first = workItem;
            }
        }

        return first;
    }

    /// <summary>Sends a task of that campaign; null if it could not be worked on.</summary>
    private async Task<CampaignRun?> TakeTurnAsync(WorkItemRow workItem, CancellationToken cancellationToken)
    {
        try
        {
            return
                await ledger.TryLeaseAsync(workItem, time.GetUtcNow() + options.LeaseDuration, cancellationToken) is { } leased
                && await ledger.FindCampaignAsync(workItem.Subject, cancellationToken) is { } campaign
                ? await dispatcher.AdvanceAsync(campaign, leased, hasTurn: true, cancellationToken)
                : null;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailure(workItem.Subject, e);
            return null;
        }
    }

    private async Task TryCompleteAsync(CampaignRun? run, CancellationToken cancellationToken)
    {
        try
        {
            await (run is null ? Task.CompletedTask : dispatcher.CompleteAsync(run, cancellationToken));
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            LogFailure(run!.Campaign.TaskName, e);
        }
    }

    // One that fails must not keep the others waiting; it falls due again when its lease ends.
    private void LogFailure(string campaign, Exception e)
    {
        log.TurnFailed(campaign, LogText.FirstLine(e));
        log.Details(e);
    }
}
