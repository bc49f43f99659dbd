using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Schedules;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Ticks;

/// <summary>What the timer does: takes due work further, keeps schedules, looks for files that no event announced, serves the queue.</summary>
internal sealed class DueWorkRunner(
    CampaignLedger ledger,
    FileIngestor files,
    FileReconciler reconciler,
    ScheduleRunner schedules,
    CampaignDispatcher dispatcher,
    SendQueue queue,
    AccountCircuitBreaker circuitBreaker,
    AccountCapacity capacity,
    TickMonitor monitor,
    CampaignOptions options,
    TimeProvider time,
    ILogger<DueWorkRunner> log
)
{
    /// <summary>A tick takes up nothing new after that, so that the next one is not kept waiting by much.</summary>
    private static readonly TimeSpan TickDuration = TimeSpan.FromMinutes(5);

    /// <summary>While a tick waits for room at a busy account, what else falls due is not kept waiting.</summary>
    private static readonly TimeSpan TickRepeatInterval = TimeSpan.FromMinutes(1);

    private static readonly Comparer<WorkItemRow> FirstFirst = Comparer<WorkItemRow>.Create(QueueOrder.Compare);
    private static readonly Comparer<WorkItemRow> LastFirst = Comparer<WorkItemRow>.Create(static (a, b) => QueueOrder.Compare(b, a));

    /// <summary>Due work that one tick looks at, the oldest first: more than it can do in its time, and no memory to speak of.</summary>
    private const int MaxDuePerTick = 10_000;

    /// <summary>
    /// One tick of the clock: whatever is due is taken a step further, the longest waiting first, and beside that a page of the
    /// container is looked through. While it waits for room at a busy account, it does so again every minute.
    /// </summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await using var running = await monitor.StartAsync(cancellationToken);
        var stop = time.GetUtcNow() + TickDuration;
        var work = WorkAndReconcileAsync();
        var serving = ServeAsync();
        try
        {
            await work;
            while (!await EndsWithinAsync(serving, TickRepeatInterval, cancellationToken))
            {
                await WorkAndReconcileAsync();
            }
        }
        finally
        {
            await serving;
        }

        Task WorkAndReconcileAsync() =>
            Task.WhenAll(
                ProcessDueAsync(stop, cancellationToken),
                schedules.RunAsync(stop, cancellationToken),
                reconciler.ReconcilePageAsync(stop, cancellationToken)
            );

        async Task ServeAsync()
        {
            await queue.DrainAsync(stop, waits: true, cancellationToken);
            await work;
            await queue.DrainAsync(stop, waits: true, cancellationToken); // those that have joined it by that
        }
    }

    private async Task ProcessDueAsync(DateTimeOffset stop, CancellationToken cancellationToken)
    {
        var full = await capacity.FindAsync(cancellationToken);
        var now = time.GetUtcNow();
        var (deferredSince, readySince, inLine) = (now, now, 0);
        var due = new PriorityQueue<WorkItemRow, WorkItemRow>(LastFirst); // to be left out when there are too many
        await foreach (var workItem in ledger.GetDueOrDeferredAsync(now, cancellationToken))
        {
            if (workItem.DeferredSince < deferredSince)
            {
                deferredSince = workItem.DeferredSince.Value;
            }

            if (workItem.DueAt > now)
            {
                continue;
            }

            if (full is not null && QueueOrder.IsInLine(workItem, now))
            {
                inLine++;
                if (workItem.ReadyAt < readySince)
                {
                    readySince = workItem.ReadyAt.Value;
                }
            }

            // However many wait for room, they leave the others their places.
            if (WaitsToSend(workItem))
            {
                continue;
            }

            if (due.Count < MaxDuePerTick)
            {
                due.Enqueue(workItem, workItem);
            }
            else
            {
                due.EnqueueDequeue(workItem, workItem);
            }
        }

        // Before the work, which may take long or never end: an alert on what is overdue must not end with it.
        using var tick = CampaignTelemetry.RecordTick(
            now - (readySince < deferredSince ? readySince : deferredSince),
            inLine,
            now - readySince,
            full?.Running
        );
        await Parallel.ForEachAsync(
            due.UnorderedItems.Select(item => item.Element).Order(FirstFirst).TakeWhile(_ => time.GetUtcNow() < stop),
            new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentCampaigns, CancellationToken = cancellationToken },
            ProcessWorkItemAsync
        );
    }

    private async ValueTask ProcessWorkItemAsync(WorkItemRow workItem, CancellationToken cancellationToken)
    {
        try
        {
            if (workItem.Kind == WorkItemKind.File)
            {
                await files.IngestAsync(workItem.Subject, cancellationToken);
            }
            else if (
                !WaitsToSend(workItem)
                && await ledger.TryLeaseAsync(workItem, time.GetUtcNow() + options.LeaseDuration, cancellationToken) is { } reserved
                && await ledger.FindCampaignAsync(workItem.Subject, cancellationToken) is { } campaign
            )
            {
                await dispatcher.DispatchAsync(campaign, reserved, cancellationToken);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // One that fails must not keep the others waiting; it falls due again when its reservation ends.
            log.WorkFailed(workItem.Kind, workItem.Subject, LogText.FirstLine(e));
            log.Details(e);
        }
    }

    // All that there is to do for it is to send, which nobody may at present: it stays due, and costs nothing.
    private bool WaitsToSend(WorkItemRow workItem)
    {
        var now = time.GetUtcNow();
        return (circuitBreaker.IsKnownOpen || capacity.IsKnownBusy)
            && workItem.Deadline > now
            && (workItem.AskDueAt is null || workItem.AskDueAt > now);
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan wait, CancellationToken cancellationToken)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(task, Task.Delay(wait, time, ended.Token));
        await ended.CancelAsync();
        return task.IsCompleted;
    }
}
