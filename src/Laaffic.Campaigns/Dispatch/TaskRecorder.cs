using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>Writes down what a step on a task came to. Each returns the task as it stands then.</summary>
internal sealed class TaskRecorder(CampaignLedger ledger, TimeProvider time, ILogger<TaskRecorder> log)
{
    /// <summary>
    /// An acceptance that the ledger does not take is offered to it for so long: it is the one fact that nobody else has.
    /// </summary>
    private static readonly TimeSpan OfferFor = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    /// <summary>The task waits in the state that it has. If another worker has taken it over, its word counts.</summary>
    public async Task<TaskRow> DeferAsync(CampaignRow campaign, TaskRow task, DateTimeOffset due, string? reason)
    {
        // Due at the deadline at the latest, so that an expiry is noticed in time.
        var next = campaign.Deadline > time.GetUtcNow() && campaign.Deadline < due ? campaign.Deadline : due;
        return await TryWriteAsync(task with { DueAt = next, LeaseUntil = null, Reason = reason }) ?? task;
    }

    /// <summary>Nothing was sent: the task is again what it was before the attempt.</summary>
    public Task<TaskRow> PutBackAsync(CampaignRow campaign, TaskRow attempted, TaskRow before, DateTimeOffset due, string? reason) =>
        DeferAsync(campaign, before with { ETag = attempted.ETag }, due, reason);

    /// <summary>The task has come to its end without being accepted.</summary>
    public async Task<TaskRow> SettleAsync(TaskRow task, TaskState state, string? reason)
    {
        if (await TryWriteAsync(Settled(task, state, reason)) is not { } settled)
        {
            return task;
        }

        CampaignTelemetry.CountSettled(state);
        log.TaskSettledBadly(task.Name, state, task.Attempts, LogText.Mask(reason ?? ""));
        return settled;
    }

    /// <summary>Laaffic has the task. That is a fact, whatever another worker has concluded meanwhile.</summary>
    public async Task<TaskRow> AcceptAsync(TaskRow task, long? keyId, int? listedCallees, string? reason)
    {
        var until = time.GetUtcNow() + OfferFor;
        for (var pause = TimeSpan.FromSeconds(1); ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                return await WriteAcceptanceAsync(task, keyId, listedCallees, reason);
            }
            catch (Exception e) when (StorageFailure.Is(e) && time.GetUtcNow() + pause < until)
            {
                log.AcceptanceNotRecorded(task.Name, keyId, LogText.FirstLine(e));
                await Task.Delay(pause, time);
            }
            catch (Exception e)
            {
                log.AcceptanceLost(task.Name, keyId, LogText.FirstLine(e));
                throw;
            }
        }
    }

    private async Task<TaskRow> WriteAcceptanceAsync(TaskRow task, long? keyId, int? listedCallees, string? reason)
    {
        while (true)
        {
            var accepted = Settled(task, TaskState.Accepted, reason) with
            {
                KeyId = keyId,
                ListedCallees = listedCallees,
                MayBeAtLaaffic = false,
            };
            if (await TryWriteAsync(accepted) is { } written)
            {
                CampaignTelemetry.CountSettled(TaskState.Accepted);
                return written;
            }

            if (await ledger.RefreshAsync(task, CancellationToken.None) is not { } stored)
            {
                return accepted;
            }

            if (stored.State == TaskState.Accepted)
            {
                return stored;
            }

            task = stored;
        }
    }

    // Not cancelled by anything: a stop of the app must not lose what is known.
    private async Task<TaskRow?> TryWriteAsync(TaskRow task)
    {
        var written = await ledger.TryReplaceAsync(task, CancellationToken.None);
        if (written is null)
        {
            log.TaskTakenOver(task.Name, task.Attempts);
        }

        return written;
    }

    private TaskRow Settled(TaskRow task, TaskState state, string? reason) =>
        task with
        {
            State = state,
            Reason = reason,
            LeaseUntil = null,
            SettledAt = time.GetUtcNow(),
        };
}
