using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Sources;
using Laaffic.Campaigns.Submission;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns;

/// <summary>
/// All that the app does, for whoever triggers it: a dropped file, an HTTP request, the clock. Every member may be called
/// at any time, repeatedly and by any number of instances at once: the ledger decides what remains to be done.
/// </summary>
public sealed class CampaignService
{
    /// <summary>Whoever asks whether the app is well does not wait for all that the storage clients try.</summary>
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(5);

    /// <summary>A tick takes up nothing new after that, so that the next one is not kept waiting by much.</summary>
    private static readonly TimeSpan TickTakesUpFor = TimeSpan.FromMinutes(5);

    /// <summary>While a tick waits for room at a busy account, what else falls due is not kept waiting.</summary>
    private static readonly TimeSpan TickRepeatsAfter = TimeSpan.FromMinutes(1);

    private static readonly Comparer<OpenRow> FirstFirst = Comparer<OpenRow>.Create(SendQueue.Compare);
    private static readonly Comparer<OpenRow> LastFirst = Comparer<OpenRow>.Create(static (a, b) => SendQueue.Compare(b, a));

    /// <summary>Due work that one tick looks at, the oldest first: more than it can do in its time, and no memory to speak of.</summary>
    private const int MaxDuePerTick = 10_000;

    private readonly BlobServiceClient storage;
    private readonly CredentialsSource credentials;
    private readonly TimeProvider time;
    private readonly CampaignOptions options;
    private readonly ILogger log;
    private readonly CampaignLedger ledger;
    private readonly AccountGate gate;
    private readonly BusyAccount busy;
    private readonly SendQueue queue;
    private readonly ReportWriter reports;
    private readonly CampaignWorker worker;
    private readonly DroppedFiles files;
    private readonly Submissions submissions;
    private readonly Sweep sweep;
    private readonly TaskResolver resolver;
    private bool prepared;

    /// <summary>Puts the parts together.</summary>
    /// <param name="storage">Holds the containers named in <see cref="Containers"/>.</param>
    /// <param name="tables">Holds the ledger.</param>
    /// <param name="laaffic">Sends the tasks.</param>
    /// <param name="credentials">The account's secrets; its application id is used where a campaign names none.</param>
    /// <param name="options">How campaigns are planned, submitted and retried.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where the log goes. Neither numbers nor secrets are logged.</param>
    /// <param name="random">The jitter of waiting times; null is <see cref="Random.Shared"/>.</param>
    public CampaignService(
        BlobServiceClient storage,
        TableServiceClient tables,
        LaafficClient laaffic,
        CredentialsSource credentials,
        CampaignOptions options,
        TimeProvider time,
        ILoggerFactory logs,
        Random? random = null)
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(tables);
        (this.storage, this.credentials, this.options, this.time) = (storage, credentials, options, time);
        log = logs.CreateLogger<CampaignService>();
        var bodies = storage.GetBlobContainerClient(Containers.Tasks);
        var campaigns = storage.GetBlobContainerClient(Containers.Campaigns);
        var backoff = new Backoff(options, random ?? Random.Shared);
        ledger = new CampaignLedger(tables.GetTableClient(CampaignLedger.TableName));
        reports = new ReportWriter(ledger, bodies, storage.GetBlobContainerClient(Containers.Results), time);
        busy = new BusyAccount(ledger, laaffic, backoff, options, time, logs.CreateLogger<BusyAccount>());
        gate = new AccountGate(ledger, busy, options, backoff, time, logs.CreateLogger<AccountGate>());
        var recorder = new TaskRecorder(ledger, time, logs.CreateLogger<TaskRecorder>());
        var acceptances = new RecentAcceptances(ledger, time, logs.CreateLogger<RecentAcceptances>());
        var uncertain = new UncertainTasks(laaffic, recorder, acceptances, backoff, options, time);
        var taskWorker = new TaskWorker(ledger, bodies, laaffic, gate, busy, uncertain, acceptances, recorder, backoff, options, time, logs.CreateLogger<TaskWorker>());
        worker = new CampaignWorker(ledger, taskWorker, reports, options, time);
        queue = new SendQueue(ledger, gate, busy, worker, options, time, logs.CreateLogger<SendQueue>());
        resolver = new TaskResolver(ledger, worker, reports, time, logs.CreateLogger<TaskResolver>());
        var plans = new PlanMaker(storage, bodies, credentials, options, time);
        var committer = new CampaignCommitter(ledger, options, time);
        var handled = new HandledFiles();
        var largeInputs = new LargeInputs(options, time);
        files = new DroppedFiles(campaigns, ledger, plans, committer, worker, reports, handled, largeInputs, backoff, options, time, logs.CreateLogger<DroppedFiles>());
        submissions = new Submissions(plans, committer, worker, queue, reports, largeInputs, time);
        sweep = new Sweep(campaigns, ledger, files, handled, options, time, logs.CreateLogger<Sweep>());
    }

    /// <summary>Deals with a dropped file, given its path in the container <c>campaigns</c>, unless that was done before.</summary>
    public async Task TakeUpAsync(string path, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        await files.TakeUpAsync(path, cancellationToken);
        await queue.ServeOnceAsync(cancellationToken);
    }

    /// <summary>
    /// Submits a campaign that came over HTTP, and works on it before it answers. The same content submitted again answers
    /// how far it is by then.
    /// </summary>
    /// <param name="content">The campaign.</param>
    /// <param name="length">Its bytes; null if that is not known. Large ones are read one at a time.</param>
    /// <param name="format">Its form.</param>
    /// <param name="profile">For CSV: the profile with its settings; null is the default one.</param>
    /// <param name="cancellationToken">Ends it, unless it is committed.</param>
    public async Task<SubmissionResult> SubmitAsync(Stream content, long? length, CampaignFormat format, string? profile, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        return await submissions.SubmitAsync(content, length, format, profile, cancellationToken);
    }

    /// <summary>
    /// One tick of the clock: whatever is due is taken a step further, the longest waiting first, and beside that a page of the
    /// container is looked through. While it waits for room at a busy account, it does so again every minute.
    /// </summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var stop = time.GetUtcNow() + TickTakesUpFor;
        var work = WorkAndSweepAsync();
        var serving = ServeAsync();
        try
        {
            await work;
            while (!await EndsWithinAsync(serving, TickRepeatsAfter, cancellationToken)) await WorkAndSweepAsync();
        }
        finally
        {
            await serving;
        }

        Task WorkAndSweepAsync() => Task.WhenAll(WorkOnDueAsync(stop, cancellationToken), sweep.SweepPageAsync(stop, cancellationToken));

        async Task ServeAsync()
        {
            await queue.ServeAsync(stop, waits: true, cancellationToken);
            await work;
            await queue.ServeAsync(stop, waits: true, cancellationToken); // those that have joined it by that
        }
    }

    /// <summary>Takes a person's word for what became of a task, which Laaffic does not say.</summary>
    /// <param name="taskName">The campaign's name.</param>
    /// <param name="number">The task's place in the campaign, from 1.</param>
    /// <param name="resolution">What became of it, and who says so.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ResolutionResult> ResolveTaskAsync(string taskName, int number, TaskResolution resolution, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        return await resolver.ResolveAsync(taskName, number, resolution, cancellationToken);
    }

    /// <summary>How far a campaign is; null if there is none of that name.</summary>
    public async Task<CampaignReport?> FindAsync(string taskName, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        return await ledger.FindCampaignAsync(taskName, cancellationToken) is { } campaign
            ? (await reports.ReadAsync(campaign, cancellationToken)).Report
            : null;
    }

    /// <summary>The campaigns, the newest first.</summary>
    /// <param name="size">Campaigns on a page, 1 to 1000.</param>
    /// <param name="continuation">From the page before; null for the first one.</param>
    /// <param name="cancellationToken">Ends the look-up.</param>
    /// <exception cref="FormatException">The continuation is none that a page before gave.</exception>
    public async Task<CampaignPage> ListAsync(int size, string? continuation, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var (names, next) = await ledger.ListAsync(size, continuation, cancellationToken);
        var rows = await Task.WhenAll(names.Select(n => ledger.FindCampaignAsync(n, cancellationToken)));
        return new([.. rows.OfType<CampaignRow>().Select(Summary)], next);

        static CampaignSummary Summary(CampaignRow c) =>
            new(c.TaskName, c.Source, c.State, c.CommittedAt, c.TaskCount, c.Accepted, c.Waiting);
    }

    /// <summary>Looks whether storage answers, within five seconds, and the secrets are known. Never throws for either.</summary>
    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        string? storageTrouble = null, credentialTrouble = null, held = null;
        using var timeout = new CancellationTokenSource(CheckTimeout, time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await PrepareAsync(ending.Token);
            await storage.GetBlobContainerClient(Containers.Campaigns).ExistsAsync(ending.Token);
            if (await ledger.FindGateAsync(ending.Token) is { } closed)
                held = $"{(closed.Kind == GateKind.Hold ? "on hold" : "paused")} since {closed.Since:u}, tried again at {closed.Until:u}: {CampaignTelemetry.Mask(closed.Reason)}";
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            storageTrouble = $"The storage account did not answer within {CheckTimeout.TotalSeconds:0} seconds.";
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            storageTrouble = e is RequestFailedException { Status: > 0 } refused
                ? $"The storage account answers HTTP {refused.Status} {refused.ErrorCode}."
                : "The storage account does not answer: " + e.Message.Split('\n', 2)[0].TrimEnd();
        }

        try
        {
            await credentials(refresh: false, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            credentialTrouble = e.Message.Split('\n', 2)[0].TrimEnd();
        }

        return new(storageTrouble, credentialTrouble, held);
    }

    private async Task WorkOnDueAsync(DateTimeOffset stop, CancellationToken ct)
    {
        var full = await busy.FindAsync(ct);
        var now = time.GetUtcNow();
        var (deferredSince, readySince, inLine) = (now, now, 0);
        var due = new PriorityQueue<OpenRow, OpenRow>(LastFirst); // to be left out when there are too many
        await foreach (var open in ledger.DueOrDeferredAsync(now, ct))
        {
            if (open.DeferredSince < deferredSince) deferredSince = open.DeferredSince.Value;
            if (open.DueAt > now) continue;
            if (full is not null && SendQueue.IsInLine(open, now))
            {
                inLine++;
                if (open.ReadyAt < readySince) readySince = open.ReadyAt.Value;
            }

            if (due.Count < MaxDuePerTick) due.Enqueue(open, open);
            else due.EnqueueDequeue(open, open);
        }

        // Before the work, which may take long or never end: an alert on what is overdue must not end with it.
        using var tick = CampaignTelemetry.RecordTick(now - (readySince < deferredSince ? readySince : deferredSince), inLine, now - readySince, full?.Running);
        await Parallel.ForEachAsync(
            due.UnorderedItems.Select(item => item.Element).Order(FirstFirst).TakeWhile(_ => time.GetUtcNow() < stop),
            new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentCampaigns, CancellationToken = ct },
            WorkAsync);
    }

    private async ValueTask WorkAsync(OpenRow open, CancellationToken ct)
    {
        try
        {
            if (open.Kind == OpenKind.File)
            {
                await files.TakeUpAsync(open.Subject, ct);
            }
            else if (!WaitsToSend(open)
                     && await ledger.TryReserveAsync(open, time.GetUtcNow() + options.LeaseDuration, ct) is { } reserved
                     && await ledger.FindCampaignAsync(open.Subject, ct) is { } campaign)
            {
                await worker.WorkAsync(campaign, reserved, hasTurn: false, ct);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // One that fails must not keep the others waiting; it falls due again when its reservation ends.
            log.LogError(e, "Working on {Kind} {Subject} failed; it is tried again.", open.Kind, open.Subject);
        }
    }

    // All that there is to do for it is to send, which nobody may at present: it stays due, and costs nothing.
    private bool WaitsToSend(OpenRow open)
    {
        var now = time.GetUtcNow();
        return (gate.IsKnownClosed || busy.IsKnownBusy) && open.Deadline > now && (open.AskDueAt is null || open.AskDueAt > now);
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan wait, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(task, Task.Delay(wait, time, ended.Token));
        await ended.CancelAsync();
        return task.IsCompleted;
    }

    private async Task PrepareAsync(CancellationToken ct)
    {
        if (prepared) return;
        await ledger.PrepareAsync(ct);
        await Containers.CreateAsync(storage, ct);
        prepared = true;
    }
}

/// <summary>The blob containers that the app works with.</summary>
public static class Containers
{
    /// <summary>Users drop files here; the app never writes into it.</summary>
    public const string Campaigns = "campaigns";

    /// <summary>Settings for CSV files.</summary>
    public const string Profiles = "profiles";

    /// <summary>Stored request bodies and plans.</summary>
    public const string Tasks = "tasks";

    /// <summary>Reports and rejected callees.</summary>
    public const string Results = "results";

    /// <summary>All of them.</summary>
    public static IReadOnlyList<string> All { get; } = [Campaigns, Profiles, Tasks, Results];

    /// <summary>Creates those that do not exist yet.</summary>
    /// <exception cref="RequestFailedException">Storage did not do its part.</exception>
    public static async Task CreateAsync(BlobServiceClient storage, CancellationToken cancellationToken = default)
    {
        foreach (var name in All) await storage.GetBlobContainerClient(name).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }
}
