using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
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
    private static readonly TimeSpan TickDuration = TimeSpan.FromMinutes(5);

    /// <summary>While a tick waits for room at a busy account, what else falls due is not kept waiting.</summary>
    private static readonly TimeSpan TickRepeatInterval = TimeSpan.FromMinutes(1);

    private static readonly Comparer<WorkItemRow> FirstFirst = Comparer<WorkItemRow>.Create(SendQueue.Compare);
    private static readonly Comparer<WorkItemRow> LastFirst = Comparer<WorkItemRow>.Create(static (a, b) => SendQueue.Compare(b, a));

    /// <summary>Due work that one tick looks at, the oldest first: more than it can do in its time, and no memory to speak of.</summary>
    private const int MaxDuePerTick = 10_000;

    private readonly BlobServiceClient _storage;
    private readonly CredentialsProvider _credentials;
    private readonly TimeProvider _time;
    private readonly CampaignOptions _options;
    private readonly ILogger _log;
    private readonly CampaignLedger _ledger;
    private readonly AccountCircuitBreaker _gate;
    private readonly AccountCapacity _busy;
    private readonly SendQueue _queue;
    private readonly ReportWriter _reports;
    private readonly CampaignDispatcher _worker;
    private readonly FileIngestor _files;
    private readonly RequestIngestor _submissions;
    private readonly FileReconciler _sweep;
    private readonly ManualTaskResolver _resolver;
    private bool _prepared;

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
        CredentialsProvider credentials,
        CampaignOptions options,
        TimeProvider time,
        ILoggerFactory logs,
        Random? random = null
    )
    {
        ArgumentNullException.ThrowIfNull(storage);
        ArgumentNullException.ThrowIfNull(tables);
        (this._storage, this._credentials, this._options, this._time) = (storage, credentials, options, time);
        _log = logs.CreateLogger<CampaignService>();
        var bodies = storage.GetBlobContainerClient(Containers.Tasks);
        var campaigns = storage.GetBlobContainerClient(Containers.Campaigns);
        var backoff = new Backoff(options, random ?? Random.Shared);
        _ledger = new CampaignLedger(tables.GetTableClient(CampaignLedger.TableName));
        _reports = new ReportWriter(_ledger, bodies, storage.GetBlobContainerClient(Containers.Results), time);
        _busy = new AccountCapacity(_ledger, laaffic, backoff, options, time, logs.CreateLogger<AccountCapacity>());
        _gate = new AccountCircuitBreaker(_ledger, _busy, options, backoff, time, logs.CreateLogger<AccountCircuitBreaker>());
        var recorder = new TaskRecorder(_ledger, time, logs.CreateLogger<TaskRecorder>());
        var acceptances = new RecentAcceptances(_ledger, time, logs.CreateLogger<RecentAcceptances>());
        var uncertain = new UncertainTaskResolver(laaffic, recorder, acceptances, backoff, options, time);
        var taskWorker = new TaskDispatcher(
            _ledger,
            bodies,
            laaffic,
            _gate,
            _busy,
            uncertain,
            acceptances,
            recorder,
            backoff,
            options,
            time,
            logs.CreateLogger<TaskDispatcher>()
        );
        _worker = new CampaignDispatcher(_ledger, taskWorker, _reports, options, time);
        _queue = new SendQueue(_ledger, _gate, _busy, _worker, options, time, logs.CreateLogger<SendQueue>());
        _resolver = new ManualTaskResolver(_ledger, _worker, _reports, time, logs.CreateLogger<ManualTaskResolver>());
        var plans = new PlanMaker(storage, bodies, credentials, options, time);
        var committer = new CampaignCommitter(_ledger, options, time);
        var handled = new ProcessedFileCache();
        var largeInputs = new LargeInputLimiter(options, time);
        _files = new FileIngestor(
            campaigns,
            _ledger,
            plans,
            committer,
            _worker,
            _reports,
            handled,
            largeInputs,
            backoff,
            options,
            time,
            logs.CreateLogger<FileIngestor>()
        );
        _submissions = new RequestIngestor(plans, committer, _worker, _queue, _reports, largeInputs, time);
        _sweep = new FileReconciler(campaigns, _ledger, _files, handled, options, time, logs.CreateLogger<FileReconciler>());
    }

    /// <summary>Deals with a dropped file, given its path in the container <c>campaigns</c>, unless that was done before.</summary>
    public async Task ProcessFileAsync(string path, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        await _files.IngestAsync(path, cancellationToken);
        await _queue.DrainOnceAsync(cancellationToken);
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
    public async Task<SubmissionResult> SubmitAsync(
        Stream content,
        long? length,
        CampaignFormat format,
        string? profile,
        CancellationToken cancellationToken
    )
    {
        await PrepareAsync(cancellationToken);
        return await _submissions.SubmitAsync(content, length, format, profile, cancellationToken);
    }

    /// <summary>
    /// One tick of the clock: whatever is due is taken a step further, the longest waiting first, and beside that a page of the
    /// container is looked through. While it waits for room at a busy account, it does so again every minute.
    /// </summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        var stop = _time.GetUtcNow() + TickDuration;
        var work = WorkAndSweepAsync();
        var serving = ServeAsync();
        try
        {
            await work;
            while (!await EndsWithinAsync(serving, TickRepeatInterval, cancellationToken))
            {
                await WorkAndSweepAsync();
            }
        }
        finally
        {
            await serving;
        }

        Task WorkAndSweepAsync() =>
            Task.WhenAll(ProcessDueAsync(stop, cancellationToken), _sweep.ReconcilePageAsync(stop, cancellationToken));

        async Task ServeAsync()
        {
            await _queue.DrainAsync(stop, waits: true, cancellationToken);
            await work;
            await _queue.DrainAsync(stop, waits: true, cancellationToken); // those that have joined it by that
        }
    }

    /// <summary>Takes a person's word for what became of a task, which Laaffic does not say.</summary>
    /// <param name="taskName">The campaign's name.</param>
    /// <param name="number">The task's place in the campaign, from 1.</param>
    /// <param name="resolution">What became of it, and who says so.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ResolutionResult> ResolveTaskAsync(
        string taskName,
        int number,
        TaskResolution resolution,
        CancellationToken cancellationToken
    )
    {
        await PrepareAsync(cancellationToken);
        return await _resolver.ResolveAsync(taskName, number, resolution, cancellationToken);
    }

    /// <summary>How far a campaign is; null if there is none of that name.</summary>
    public async Task<CampaignReport?> FindAsync(string taskName, CancellationToken cancellationToken)
    {
        await PrepareAsync(cancellationToken);
        return await _ledger.FindCampaignAsync(taskName, cancellationToken) is { } campaign
            ? (await _reports.ReadAsync(campaign, cancellationToken)).Report
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
        var (names, next) = await _ledger.ListCampaignsAsync(size, continuation, cancellationToken);
        var rows = await Task.WhenAll(names.Select(n => _ledger.FindCampaignAsync(n, cancellationToken)));
        return new([.. rows.OfType<CampaignRow>().Select(Summary)], next);

        static CampaignSummary Summary(CampaignRow c) =>
            new(c.TaskName, c.Source, c.State, c.CommittedAt, c.TaskCount, c.Accepted, c.Waiting);
    }

    /// <summary>Looks whether storage answers, within five seconds, and the secrets are known. Never throws for either.</summary>
    public async Task<HealthReport> CheckAsync(CancellationToken cancellationToken)
    {
        string? storageTrouble = null,
            credentialTrouble = null,
            held = null;
        using var timeout = new CancellationTokenSource(CheckTimeout, _time);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, timeout.Token);
        try
        {
            await PrepareAsync(ending.Token);
            await _storage.GetBlobContainerClient(Containers.Campaigns).ExistsAsync(ending.Token);
            if (await _ledger.FindCircuitAsync(ending.Token) is { } closed)
            {
                held =
                    $"{(closed.Kind == CircuitKind.Hold ? "on hold" : "paused")} since {closed.Since:u}, tried again at "
                    + $"{closed.Until:u}: {CampaignTelemetry.Mask(closed.Reason)}";
            }
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
            await _credentials(refresh: false, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            credentialTrouble = e.Message.Split('\n', 2)[0].TrimEnd();
        }

        return new(storageTrouble, credentialTrouble, held);
    }

    private async Task ProcessDueAsync(DateTimeOffset stop, CancellationToken ct)
    {
        var full = await _busy.FindAsync(ct);
        var now = _time.GetUtcNow();
        var (deferredSince, readySince, inLine) = (now, now, 0);
        var due = new PriorityQueue<WorkItemRow, WorkItemRow>(LastFirst); // to be left out when there are too many
        await foreach (var open in _ledger.GetDueOrDeferredAsync(now, ct))
        {
            if (open.DeferredSince < deferredSince)
            {
                deferredSince = open.DeferredSince.Value;
            }

            if (open.DueAt > now)
            {
                continue;
            }

            if (full is not null && SendQueue.IsInLine(open, now))
            {
                inLine++;
                if (open.ReadyAt < readySince)
                {
                    readySince = open.ReadyAt.Value;
                }
            }

            if (due.Count < MaxDuePerTick)
            {
                due.Enqueue(open, open);
            }
            else
            {
                due.EnqueueDequeue(open, open);
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
            due.UnorderedItems.Select(item => item.Element).Order(FirstFirst).TakeWhile(_ => _time.GetUtcNow() < stop),
            new ParallelOptions { MaxDegreeOfParallelism = _options.MaxConcurrentCampaigns, CancellationToken = ct },
            ProcessWorkItemAsync
        );
    }

    private async ValueTask ProcessWorkItemAsync(WorkItemRow open, CancellationToken ct)
    {
        try
        {
            if (open.Kind == WorkItemKind.File)
            {
                await _files.IngestAsync(open.Subject, ct);
            }
            else if (
                !WaitsToSend(open)
                && await _ledger.TryLeaseAsync(open, _time.GetUtcNow() + _options.LeaseDuration, ct) is { } reserved
                && await _ledger.FindCampaignAsync(open.Subject, ct) is { } campaign
            )
            {
                await _worker.DispatchAsync(campaign, reserved, hasTurn: false, ct);
            }
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // One that fails must not keep the others waiting; it falls due again when its reservation ends.
            _log.LogError(e, "Working on {Kind} {Subject} failed; it is tried again.", open.Kind, open.Subject);
        }
    }

    // All that there is to do for it is to send, which nobody may at present: it stays due, and costs nothing.
    private bool WaitsToSend(WorkItemRow open)
    {
        var now = _time.GetUtcNow();
        return (_gate.IsKnownOpen || _busy.IsKnownBusy) && open.Deadline > now && (open.AskDueAt is null || open.AskDueAt > now);
    }

    private async Task<bool> EndsWithinAsync(Task task, TimeSpan wait, CancellationToken ct)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(task, Task.Delay(wait, _time, ended.Token));
        await ended.CancelAsync();
        return task.IsCompleted;
    }

    private async Task PrepareAsync(CancellationToken ct)
    {
        if (_prepared)
        {
            return;
        }

        await _ledger.PrepareAsync(ct);
        await Containers.CreateAsync(_storage, ct);
        _prepared = true;
    }
}
