using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// Whether Laaffic has room for another task, after it said that it has too many at once (status -37). It is found out by
/// counting those that it lists as not finished, against as many as there were when it would take no more. Only now and then,
/// ever more rarely, is a task sent as a probe: the limit may have been raised, and the list need not tell. That it tells is not
/// taken for granted: a list that shows nothing while Laaffic is busy, or never shows what Laaffic took, is not believed.
/// </summary>
internal sealed class AccountCapacity(
    AccountLedger ledger,
    LaafficClient laaffic,
    RecentAcceptances acceptances,
    Backoff backoff,
    CampaignOptions options,
    TimeProvider time,
    ILogger<AccountCapacity> log
)
{
    /// <summary>A look comes after this part of the time for which nothing has changed: so a wait grows by that part at most.</summary>
    private const double CheckFraction = 1 / 20.0;

    /// <summary>The same for a probe, where the list does not tell.</summary>
    private const double ProbeFraction = 1 / 10.0;

    private static readonly TimeSpan ShortestCheckInterval = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long somebody serves the queue until he says so again, as he does while a task is being sent: the line need not wait
    /// long for one that died.
    /// </summary>
    private static readonly TimeSpan LeaseDuration = TimeSpan.FromMinutes(1);

    /// <summary>How long after Laaffic took a task its list may be without it and still be believed later.</summary>
    private static readonly TimeSpan ListDelay = TimeSpan.FromMinutes(10);

    /// <summary>What a look may take.</summary>
    private static readonly TimeSpan QueryTimeout = TimeSpan.FromSeconds(30);

    private volatile bool _isKnownBusy;

    /// <summary>
    /// Whether the account was busy when this instance last heard of it: nobody need ask the ledger to know that he must wait.
    /// </summary>
    public bool IsKnownBusy => _isKnownBusy;

    /// <summary>Whether the list tells how many run, and how many that may be.</summary>
    public static bool IsTold(CapacityRow busy) => busy is { Running: not null, Limit: not null };

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

        var busy = added with { LastTaken = await acceptances.LastAsync(cancellationToken) };
        var look = await LookAsync(busy, cancellationToken);
        log.AccountBusy(look.Running);
        // If somebody serves the queue by now, he has counted himself.
        await ledger.TryReplaceAsync(WithLook(busy, look) with { Limit = LimitOf(look.Running) }, cancellationToken);
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

    /// <summary>Goes on serving the queue while a task is being sent, which may take minutes.</summary>
    /// <returns>What came of it, and the row as it is then; no row if somebody else serves the queue by now.</returns>
    public async Task<(T Result, CapacityRow? Busy)> ServeWhileAsync<T>(CapacityRow busy, Func<Task<T>> send)
    {
        using var sent = new CancellationTokenSource(); // a stop of the app does not end a request that has begun
        var renewing = RenewAsync(busy, sent.Token);
        T result;
        try
        {
            result = await send();
        }
        finally
        {
            await sent.CancelAsync();
            await renewing; // it never throws
        }

        return (result, await renewing);
    }

    /// <summary>Counts, if it is time to. Returns for how many tasks there is room, and the row as it is then.</summary>
    public async Task<CapacityCheck> CheckAsync(CapacityRow busy, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now < busy.LookAt && busy.LookAt <= now + options.InitialDelay + LeaseDuration)
        {
            return new(busy, 0);
        }

        var look = await LookAsync(busy, cancellationToken);
        now = time.GetUtcNow();
        var limit = Higher(busy.Limit, LimitOf(look.Running)); // more than it would take are proof of a higher one
        var wasTold = IsTold(busy);
        busy = WithLook(busy, look) with { Limit = limit };
        var probeBy = now + UntoldProbeInterval(busy, now);
        if (!wasTold && !IsTold(busy) && probeBy < busy.ProbeAt) // once may be a request that failed
        {
            busy = busy with { ProbeAt = probeBy };
        }

        CampaignTelemetry.RecordRunning(look.Running);
        var room = look is { Running: { } running, Unseen: null } && limit is { } most ? Math.Max(0, most - running) : 0;
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
        var look = await LookAsync(busy, cancellationToken);
        var now = time.GetUtcNow();
        var failed = busy.FailedProbes + 1;
        // Fewer than were counted before, or a list that is behind: so many are not what it would not add to.
        var isLimit = look is { Running: { } running, Unseen: null } && !(running < busy.Running);
        busy = WithLook(busy, look) with
        {
            Limit = isLimit ? LimitOf(look.Running) : Higher(busy.Limit, LimitOf(look.Running)),
            FailedProbes = failed,
        };
        return busy with { ProbeAt = now + (IsTold(busy) ? backoff.After(failed) : UntoldProbeInterval(busy, now)) };
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

    /// <summary>As many as run when it takes no more. None at all are no limit: then the list does not show what runs.</summary>
    private static int? LimitOf(int? running) => running > 0 ? running : null;

    private static int? Higher(int? a, int? b) => a is null || b > a ? b : a;

    private TimeSpan UntoldProbeInterval(CapacityRow busy, DateTimeOffset now) =>
        Fraction(now - busy.ChangedAt, ProbeFraction, options.InitialDelay, options.MaxDelay);

    private static TimeSpan Fraction(TimeSpan whole, double part, TimeSpan least, TimeSpan most)
    {
        var wait = whole * part;
        if (wait > most)
        {
            wait = most;
        }

        return wait < least ? least : wait;
    }

    private async Task<CapacityRow?> RenewAsync(CapacityRow busy, CancellationToken sent)
    {
        CapacityRow? standing = busy;
        while (standing is not null)
        {
            await Task.Delay(LeaseDuration / 3, time, sent).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (sent.IsCancellationRequested)
            {
                break;
            }

            try
            {
                standing = await SaveAsync(standing, goesOn: true, CancellationToken.None);
            }
            catch (Exception e)
            {
                log.QueueNotServed(LogText.FirstLine(e)); // the next time, or another takes over
            }
        }

        return standing;
    }

    private async Task<Look> LookAsync(CapacityRow busy, CancellationToken cancellationToken)
    {
        var running = await CountAsync(cancellationToken);
        if (running is null || busy.LastTaken is not { } name || await IsListedAsync(name, cancellationToken))
        {
            return new(running, running is null ? busy.LastTaken : null);
        }

        return new(time.GetUtcNow() - busy.ChangedAt < ListDelay ? running : null, name);
    }

    private CapacityRow WithLook(CapacityRow busy, Look look)
    {
        var now = time.GetUtcNow();
        return busy with
        {
            Running = look.Running,
            LastTaken = look.Unseen,
            LookAt = now + Fraction(now - busy.ChangedAt, CheckFraction, MinCheckInterval, options.InitialDelay),
        };
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

    /// <summary>What the list tells.</summary>
    /// <param name="Running">How many tasks are not finished; null if it does not tell.</param>
    /// <param name="Unseen">A task that Laaffic took and that the list does not show; null if there is none.</param>
    private readonly record struct Look(int? Running, string? Unseen);
}
