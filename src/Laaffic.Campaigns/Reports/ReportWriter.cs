using Azure;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Reports;

/// <summary>
/// Writes what users read. A report can always be made again from the ledger and the plan, so a crash loses nothing, and
/// a write that was overtaken is repeated with what the ledger says by then.
/// </summary>
internal sealed class ReportWriter(
    CampaignLedger ledger,
    FileLedger fileLedger,
    AccountLedger account,
    PlanStore plans,
    NotSubmittedFiles notSubmitted,
    ReportStore reports,
    TimeProvider time
)
{
    /// <summary>
    /// How often what others get in the way of is started over: at once at first, as they are soon done, then after a pause.
    /// </summary>
    private const int MaxTries = 30,
        TriesAtOnce = 20;

    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The report of a committed campaign, as the ledger has it now. Nothing is written, so it names only the files that are
    /// there and hold nobody who was accepted.
    /// </summary>
    public async Task<(CampaignReport Report, IReadOnlyList<TaskRow> Tasks)> ReadAsync(
        CampaignRow campaign,
        CancellationToken cancellationToken
    )
    {
        var plan = await PlanOfAsync(campaign, cancellationToken);
        var place = await PlaceOfAsync(campaign, cancellationToken);
        return await UndisturbedAsync<(CampaignReport, IReadOnlyList<TaskRow>)>(
            place,
            async () =>
            {
                IReadOnlyList<NotSubmittedFile> standing = [];
                var tasks = await ledger.GetTasksAsync(campaign.PlanId, cancellationToken);
                var isShort = IsShort(tasks);
                if (isShort)
                {
                    standing = await notSubmitted.FindAsync(place, cancellationToken);
                    tasks = await ledger.GetTasksAsync(campaign.PlanId, cancellationToken); // again, after the files
                }

                var now = await PlaceOfAsync(campaign, cancellationToken);
                if (now != place)
                {
                    place = now;
                    return null;
                }

                var files = NotSubmittedFiles.Named(standing, OwnerOf(campaign), tasks);
                var missing = isShort ? await notSubmitted.MissingAsync(tasks, files, cancellationToken) : [];
                return (await BuildAsync(campaign, null, plan, place, tasks, files, missing, cancellationToken), tasks);
            },
            cancellationToken
        );
    }

    /// <summary>
    /// Writes the report of a committed campaign, and before it what it names: the callees that were not submitted, and those
    /// that were rejected if that is not done yet.
    /// </summary>
    /// <exception cref="ReportBlockedException">Somebody keeps it from being written.</exception>
    public Task<(CampaignReport Report, IReadOnlyList<TaskRow> Tasks)> WriteAsync(
        CampaignRow campaign,
        CancellationToken cancellationToken
    ) => WriteAsync(campaign, null, cancellationToken);

    /// <inheritdoc cref="WriteAsync(CampaignRow, CancellationToken)"/>
    /// <param name="campaign">The campaign.</param>
    /// <param name="workItem">Its work item as it will be, which says its place in the queue; null: as it is stored.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<(CampaignReport Report, IReadOnlyList<TaskRow> Tasks)> WriteAsync(
        CampaignRow campaign,
        WorkItemRow? workItem,
        CancellationToken cancellationToken
    )
    {
        var plan = await PlanOfAsync(campaign, cancellationToken);
        var owner = OwnerOf(campaign);
        var place = campaign.Path is { } path ? BlobNames.PlaceOf(path) : await PlaceOfAsync(campaign, cancellationToken);
        string? left = null;
        var wasOvertaken = false;
        var written = await UndisturbedAsync<(CampaignReport Report, IReadOnlyList<TaskRow> Tasks)>(
            place,
            async () =>
            {
                // What stands there is read before the ledger: so the last write that succeeds has seen the last change.
                var standing = await reports.FindAsync(place, owner, cancellationToken);
                var now = await PlaceOfAsync(campaign, cancellationToken);
                if (now != place)
                {
                    (left, place) = (place, now);
                    return null;
                }

                // A file that was written before another's report came may be named by none.
                var hasFiles = standing.HasFiles || wasOvertaken;
                wasOvertaken = true;
                if (await MakeAsync(campaign, workItem, plan, place, hasFiles, cancellationToken) is not { } made)
                {
                    return null;
                }

                await reports.WriteAsync(standing, made.Report, plan, owner, cancellationToken);
                return made;
            },
            cancellationToken
        );
        // Somebody took the place while something was written there.
        if (left is not null)
        {
            await notSubmitted.RemoveAsync(left, owner, place, written.Tasks, cancellationToken);
        }

        return written;
    }

    /// <summary>The same; where somebody keeps it from being written, the report as it will be written later.</summary>
    public async Task<CampaignReport> WriteOrReadAsync(CampaignRow campaign, CancellationToken cancellationToken)
    {
        try
        {
            return (await WriteAsync(campaign, cancellationToken)).Report;
        }
        catch (ReportBlockedException)
        {
            return (await ReadAsync(campaign, cancellationToken)).Report;
        }
    }

    /// <summary>Writes the report of a file of which nothing was submitted.</summary>
    /// <exception cref="LeaseLostException">Another reader has the file now, and the report is its business.</exception>
    /// <exception cref="ReportBlockedException">Somebody keeps it from being written.</exception>
    public async Task WriteAsync(FileLease lease, Plan plan, Func<string?, CampaignReport> report, CancellationToken cancellationToken)
    {
        var place = BlobNames.PlaceOf(lease.File.Path);
        await UndisturbedAsync<bool>(
            place,
            async () =>
            {
                var standing = await reports.FindAsync(place, owner: null, cancellationToken);
                var files = standing.HasFiles ? await notSubmitted.FindAsync(place, cancellationToken) : [];
                if (!await fileLedger.IsLeaseHeldAsync(lease, cancellationToken))
                {
                    throw new LeaseLostException();
                }

                var content = report(plan.HasRejectedFile ? $"{Containers.Results}/{BlobNames.Rejected(place)}" : null);
                if (standing.Owner is { } before)
                {
                    content = await WithLostCampaignAsync(
                        content,
                        before,
                        $"{Containers.Results}/{BlobNames.Report(BlobNames.Superseded(place, before))}",
                        cancellationToken
                    );
                }
                else if (standing.SubmittedAs is { } original)
                {
                    content = await WithLostCampaignAsync(content, original, "An earlier report of this file", cancellationToken);
                }

                await notSubmitted.MoveAwayAsync(files, place, owner: null, cancellationToken);
                await reports.WriteAsync(standing, content, plan, owner: null, cancellationToken);
                return true;
            },
            cancellationToken
        );
    }

    /// <summary>Writes the report of a list that a schedule was to make a campaign of, and of which nothing was submitted.</summary>
    /// <param name="place">Where it lies.</param>
    /// <param name="plan">The plan, with what is wrong.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ReportBlockedException">Somebody keeps it from being written.</exception>
    public Task WriteRejectedAsync(string place, Plan plan, CancellationToken cancellationToken) =>
        UndisturbedAsync<bool>(
            place,
            async () =>
            {
                var standing = await reports.FindAsync(place, owner: null, cancellationToken);
                var rejected = plan.HasRejectedFile ? $"{Containers.Results}/{BlobNames.Rejected(place)}" : null;
                await reports.WriteAsync(standing, ReportBuilder.OfRejected(plan, rejected), plan, owner: null, cancellationToken);
                return true;
            },
            cancellationToken
        );

    /// <summary>Writes what is wrong with a schedule's file, or that nothing is.</summary>
    /// <param name="schedule">The schedule.</param>
    /// <param name="state">What is made of it, as <see cref="ScheduleFileReport"/> names it.</param>
    /// <param name="errors">What is wrong.</param>
    /// <param name="needsAction">What a person must do; null if nothing needs one.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task WriteScheduleAsync(
        string schedule,
        string state,
        IReadOnlyList<CampaignError> errors,
        string? needsAction,
        CancellationToken cancellationToken
    ) =>
        reports.WriteAsync(
            BlobNames.Report(BlobNames.OfSchedules + BlobNames.Safe(schedule)),
            new ScheduleFileReport
            {
                Schedule = schedule,
                State = state,
                NeedsAction = needsAction,
                Errors = errors,
            },
            cancellationToken
        );

    /// <summary>The report of a POST whose task name is taken, with what an earlier one of its name says.</summary>
    public async Task<CampaignReport> OfRejectedPostAsync(Plan plan, CancellationToken cancellationToken)
    {
        var report = ReportBuilder.OfRejected(plan, null, mayBeSubmitted: true);
        var place = PlaceOfPost(plan.TaskName!);
        return await reports.FindOwnerAsync(place, cancellationToken) is { } owner
            ? await WithLostCampaignAsync(report, owner, $"{Containers.Results}/{BlobNames.Report(place)}", cancellationToken)
            : report;
    }

    /// <summary>What is said of the campaigns that earlier uploads of a file became; null if there are none.</summary>
    public async Task<string?> OfEarlierUploadsAsync(string path, CancellationToken cancellationToken)
    {
        var names = await reports.FindTaskNamesAsync(BlobNames.PlaceOf(path), cancellationToken);
        return names.Count == 0
            ? null
            : $"Earlier uploads of this file were submitted, as "
                + $"{string.Join(" and ", names.Select(name => $"'{name.Value}' ({Containers.Results}/{name.Key})"))}: read there what "
                + $"became of their callees before you drop any of it again.";
    }

    // A ledger that was restored does not know what was submitted since the backup was made; the reports still do.
    private async Task<CampaignReport> WithLostCampaignAsync(
        CampaignReport report,
        string owner,
        string earlier,
        CancellationToken cancellationToken
    ) => await ledger.HasCampaignOwnedByAsync(owner, cancellationToken) ? report : ReportBuilder.WithLostCampaign(report, earlier);

    // Some of it was not accepted, and nothing more of it is sent.
    private static bool IsShort(IReadOnlyList<TaskRow> tasks) => tasks.All(t => t.IsSettled) && tasks.Any(NotSubmittedFiles.IsCertain);

    /// <summary>Writes the files that a report names, and makes the report. Null if the ledger says something else by now.</summary>
    private async Task<(CampaignReport Report, IReadOnlyList<TaskRow> Tasks)?> MakeAsync(
        CampaignRow campaign,
        WorkItemRow? workItem,
        Plan plan,
        string place,
        bool hasFiles,
        CancellationToken cancellationToken
    )
    {
        IReadOnlyList<TaskRow> tasks = await ledger.GetTasksAsync(campaign.PlanId, cancellationToken);
        IReadOnlyList<NotSubmittedFile> files = [];
        if (hasFiles || IsShort(tasks))
        {
            var standing = await notSubmitted.FindAsync(place, cancellationToken);
            // Whoever has lost the place must not move what its new owner has put there.
            if (await PlaceOfAsync(campaign, cancellationToken) != place)
            {
                return null;
            }

            if (
                await notSubmitted.AssignAsync(await ledger.GetTasksAsync(campaign.PlanId, cancellationToken), cancellationToken)
                is not { } assigned
            )
            {
                return null; // again, after the files, as for the report
            }

            tasks = assigned;
            files = await notSubmitted.UpdateAsync(standing, place, OwnerOf(campaign), campaign, plan, tasks, cancellationToken);
        }

        return (await BuildAsync(campaign, workItem, plan, place, tasks, files, [], cancellationToken), tasks);
    }

    private async Task<CampaignReport> BuildAsync(
        CampaignRow campaign,
        WorkItemRow? workItem,
        Plan plan,
        string place,
        IReadOnlyList<TaskRow> tasks,
        IReadOnlyList<NotSubmittedFile> files,
        IReadOnlyList<TaskRow> missing,
        CancellationToken cancellationToken
    )
    {
        var circuit = tasks.All(t => t.IsSettled) ? null : await account.FindCircuitAsync(cancellationToken);
        var inLine = tasks.Any(t => !t.IsSettled && !t.IsToBeAsked && t.DueAt <= time.GetUtcNow())
            ? await QueuePosition.OfAsync(ledger, account, campaign, workItem, time.GetUtcNow(), cancellationToken)
            : null;
        var rejected = plan.HasRejectedFile ? $"{Containers.Results}/{BlobNames.Rejected(place)}" : null;
        return ReportBuilder.Of(campaign, plan, tasks, circuit, inLine, time.GetUtcNow(), rejected, Containers.Results, files, missing);
    }

    /// <summary>Does what others may get in the way of, until it is done; null means that it is to be started over.</summary>
    /// <exception cref="ReportBlockedException">It is not done after the last try.</exception>
    private async Task<T> UndisturbedAsync<T>(string place, Func<Task<T?>> tryAsync, CancellationToken cancellationToken)
        where T : struct
    {
        RequestFailedException? failure = null;
        for (var tries = 1; tries <= MaxTries; tries++)
        {
            if (tries > TriesAtOnce)
            {
                await Task.Delay(FirstPause * (1 << (tries - TriesAtOnce)), time, cancellationToken);
            }

            try
            {
                if (await tryAsync() is { } done)
                {
                    return done;
                }
            }
            catch (RequestFailedException e) when (NotSubmittedFiles.IsChange(e))
            {
                failure = e;
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                throw new ReportBlockedException(
                    $"Storage does not let {Containers.Results}/{BlobNames.Report(place)} or a file beside it be written (HTTP "
                        + $"{e.Status} {e.ErrorCode}): it may be leased or kept from changes by a policy. Have that ended.",
                    e
                );
            }
        }

        throw new ReportBlockedException(
            $"{Containers.Results}/{BlobNames.Report(place)} or a file beside it was changed by somebody else whenever it was to be "
                + $"written, {MaxTries} times in a row.",
            failure
        );
    }

    // Old plans are deleted, as they stand beside phone numbers; what the ledger knows of a campaign outlives them.
    private async Task<Plan> PlanOfAsync(CampaignRow campaign, CancellationToken cancellationToken)
    {
        if (await plans.FindAsync(campaign.PlanId, cancellationToken) is { } plan)
        {
            return plan.HasRejectedFile && !await plans.HasRejectedAsync(plan.PlanId, cancellationToken)
                ? plan with
                {
                    HasRejectedFile = false,
                }
                : plan;
        }

        return new Plan
        {
            PlanId = campaign.PlanId,
            Source = campaign.Source,
            TaskName = campaign.TaskName,
            ContentHash = campaign.ContentHash,
            Counts = new(
                campaign.Read,
                campaign.Read - campaign.Duplicate - campaign.Rejected - campaign.Suppressed,
                campaign.Duplicate,
                campaign.Rejected
            )
            {
                Suppressed = campaign.Suppressed,
            },
        };
    }

    /// <summary>
    /// Removes what was written aside while a new upload of the file was read, which turned out to be the same content.
    /// </summary>
    public async Task RemoveSupersededAsync(CampaignRow campaign, CancellationToken cancellationToken)
    {
        var place = SupersededPlaceOf(campaign);
        await reports.DeleteAsync(place, cancellationToken);
        await notSubmitted.RemoveAsync(
            place,
            OwnerOf(campaign),
            BlobNames.PlaceOf(campaign.Path!),
            await ledger.GetTasksAsync(campaign.PlanId, cancellationToken),
            cancellationToken
        );
    }

    // A file's report stands beside its path until a later version of the file takes that place.
    private async Task<string> PlaceOfAsync(CampaignRow campaign, CancellationToken cancellationToken)
    {
        if (campaign.Path is null)
        {
            return PlaceOfPost(campaign.TaskName);
        }

        var file = await fileLedger.FindFileAsync(campaign.Path, cancellationToken);
        return file?.Campaign == campaign.TaskName ? BlobNames.PlaceOf(campaign.Path) : SupersededPlaceOf(campaign);
    }

    private static string PlaceOfPost(string taskName) => BlobNames.OfRequests + BlobNames.Safe(taskName);

    private static string SupersededPlaceOf(CampaignRow campaign) =>
        BlobNames.Superseded(BlobNames.PlaceOf(campaign.Path!), OwnerOf(campaign));

    private static string OwnerOf(CampaignRow campaign) => CampaignLedger.OwnerOf(campaign);
}
