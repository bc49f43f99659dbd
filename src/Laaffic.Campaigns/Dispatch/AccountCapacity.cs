using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// Whether Laaffic has room for another task, after it said that it has too many at once (status -37). It is found out by
/// counting those that it lists as not finished, against as many as there were when it would take no more. Only now and then,
/// ever more rarely, is a task sent to find out: the limit may have been raised, and the list need not tell.
/// </summary>
internal sealed class AccountCapacity(
    AccountLedger ledger,
    LaafficClient laaffic,
    Backoff backoff,
    CampaignOptions options,
    TimeProvider time,
    ILogger<AccountCapacity> log
)
{
    /// <summary>A look comes after this part of the time for which nothing has changed: so a wait grows by that part at most.</summary>
    private const double CheckFraction = 1 / 20.0;

    /// <summary>The same for a task that is sent on trial, where the list does not tell.</summary>
    private const double ProbeFraction = 1 / 10.0;

    private static readonly TimeSpan ShortestCheckInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long somebody serves the queue until he says so again. A turn may take longer; then another takes over, which at
    /// worst has a task refused, and the line need not wait long for one that died.
    /// </summary>
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(1);

    /// <summary>What a look may take.</summary>
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(30);

    private volatile bool _isKnownBusy;

    /// <summary>
    /// Whether the account was busy when this instance last heard of it: nobody need ask the ledger to know that he must wait.
    /// </summary>
    public bool IsKnownBusy => _isKnownBusy;

    /// <summary>Why tasks wait; null if they need not.</summary>
    public async Task<CapacityRow?> FindAsync(CancellationToken cancellationToken)
    {
        var busy = await ledger.FindCapacityAsync(cancellationToken);
        _isKnownBusy = busy is not null;
        return busy;
    }

    /// <summary>Laaffic would not take a task: from now on all stand in line.</summary>
    public async Task MarkBusyAsync(CancellationToken cancellationToken)
    {
        _isKnownBusy = true;
        if (await ledger.FindCapacityAsync(cancellationToken) is not null)
        {
            return;
        }

        // Before anything is counted, which takes its time: meanwhile the others would send in vain.
        var now = time.GetUtcNow();
        var added = await ledger.TryAddCapacityAsync(
            new CapacityRow
            {
                Since = now,
                ChangedAt = now,
                LookAt = now + MinCheckInterval,
                ProbeAt = now + backoff.After(1),
            },
            cancellationToken
        );
        if (added is null)
        {
            return;
        }

        var running = await CountAsync(cancellationToken);
        log.AccountBusy(running);
        // If somebody serves the queue by now, he has counted himself.
        await ledger.TryReplaceAsync(added with { Limit = running, Running = running }, cancellationToken);
    }

    /// <summary>Whoever gets the row serves the queue. Null if somebody else does.</summary>
    public async Task<CapacityRow?> TryLeaseAsync(CapacityRow busy, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        // A time far ahead was set by a clock that was.
        return busy.ServedUntil > now && busy.ServedUntil < now + 2 * LeaseDuration
            ? null
            : await SaveAsync(busy, goesOn: true, cancellationToken);
    }

    /// <summary>Stores the row, and whether one goes on serving the queue. Null if somebody else does.</summary>
    public async Task<CapacityRow?> SaveAsync(CapacityRow busy, bool goesOn, CancellationToken cancellationToken) =>
        await ledger.TryReplaceAsync(busy with { ServedUntil = goesOn ? time.GetUtcNow() + LeaseDuration : null }, cancellationToken);

    /// <summary>Counts, if it is time to. Returns for how many tasks there is room, and the row as it is then.</summary>
    public async Task<CapacityCheck> CheckAsync(CapacityRow busy, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < busy.LookAt && busy.LookAt <= now + options.InitialDelay + LeaseDuration)
        {
            return new(busy, 0);
        }

        var running = await CountAsync(cancellationToken);
        var isShown = busy.LastTaken is null || running is null || await IsListedAsync(busy.LastTaken, cancellationToken);
        now = time.GetUtcNow();
        var limit =
            running is null ? busy.Limit
            : busy.Limit is { } known && known > running ? known
            : running;
        busy = busy with
        {
            Running = running,
            Limit = limit,
            LastTaken = isShown ? null : busy.LastTaken,
            LookAt = now + Fraction(now - busy.ChangedAt, CheckFraction, MinCheckInterval, options.InitialDelay),
        };
        var room = running is { } there && isShown ? Math.Max(0, limit!.Value - there) : 0;
        CampaignTelemetry.RecordRunning(running);
        // One that is further ahead was set by a clock that was.
        var waits = now < busy.ProbeAt && busy.ProbeAt <= now + 2 * options.MaxDelay;
        return room > 0 || waits ? new(busy, room) : new(busy, 1, IsProbe: true);
    }

    /// <summary>Laaffic has taken a task.</summary>
    public CapacityRow WithAccepted(CapacityRow busy, string name, bool isProbe)
    {
        var now = time.GetUtcNow();
        var running = busy.Running + 1;
        return busy with
        {
            Running = running,
            Limit = running > busy.Limit ? running : busy.Limit,
            LastTaken = name,
            ChangedAt = now,
            LookAt = isProbe ? now : now + MinCheckInterval, // where one had room beyond the limit, another may have
            FailedProbes = isProbe ? 0 : busy.FailedProbes,
            ProbeAt = isProbe ? now : busy.ProbeAt,
        };
    }

    /// <summary>Laaffic would not take a task.</summary>
    public async Task<CapacityRow> WithRefusedAsync(CapacityRow busy, CancellationToken cancellationToken)
    {
        var running = await CountAsync(cancellationToken);
        var now = time.GetUtcNow();
        var failed = busy.FailedProbes + 1;
        return busy with
        {
            Running = running,
            Limit = running,
            LookAt = now + Fraction(now - busy.ChangedAt, CheckFraction, MinCheckInterval, options.InitialDelay),
            FailedProbes = failed,
            ProbeAt =
                now
                + (
                    running is null
                        ? Fraction(now - busy.ChangedAt, ProbeFraction, options.InitialDelay, options.MaxDelay)
                        : backoff.After(failed)
                ),
        };
    }

    /// <summary>Nobody stands in line any more, and there is room.</summary>
    public async Task ClearBusyAsync(CapacityRow busy, CancellationToken cancellationToken)
    {
        if (!await ledger.TryRemoveCapacityAsync(busy, cancellationToken))
        {
            return;
        }

        _isKnownBusy = false;
        log.AccountHasRoom();
    }

    private TimeSpan MinCheckInterval =>
        options.InitialDelay / 10 > ShortestCheckInterval ? options.InitialDelay / 10 : ShortestCheckInterval;

    private static TimeSpan Fraction(TimeSpan whole, double part, TimeSpan least, TimeSpan most)
    {
        var wait = whole * part;
        if (wait > most)
        {
            wait = most;
        }

        return wait < least ? least : wait;
    }

    private async Task<int?> CountAsync(CancellationToken cancellationToken) =>
        await AskAsync(async timeout => await laaffic.CountUnfinishedAsync(Tomorrow, timeout), null, cancellationToken);

    private async Task<bool> IsListedAsync(string name, CancellationToken cancellationToken) =>
        await AskAsync(
            async timeout => (await laaffic.FindTaskAsync(name, null, Tomorrow, timeout)).Task is not null,
            false,
            cancellationToken
        );

    // A day later, as the zone of Laaffic's clock is not documented.
    private DateTime Tomorrow => TimeZoneInfo.ConvertTime(time.GetUtcNow(), options.TimeZone).DateTime.AddDays(1);

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, T unknown, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(QueryTimeout, time);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var began = time.GetTimestamp();
        var outcome = "no_answer";
        try
        {
            var answer = await ask(timeout.Token);
            outcome = "answered";
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            log.RoomUnknown(LogText.FirstLine(e));
            return unknown;
        }
        finally
        {
            CampaignTelemetry.RecordCall("query", outcome, time.GetElapsedTime(began));
        }
    }
}
