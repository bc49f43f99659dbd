using System.Collections.Concurrent;
using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Ingestion;

/// <summary>From the content of an HTTP request to a committed campaign or the reasons why not.</summary>
internal sealed class RequestIngestor(
    Planner planner,
    PlanStore plans,
    CampaignCommitter committer,
    CampaignDispatcher dispatcher,
    SendQueue queue,
    ReportWriter reports,
    LargeInputLimiter largeInputs,
    CampaignOptions options,
    TimeProvider time,
    ILogger<RequestIngestor> log
) : IAsyncDisposable, IDisposable
{
    public const string Source = "POST /api/campaigns";

    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<Task, bool> _background = [];

    /// <param name="submission">The campaign.</param>
    /// <param name="cancellationToken">Ends it, unless it is committed.</param>
    public async Task<SubmissionResult> SubmitAsync(Submission submission, CancellationToken cancellationToken)
    {
        var began = time.GetTimestamp();
        using var span = CampaignTelemetry.StartCampaign(Source);
        var receivedAt = time.GetUtcNow();
        var (plan, versionSource) = await PlanAsync(submission, receivedAt, cancellationToken);

        // Before anything is found wrong with it: what was fine the first time may have a sendTime that is past by now.
        if (await committer.FindSameAsync(versionSource, plan.ContentHash, cancellationToken) is { } before)
        {
            await plans.DiscardAsync(plan.PlanId, cancellationToken);
            return await AnswerAgainAsync(before, cancellationToken);
        }

        if (plan.IsRejected)
        {
            await plans.DiscardAsync(plan.PlanId, cancellationToken);
            return Rejected(
                plan.IsMalformed ? SubmissionOutcome.Malformed : SubmissionOutcome.Invalid,
                ReportBuilder.OfRejected(plan, null)
            );
        }

        // The client may hang up; what is committed is carried on with all the same.
        switch (await committer.CommitAsync(plan, path: null, versionSource, lease: null, receivedAt, cancellationToken))
        {
            case CommitOutcome.Committed committed:
                var work = WorkAsync(committed);
                var left = submission.RespondAsync ? TimeSpan.Zero : options.AnswerWithin - time.GetElapsedTime(began);
                try
                {
                    await work.WaitAsync(left > TimeSpan.Zero ? left : TimeSpan.Zero, time, CancellationToken.None);
                }
                catch (TimeoutException)
                {
                    // Its own, or that of work which has ended meanwhile.
                    if (work.IsCompleted)
                    {
                        await work;
                    }
                    else
                    {
                        GoOnInBackground(work, committed.Campaign);
                    }
                }

                return await AnswerAsync(committed.Campaign, CancellationToken.None);
            case CommitOutcome.TakenOver taken:
                return await AnswerAsync(taken.Campaign, cancellationToken);
            case CommitOutcome.SameContent same:
                await plans.DiscardAsync(plan.PlanId, cancellationToken);
                return await AnswerAgainAsync(same.Campaign, cancellationToken);
            case CommitOutcome.NameTaken used:
                await plans.DiscardAsync(plan.PlanId, cancellationToken);
                return Rejected(
                    SubmissionOutcome.Conflict,
                    await reports.OfRejectedPostAsync(plan.WithError("taskName", used.Message), cancellationToken)
                );
            case CommitOutcome.Outdated:
                await plans.DiscardAsync(plan.PlanId, cancellationToken);
                return Rejected(
                    SubmissionOutcome.Conflict,
                    ReportBuilder.OfRejected(
                        plan.WithError(
                            null,
                            $"Other rejected rows of the campaign '{plan.Family!.Root}' were submitted at the same moment. Nothing of this "
                                + $"was submitted: send it again, and whoever is in both is called once."
                        ),
                        null
                    )
                );
            default:
                throw new InvalidOperationException("A submission without a file has no lease that could be lost.");
        }
    }

    /// <summary>Reads and checks it. Nothing of it is kept or sent.</summary>
    public async Task<CampaignReport> CheckAsync(Submission submission, CancellationToken cancellationToken)
    {
        var (plan, versionSource) = await PlanAsync(submission, time.GetUtcNow(), cancellationToken);
        await plans.DiscardAsync(plan.PlanId, cancellationToken);
        var before = await committer.FindSameAsync(versionSource, plan.ContentHash, cancellationToken);
        if (before is null && !plan.IsRejected)
        {
            switch (await committer.FindTakenAsync(plan, cancellationToken))
            {
                case CommitOutcome.NameTaken taken:
                    plan = plan.WithError("taskName", taken.Message);
                    break;
                case CommitOutcome.SameContent same:
                    before = same.Campaign;
                    break;
                default:
                    break;
            }
        }

        return ReportBuilder.OfChecked(plan, before);
    }

    /// <summary>Plans a campaign, and says what it came from: the same from there is submitted once.</summary>
    private async Task<(Plan Plan, string VersionSource)> PlanAsync(
        Submission submission,
        DateTimeOffset receivedAt,
        CancellationToken cancellationToken
    )
    {
        var profile = ListFile.IsJson(submission.FileName) ? null : submission.Profile ?? ProfileReader.Default;
        var versionSource = (profile, submission.NamedFile) switch
        {
            (null, null) => Source,
            (_, null) => $"{Source}?profile={profile}",
            (null, _) => $"{Source}?file={submission.NamedFile}",
            _ => $"{Source}?profile={profile}&file={submission.NamedFile}",
        };
        var request = new PlanRequest(Guid.CreateVersion7().ToString("N"), submission.FileName, Source, profile, receivedAt)
        {
            NameWithoutEndings = submission.NamedFile is { } file ? ListFile.NameWithoutEndings(file) : "http",
            WasSubmitted = async hash => await committer.FindSameAsync(versionSource, hash, cancellationToken) is not null,
            FindFamily = name => committer.FindFamilyAsync(name, cancellationToken),
        };
        var length = submission.Length is { } bytes ? ListFile.ExpectedLength(submission.FileName, bytes) : (long?)null;
        using (await largeInputs.WaitAsync(length, cancellationToken))
        {
            using var planning = CampaignTelemetry.StartPlan();
            return (await planner.PlanAsync(request, submission.Content, cancellationToken), versionSource);
        }
    }

    /// <summary>Waits for the work that went on without its requests, for as long as an app that stops has.</summary>
    public async ValueTask DisposeAsync() =>
        await Task.WhenAny(Task.WhenAll(_background.Keys), Task.Delay(StopTimeout, CancellationToken.None));

    /// <summary>For a container that is disposed in haste: the work that goes on is left to itself.</summary>
    public void Dispose() { }

    private async Task WorkAsync(CommitOutcome.Committed committed)
    {
        try
        {
            await dispatcher.DispatchAsync(committed.Campaign, committed.WorkItem, CancellationToken.None);
            await queue.DrainOnceAsync(CancellationToken.None);
        }
        catch (ReportBlockedException)
        {
            // It was worked on all the same. The timer writes the report once that is possible, and logs why it is not.
        }
        catch (Exception e) when (StorageFailure.Is(e))
        {
            LogUnfinished(committed.Campaign, e); // it is committed, and that is the answer
        }
    }

    // What it leaves undone falls due when its lease ends, as that of an instance that died.
    private void GoOnInBackground(Task work, CampaignRow campaign)
    {
        var watched = WatchAsync();
        _background[watched] = true;
        _ = watched.ContinueWith(done => _background.TryRemove(done, out _), TaskScheduler.Default);

        async Task WatchAsync()
        {
            try
            {
                await work;
            }
            catch (Exception e)
            {
                LogUnfinished(campaign, e);
            }
        }
    }

    private void LogUnfinished(CampaignRow campaign, Exception e)
    {
        log.CampaignNotFinished(campaign.TaskName, LogText.FirstLine(e));
        log.Details(e);
    }

    private static SubmissionResult Rejected(SubmissionOutcome outcome, CampaignReport report)
    {
        CampaignTelemetry.CountSettled(report);
        return new(outcome, report);
    }

    private async Task<SubmissionResult> AnswerAsync(CampaignRow campaign, CancellationToken cancellationToken) =>
        new(SubmissionOutcome.Committed, (await reports.ReadAsync(campaign, cancellationToken)).Report);

    /// <summary>The answer to what was submitted before: it also brings back the list of who was not submitted, if that is gone.</summary>
    private async Task<SubmissionResult> AnswerAgainAsync(CampaignRow campaign, CancellationToken cancellationToken)
    {
        var (report, tasks) = await reports.ReadAsync(campaign, cancellationToken);
        var isNamed = report.NotSubmittedFiles.Count > 0 || !report.IsSettled || !tasks.Any(NotSubmittedFiles.IsCertain);
        return new(SubmissionOutcome.Committed, isNamed ? report : await reports.WriteOrReadAsync(campaign, cancellationToken));
    }
}
