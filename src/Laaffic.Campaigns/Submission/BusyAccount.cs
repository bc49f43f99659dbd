using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Submission;

/// <summary>
/// Whether Laaffic has room for another task, after it said that it has too many at once (status -37). It is found out by
/// counting those that it lists as not finished, against as many as there were when it would take no more. Only now and then,
/// ever more rarely, is a task sent to find out: the limit may have been raised, and the list need not tell.
/// </summary>
internal sealed class BusyAccount(
    CampaignLedger ledger, LaafficClient laaffic, Backoff backoff, CampaignOptions options, TimeProvider time, ILogger<BusyAccount> log)
{
    /// <summary>A look comes after this part of the time for which nothing has changed: so a wait grows by that part at most.</summary>
    private const double LooksAfter = 1 / 20.0;

    /// <summary>The same for a task that is sent on trial, where the list does not tell.</summary>
    private const double ProbesAfter = 1 / 10.0;

    private static readonly TimeSpan Soonest = TimeSpan.FromMilliseconds(100);

    /// <summary>
    /// How long somebody serves the queue until he says so again. A turn may take longer; then another takes over, which at
    /// worst has a task refused, and the line need not wait long for one that died.
    /// </summary>
    private static readonly TimeSpan ServesFor = TimeSpan.FromMinutes(1);

    /// <summary>What a look may take.</summary>
    private static readonly TimeSpan LookTimeout = TimeSpan.FromSeconds(30);

    private volatile bool isKnownBusy;

    /// <summary>Whether the account was busy when this instance last heard of it: nobody need ask the ledger to know that he must wait.</summary>
    public bool IsKnownBusy => isKnownBusy;

    /// <summary>Why tasks wait; null if they need not.</summary>
    public async Task<BusyRow?> FindAsync(CancellationToken ct)
    {
        var busy = await ledger.FindBusyAsync(ct);
        isKnownBusy = busy is not null;
        return busy;
    }

    /// <summary>Laaffic would not take a task: from now on all stand in line.</summary>
    public async Task BeginAsync(CancellationToken ct)
    {
        isKnownBusy = true;
        if (await ledger.FindBusyAsync(ct) is not null) return;
        var now = time.GetUtcNow();
        var running = await CountAsync(ct);
        var added = await ledger.TryAddBusyAsync(
            new BusyRow { Since = now, ChangedAt = now, Limit = running, Running = running, LookAt = now + FirstLook, ProbeAt = now + backoff.After(1) }, ct);
        if (added is not null) log.LogInformation("Laaffic takes no more tasks at present, and the others stand in line. Its list shows {Running} that are not finished.", running);
    }

    /// <summary>Whoever gets the row serves the queue. Null if somebody else does.</summary>
    public async Task<BusyRow?> TryLeadAsync(BusyRow busy, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        // A time far ahead was set by a clock that was.
        return busy.ServedUntil > now && busy.ServedUntil < now + 2 * ServesFor ? null : await KeepAsync(busy, goesOn: true, ct);
    }

    /// <summary>Stores the row, and whether one goes on serving the queue. Null if somebody else does.</summary>
    public async Task<BusyRow?> KeepAsync(BusyRow busy, bool goesOn, CancellationToken ct) =>
        await ledger.TryReplaceAsync(busy with { ServedUntil = goesOn ? time.GetUtcNow() + ServesFor : null }, ct);

    /// <summary>Counts, if it is time to. Returns for how many tasks there is room, and the row as it is then.</summary>
    public async Task<Room> LookAsync(BusyRow busy, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (now < busy.LookAt && busy.LookAt <= now + options.InitialDelay + ServesFor) return new(busy, 0);

        var running = await CountAsync(ct);
        var isShown = busy.LastTaken is null || running is null || await ListsAsync(busy.LastTaken, ct);
        now = time.GetUtcNow();
        var limit = running is null ? busy.Limit : busy.Limit is { } known && known > running ? known : running;
        busy = busy with
        {
            Running = running,
            Limit = limit,
            LastTaken = isShown ? null : busy.LastTaken,
            LookAt = now + Part(now - busy.ChangedAt, LooksAfter, FirstLook, options.InitialDelay),
        };
        var room = running is { } there && isShown ? Math.Max(0, limit!.Value - there) : 0;
        CampaignTelemetry.RecordRunning(running);
        // One that is further ahead was set by a clock that was.
        var waits = now < busy.ProbeAt && busy.ProbeAt <= now + 2 * options.MaxDelay;
        return room > 0 || waits ? new(busy, room) : new(busy, 1, IsProbe: true);
    }

    /// <summary>Laaffic has taken a task.</summary>
    public BusyRow Taken(BusyRow busy, string name, bool isProbe)
    {
        var now = time.GetUtcNow();
        var running = busy.Running + 1;
        return busy with
        {
            Running = running,
            Limit = running > busy.Limit ? running : busy.Limit,
            LastTaken = name,
            ChangedAt = now,
            LookAt = isProbe ? now : now + FirstLook, // where one had room beyond the limit, another may have
            FailedProbes = isProbe ? 0 : busy.FailedProbes,
            ProbeAt = isProbe ? now : busy.ProbeAt,
        };
    }

    /// <summary>Laaffic would not take a task.</summary>
    public async Task<BusyRow> RefusedAsync(BusyRow busy, CancellationToken ct)
    {
        var running = await CountAsync(ct);
        var now = time.GetUtcNow();
        var failed = busy.FailedProbes + 1;
        return busy with
        {
            Running = running,
            Limit = running,
            LookAt = now + Part(now - busy.ChangedAt, LooksAfter, FirstLook, options.InitialDelay),
            FailedProbes = failed,
            ProbeAt = now + (running is null ? Part(now - busy.ChangedAt, ProbesAfter, options.InitialDelay, options.MaxDelay) : backoff.After(failed)),
        };
    }

    /// <summary>Nobody stands in line any more, and there is room.</summary>
    public async Task EndAsync(BusyRow busy, CancellationToken ct)
    {
        if (!await ledger.TryRemoveBusyAsync(busy, ct)) return;
        isKnownBusy = false;
        log.LogInformation("Laaffic takes tasks again, and nobody stands in line any more.");
    }

    private TimeSpan FirstLook => options.InitialDelay / 10 > Soonest ? options.InitialDelay / 10 : Soonest;

    private static TimeSpan Part(TimeSpan whole, double part, TimeSpan least, TimeSpan most)
    {
        var wait = whole * part;
        if (wait > most) wait = most;
        return wait < least ? least : wait;
    }

    private async Task<int?> CountAsync(CancellationToken ct) =>
        await AskAsync(async timeout => await laaffic.CountUnfinishedAsync(Tomorrow, timeout), null, ct);

    private async Task<bool> ListsAsync(string name, CancellationToken ct) =>
        await AskAsync(async timeout => (await laaffic.FindTaskAsync(name, null, Tomorrow, timeout)).Task is not null, false, ct);

    // A day later, as the zone of Laaffic's clock is not documented.
    private DateTime Tomorrow => TimeZoneInfo.ConvertTime(time.GetUtcNow(), options.TimeZone).DateTime.AddDays(1);

    private async Task<T> AskAsync<T>(Func<CancellationToken, Task<T>> ask, T unknown, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        using var timer = time.CreateTimer(_ => timeout.Cancel(), null, LookTimeout, Timeout.InfiniteTimeSpan);
        var began = time.GetTimestamp();
        var outcome = "no_answer";
        try
        {
            var answer = await ask(timeout.Token);
            outcome = "answered";
            return answer;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            log.LogWarning("Laaffic's list of tasks does not tell whether there is room: {Failure}", StorageTrouble.FirstLine(e));
            return unknown;
        }
        finally
        {
            CampaignTelemetry.RecordCall("query", outcome, time.GetElapsedTime(began));
        }
    }
}

/// <summary>What a look came to.</summary>
/// <param name="Busy">The row as it is to be stored.</param>
/// <param name="Tasks">How many tasks may be sent.</param>
/// <param name="IsProbe">Whether that is to find out if there is room.</param>
internal sealed record Room(BusyRow Busy, int Tasks, bool IsProbe = false);
