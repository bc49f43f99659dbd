using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>Takes a person's word for what became of a task of which this app does not know whether Laaffic has it.</summary>
internal sealed class ManualTaskResolver(
    CampaignLedger ledger,
    CampaignDispatcher dispatcher,
    ReportWriter reports,
    TimeProvider time,
    ILogger<ManualTaskResolver> log
)
{
    public async Task<ResolutionResult> ResolveAsync(
        string taskName,
        int number,
        TaskResolution resolution,
        CancellationToken cancellationToken
    )
    {
        while (true)
        {
            if (await ledger.FindCampaignAsync(taskName, cancellationToken) is not { } campaign)
            {
                return new(ResolutionOutcome.NotFound, null);
            }

            var tasks = await ledger.GetTasksAsync(campaign.PlanId, cancellationToken);
            if (number < 1 || number > tasks.Count)
            {
                return new(ResolutionOutcome.NotFound, null);
            }

            var task = tasks[number - 1];
            var now = time.GetUtcNow();
            var isOpen = task.State == TaskState.Uncertain || NotSubmittedFiles.MayBeAtLaaffic(task);
            if (isOpen && task.LeaseUntil > now)
            {
                return new(ResolutionOutcome.BeingWorkedOn, await ReportAsync(campaign, cancellationToken));
            }
            // Before the deadline it is sent again under its own name, which Laaffic takes once; later its callees are offered under
            // another.
            if (
                isOpen
                && !resolution.IsAccepted
                && now >= campaign.Deadline
                && task.LastAttemptAt + UncertainTaskResolver.UnknownFor is { } known
                && now < known
            )
            {
                return new(ResolutionOutcome.TooEarly, await ReportAsync(campaign, cancellationToken), known);
            }
            // Laaffic said so after a request of this app's own: its word against the person's.
            if (isOpen && !resolution.IsAccepted && task is { NameExists: true, MayBeAtLaaffic: false } && resolution.KeyId is null)
            {
                return new(ResolutionOutcome.NameExists, await ReportAsync(campaign, cancellationToken));
            }

            if (!isOpen && !IsSame(task, resolution))
            {
                return new(ResolutionOutcome.NotUncertain, await ReportAsync(campaign, cancellationToken));
            }

            if (isOpen)
            {
                if (await ledger.TryReplaceAsync(Resolved(task, resolution, campaign, now), cancellationToken) is not { } resolved)
                {
                    continue;
                }

                log.TaskResolved(resolved.Name, resolved.State, resolution.By);
            }

            // What is settled now needs its report, and what may be sent again its turn: a run does both.
            await ledger.ReopenAsync(campaign, now, CancellationToken.None);
            var report = await reports.WriteOrReadAsync(campaign, CancellationToken.None);
            await dispatcher.RefreshSummaryAsync(taskName, CancellationToken.None);
            return new(ResolutionOutcome.Recorded, report);
        }
    }

    private async Task<CampaignReport> ReportAsync(CampaignRow campaign, CancellationToken cancellationToken) =>
        (await reports.ReadAsync(campaign, cancellationToken)).Report;

    // The same word given twice is no mistake, and completes what the first time may have left undone.
    private static bool IsSame(TaskRow task, TaskResolution resolution) =>
        task.ResolvedBy is not null
        && (resolution.IsAccepted ? task.State == TaskState.Accepted && task.KeyId == resolution.KeyId : task.State != TaskState.Accepted);

    private static TaskRow Resolved(TaskRow task, TaskResolution resolution, CampaignRow campaign, DateTimeOffset now)
    {
        task = task with { ResolvedBy = resolution.By, MayBeAtLaaffic = false, NeedsLook = false, LeaseUntil = null, DueAt = now };
        var word = $"by the word of {resolution.By} at {now:u}";
        if (resolution.IsAccepted)
        {
            return task with { State = TaskState.Accepted, KeyId = resolution.KeyId, Reason = $"Accepted, {word}.", SettledAt = now };
        }

        // Another task has the name, so this one can never be sent under it.
        if (task.NameExists)
        {
            return task with
            {
                State = TaskState.Rejected,
                Reason =
                    $"Not at Laaffic, {word}: the name belongs to another task "
                    + $"there{(resolution.KeyId is { } other ? $", id {other}" : "")}.",
                SettledAt = now,
            };
        }

        return now < campaign.Deadline
            ? task with
            {
                State = TaskState.Waiting,
                Reason = $"Not accepted so far, {word}: it is sent again.",
            }
            : task with
            {
                State = TaskState.Expired,
                Reason = $"Not accepted by {campaign.Deadline:u}, {word}.",
                SettledAt = now,
            };
    }
}
