using Laaffic.Campaigns.Ledger;

namespace Laaffic.Campaigns.Ticks;

/// <summary>
/// Writes down that the timer runs, and tells when it does not: a timer that is disabled, or whose host fails, says nothing itself.
/// </summary>
internal sealed class TickMonitor(LedgerTable table, CampaignOptions options, TimeProvider time)
{
    /// <summary>How many occurrences may be missed.</summary>
    private const int MaxMissed = 10;

    /// <summary>A tick that takes long says now and then that it is still at work.</summary>
    private static readonly TimeSpan MaxHeartbeatInterval = TimeSpan.FromMinutes(1);

    private readonly DateTimeOffset _startedAt = time.GetUtcNow();

    /// <summary>A tick has begun; it is at work until what is returned is disposed.</summary>
    public async Task<IAsyncDisposable> StartAsync(CancellationToken cancellationToken)
    {
        await BeatAsync(cancellationToken);
        var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        return new Heartbeat(KeepBeatingAsync(ended.Token), ended);
    }

    /// <summary>What is wrong with the timer; null if nothing is, or no schedule is known.</summary>
    public async Task<string?> FindFaultAsync(CancellationToken cancellationToken)
    {
        if (options.TickSchedule is not { } schedule)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var last = (await table.FindAsync<TickRow>(LedgerKeys.Tick, cancellationToken))?.LastSeenAt;
        // An app that was stopped for long has no fault before its timer could run.
        if (schedule.OccurrenceAfter(last ?? _startedAt, MaxMissed) > now || schedule.OccurrenceAfter(_startedAt, 2) > now)
        {
            return null;
        }

        return $"The timer has not run since {last ?? _startedAt:u}, though its schedule is '{schedule.Expression}': whatever waits is "
            + "not taken further, and files without an event are not found. Look whether the function RetryDeferred is enabled, and "
            + "at the host's log.";
    }

    private TimeSpan HeartbeatInterval()
    {
        var now = time.GetUtcNow();
        var half = options.TickSchedule is { } schedule ? (schedule.OccurrenceAfter(now, MaxMissed) - now) / 2 : MaxHeartbeatInterval;
        return half < MaxHeartbeatInterval ? half : MaxHeartbeatInterval;
    }

    private async Task KeepBeatingAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(HeartbeatInterval(), time, cancellationToken);
            await BeatAsync(cancellationToken);
        }
    }

    private async Task BeatAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Unconditional: whichever instance is last is right.
            await table.UpsertAsync(
                new TickRow
                {
                    PartitionKey = LedgerKeys.Main,
                    RowKey = LedgerKeys.Tick,
                    LastSeenAt = time.GetUtcNow(),
                },
                cancellationToken
            );
        }
        catch (Exception e) when (StorageFailure.Is(e) && !cancellationToken.IsCancellationRequested)
        {
            // The health check looks at storage by itself.
        }
    }

    private sealed class Heartbeat(Task beating, CancellationTokenSource ended) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await ended.CancelAsync();
            await beating.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            ended.Dispose();
        }
    }
}
