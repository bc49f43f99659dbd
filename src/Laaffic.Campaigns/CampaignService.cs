using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Schedules;
using Laaffic.Campaigns.Ticks;

namespace Laaffic.Campaigns;

/// <summary>
/// All that the app does, for whoever triggers it: a dropped file, an HTTP request, the clock. Every member may be called
/// at any time, repeatedly and by any number of instances at once: the ledger decides what remains to be done.
/// </summary>
public sealed class CampaignService
{
    private readonly StoragePreparation _storage;
    private readonly FileIngestor _files;
    private readonly RequestIngestor _requests;
    private readonly ProfileReader _profiles;
    private readonly SendQueue _queue;
    private readonly DueWorkRunner _dueWork;
    private readonly ManualTaskResolver _resolver;
    private readonly CampaignLedger _ledger;
    private readonly ReportWriter _reports;
    private readonly ScheduleList _schedules;
    private readonly HealthCheck _health;

    internal CampaignService(
        StoragePreparation storage,
        FileIngestor files,
        RequestIngestor requests,
        ProfileReader profiles,
        SendQueue queue,
        DueWorkRunner dueWork,
        ManualTaskResolver resolver,
        CampaignLedger ledger,
        ReportWriter reports,
        ScheduleList schedules,
        HealthCheck health
    )
    {
        (_storage, _files, _requests, _profiles, _queue, _dueWork) = (storage, files, requests, profiles, queue, dueWork);
        (_resolver, _ledger, _reports, _schedules, _health) = (resolver, ledger, reports, schedules, health);
    }

    /// <summary>Deals with a dropped file, given its path in the container <c>campaigns</c>, unless that was done before.</summary>
    public async Task ProcessFileAsync(string path, CancellationToken cancellationToken)
    {
        await _storage.PrepareAsync(cancellationToken);
        await _files.IngestAsync(path, cancellationToken);
        await _queue.DrainOnceAsync(cancellationToken);
    }

    /// <summary>
    /// Submits a campaign that came over HTTP, and works on it before it answers. The same content submitted again answers
    /// how far it is by then.
    /// </summary>
    /// <param name="submission">The campaign.</param>
    /// <param name="cancellationToken">Ends it, unless it is committed.</param>
    public async Task<SubmissionResult> SubmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(submission);
        await _storage.PrepareAsync(cancellationToken);
        return await _requests.SubmitAsync(submission, cancellationToken);
    }

    /// <summary>Reads and checks a campaign that came over HTTP, and keeps and sends nothing.</summary>
    /// <param name="submission">The campaign.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>A report with a preview; its state is <see cref="CampaignStates.Rejected"/> if the campaign would be.</returns>
    public async Task<CampaignReport> CheckAsync(Submission submission, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(submission);
        await _storage.PrepareAsync(cancellationToken);
        return await _requests.CheckAsync(submission, cancellationToken);
    }

    /// <summary>The empty list that a profile reads.</summary>
    /// <param name="profile">The profile's path in the container <c>profiles</c>, without <c>.json</c>.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TemplateResult> FindTemplateAsync(string profile, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(profile);
        await _storage.PrepareAsync(cancellationToken);
        return await _profiles.FindTemplateAsync(profile, cancellationToken);
    }

    /// <summary>
    /// One tick of the clock: whatever is due is taken a step further, the longest waiting first; beside that schedules are
    /// kept, and a page of the container is looked through. While it waits for room at a busy account, it does so again every minute.
    /// </summary>
    public async Task RunDueAsync(CancellationToken cancellationToken)
    {
        await _storage.PrepareAsync(cancellationToken);
        await _dueWork.RunAsync(cancellationToken);
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
        await _storage.PrepareAsync(cancellationToken);
        return await _resolver.ResolveAsync(taskName, number, resolution, cancellationToken);
    }

    /// <summary>How far a campaign is; null if there is none of that name.</summary>
    public async Task<CampaignReport?> FindAsync(string taskName, CancellationToken cancellationToken)
    {
        await _storage.PrepareAsync(cancellationToken);
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
        await _storage.PrepareAsync(cancellationToken);
        var (names, next) = await _ledger.ListCampaignsAsync(size, continuation, cancellationToken);
        var rows = await Task.WhenAll(names.Select(n => _ledger.FindCampaignAsync(n, cancellationToken)));
        return new([.. rows.OfType<CampaignRow>().Select(Summary)], next);

        static CampaignSummary Summary(CampaignRow c) =>
            new(c.TaskName, c.Source, c.State, c.CommittedAt, c.TaskCount, c.Accepted, c.Waiting);
    }

    /// <summary>The schedules, by name, as the timer last read their files.</summary>
    public async Task<ScheduleReports> ListSchedulesAsync(CancellationToken cancellationToken)
    {
        await _storage.PrepareAsync(cancellationToken);
        return new(await _schedules.ReadAsync(cancellationToken));
    }

    /// <summary>Looks whether the app can do its work, within some seconds. Never throws for what is wrong.</summary>
    public Task<HealthReport> CheckAsync(CancellationToken cancellationToken) => _health.CheckAsync(cancellationToken);
}
