using System.Globalization;
using Azure;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Schedules;

/// <summary>From an occurrence of a schedule to a committed campaign, or the reason why there is none.</summary>
internal sealed class OccurrenceIngestor(
    ListFinder lists,
    ScheduleLedger ledger,
    Planner planner,
    PlanStore plans,
    CampaignCommitter committer,
    CampaignDispatcher dispatcher,
    ReportWriter reports,
    LargeInputLimiter largeInputs,
    Backoff backoff,
    CampaignOptions options,
    TimeProvider time,
    ILogger<OccurrenceIngestor> log
)
{
    /// <summary>How often making an occurrence may be begun without coming to its end.</summary>
    private const int MaxFailures = 10;

    /// <summary>Makes the next occurrence of a schedule.</summary>
    /// <param name="row">The schedule's row, as it was read.</param>
    /// <param name="schedule">What it says.</param>
    /// <param name="at">The occurrence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The row afterwards; null if the occurrence is not dealt with yet.</returns>
    public async Task<ScheduleRow?> MakeAsync(ScheduleRow row, Schedule schedule, DateTimeOffset at, CancellationToken cancellationToken)
    {
        if (await ledger.TryLeaseAsync(row, at, time.GetUtcNow() + options.LeaseDuration, cancellationToken) is not { } lease)
        {
            return null;
        }

        using var span = CampaignTelemetry.StartCampaign(SourceOf(row.Name, at));
        try
        {
            if (lease.AbandonedPlan is { } abandoned)
            {
                await plans.DiscardAsync(abandoned, cancellationToken);
            }

            if (lease.Schedule.Failures >= MaxFailures)
            {
                return await SettleAsync(
                    lease,
                    OccurrenceState.Rejected,
                    $"Reading the list was begun {lease.Schedule.Failures} times and never came to an end: it took longer than the app may run, "
                        + $"or ended its process. The app's log has more. Nothing was submitted: split the list.",
                    cancellationToken
                );
            }

            var found = await lists.FindAsync(schedule, lease.Schedule, at, cancellationToken);
            return found.State is { } state
                ? await SettleAsync(lease, state, found.Reason!, cancellationToken, found.Path, upload: found.Upload)
                : await ReadAndCommitAsync(lease, schedule, found, cancellationToken);
        }
        catch (LeaseLostException)
        {
            log.OccurrenceTakenOver(row.Name, at);
            return null;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await ReleaseAsync(lease, time.GetUtcNow(), null, CancellationToken.None);
            throw;
        }
        catch (Exception e)
        {
            await RetryAsync(lease, e, cancellationToken);
            return null;
        }
    }

    private async Task<ScheduleRow?> ReadAndCommitAsync(
        OccurrenceLease lease,
        Schedule schedule,
        FoundList found,
        CancellationToken cancellationToken
    )
    {
        var (path, file) = (found.Path!, found.File!);
        Plan plan;
        using (await largeInputs.WaitAsync(ListFile.ExpectedLength(path, file.ContentLength), cancellationToken))
        {
            await RenewAsync(lease, cancellationToken);
            try
            {
                plan = await PlanAsync(lease, schedule, path, file, cancellationToken);
            }
            catch (RequestFailedException e)
                when (e.ErrorCode == BlobErrorCode.ConditionNotMet || e.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                return await SettleChangedAsync(lease, path, cancellationToken);
            }
        }

        if (plan.ContentHash == lease.Schedule.LastListHash && !schedule.SameListAgain)
        {
            await plans.DiscardAsync(plan.PlanId, cancellationToken);
            return await SettleAsync(lease, OccurrenceState.ListUnchanged, lists.Unchanged(path, file).Reason!, cancellationToken, path);
        }

        if (plan.IsRejected)
        {
            return await RejectAsync(lease, path, plan, cancellationToken);
        }

        if (!await lists.IsStillAsync(found, lease.Schedule, cancellationToken))
        {
            await plans.DiscardAsync(plan.PlanId, cancellationToken);
            return await SettleChangedAsync(lease, path, cancellationToken);
        }

        lease.List = (path, file.ETag.ToString(), plan.ContentHash);
        switch (await committer.CommitAsync(plan, path: null, plan.Source, lease, lease.At, cancellationToken))
        {
            case CommitOutcome.Committed committed:
                log.OccurrenceMade(lease.Schedule.Name, lease.At, plan.TaskName, plan.Counts.Valid);
                CampaignTelemetry.CountOccurrence(OccurrenceState.Made);
                await DispatchAsync(committed, cancellationToken);
                return await ledger.FindAsync(lease.Schedule.Name, cancellationToken);
            case CommitOutcome.TakenOver:
                return null;
            case CommitOutcome.SameContent same:
                return await RejectAsync(
                    lease,
                    path,
                    plan.WithError(
                        "taskName",
                        $"'{same.Campaign.TaskName}' is already the name of a campaign with the same list. {NameAdvice}"
                    ),
                    cancellationToken
                );
            case CommitOutcome.NameTaken taken:
                return await RejectAsync(lease, path, plan.WithError("taskName", $"{taken.Message} {NameAdvice}"), cancellationToken);
            case CommitOutcome.Outdated:
                await plans.DiscardAsync(plan.PlanId, cancellationToken);
                await ReleaseAsync(lease, time.GetUtcNow(), null, cancellationToken);
                return null;
            default:
                throw new LeaseLostException();
        }
    }

    private const string NameAdvice =
        "Each campaign of a schedule needs a name of its own: put {date} and {time} into the taskName of its profile, such as "
        + "\"{schedule} {date} {time}\".";

    /// <summary>The campaign is committed: what is not done of it now is done when its lease ends.</summary>
    private async Task DispatchAsync(CommitOutcome.Committed committed, CancellationToken cancellationToken)
    {
        try
        {
            await dispatcher.DispatchAsync(committed.Campaign, committed.WorkItem, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            log.CampaignNotFinished(committed.Campaign.TaskName, LogText.FirstLine(e));
            log.Details(e);
        }
    }

    private async Task<Plan> PlanAsync(
        OccurrenceLease lease,
        Schedule schedule,
        string path,
        BlobProperties file,
        CancellationToken cancellationToken
    )
    {
        var name = path[(path.LastIndexOf('/') + 1)..];
        var (local, source) = (schedule.Clock.At(lease.At), SourceOf(lease.Schedule.Name, lease.At));
        await using var content = await lists.OpenAsync(path, file.ETag, cancellationToken);
        using var planning = CampaignTelemetry.StartPlan();
        return await planner.PlanAsync(
            new PlanRequest(lease.Schedule.PlanId!, name, source, schedule.Profile, lease.At)
            {
                Placeholders = new(ListFile.NameWithoutEndings(name), local, lease.Schedule.Name)
                {
                    IsHourAgain = schedule.Clock.InstantsOf(local.DateTime).Second == local,
                },
                OnProgress = c => RenewAsync(lease, c),
                FindFamily = family => committer.FindFamilyAsync(family, cancellationToken),
            },
            content,
            cancellationToken
        );
    }

    private async ValueTask RenewAsync(OccurrenceLease lease, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (
            lease.Schedule.LeasedUntil - now <= options.LeaseDuration / 2
            && !await ledger.TryUpdateAsync(lease, lease.Schedule with { LeasedUntil = now + options.LeaseDuration }, cancellationToken)
        )
        {
            throw new LeaseLostException();
        }
    }

    private Task<ScheduleRow?> SettleChangedAsync(OccurrenceLease lease, string path, CancellationToken cancellationToken) =>
        SettleAsync(
            lease,
            OccurrenceState.ListBeingWritten,
            $"{Containers.Lists}/{path} is still being written: it was changed while it was read.",
            cancellationToken,
            path
        );

    private async Task<ScheduleRow?> RejectAsync(OccurrenceLease lease, string path, Plan plan, CancellationToken cancellationToken)
    {
        var place = $"{BlobNames.OfSchedules}{BlobNames.Safe(lease.Schedule.Name)}/{Shown(lease.At)}";
        await reports.WriteRejectedAsync(place, plan, cancellationToken);
        await plans.DiscardAsync(plan.PlanId, cancellationToken);
        var isEmpty = plan is { IsMalformed: false, Counts.Read: 0 };
        return await SettleAsync(
            lease,
            isEmpty ? OccurrenceState.ListEmpty : OccurrenceState.Rejected,
            LogText.Mask(SentenceOf(plan.Errors[0])) + (plan.ErrorCount > 1 ? $" ({plan.ErrorCount} errors)" : ""),
            cancellationToken,
            path,
            $"{Containers.Results}/{BlobNames.Report(place)}"
        );
    }

    private static string SentenceOf(CampaignError error) => error.Field is null ? error.Message : $"{error.Field}: {error.Message}";

    private async Task<ScheduleRow?> SettleAsync(
        OccurrenceLease lease,
        OccurrenceState state,
        string reason,
        CancellationToken cancellationToken,
        string? path = null,
        string? report = null,
        UnfinishedUpload? upload = null
    )
    {
        var settled = ScheduleLedger.RowFor(lease.Schedule, lease.At) with
        {
            State = state,
            Reason = reason,
            List = path,
            Report = report,
            SettledAt = time.GetUtcNow(),
        };
        var schedule = lease.Schedule with { Upload = upload?.ToString() ?? lease.Schedule.Upload };
        if (await ledger.TrySettleAsync(schedule, [settled], cancellationToken) is not { } row)
        {
            throw new LeaseLostException();
        }

        log.OccurrenceNotMade(row.Name, lease.At, state, reason);
        CampaignTelemetry.CountOccurrence(state);
        return row;
    }

    /// <summary>It is tried again, until it is too late: see the schedule's grace.</summary>
    private async Task RetryAsync(OccurrenceLease lease, Exception failure, CancellationToken cancellationToken)
    {
        var isOthers = failure is SecretsUnavailableException || (StorageFailure.Is(failure) && !StorageFailure.IsTimeout(failure));
        var due = time.GetUtcNow() + (isOthers ? options.InitialDelay : backoff.After(lease.Schedule.Failures + 1));
        log.OccurrenceFailed(lease.Schedule.Name, lease.At, due, LogText.FirstLine(failure));
        log.Details(failure);
        await ReleaseAsync(lease, due, failure, cancellationToken, countsAsFailure: !isOthers);
    }

    private async Task ReleaseAsync(
        OccurrenceLease lease,
        DateTimeOffset until,
        Exception? failure,
        CancellationToken cancellationToken,
        bool countsAsFailure = false
    ) =>
        await ledger.TryUpdateAsync(
            lease,
            lease.Schedule with
            {
                LeasedUntil = until,
                IsBeingMade = false,
                Failures = lease.Schedule.Failures + (countsAsFailure ? 1 : 0),
                Trouble = failure is null ? lease.Schedule.Trouble : LogText.FirstLine(failure),
            },
            cancellationToken
        );

    private static string SourceOf(string schedule, DateTimeOffset at) => $"{Containers.Schedules}/{schedule}.json at {Shown(at)}";

    private static string Shown(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HHmm'Z'", CultureInfo.InvariantCulture);
}
