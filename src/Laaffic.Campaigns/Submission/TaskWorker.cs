using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Submission;

/// <summary>
/// Takes one due task a step further: asks what became of an attempt whose reply was lost, makes an attempt, or lets the
/// task expire. Before a request is sent the ledger says "uncertain", so a crash at any point leaves the truth behind.
/// </summary>
internal sealed class TaskWorker(
    CampaignLedger ledger,
    BlobContainerClient bodies,
    LaafficClient laaffic,
    AccountHold accountHold,
    CampaignOptions options,
    TimeProvider time,
    ILogger<TaskWorker> log)
{
    /// <summary>
    /// Works on a task whose time has come. Returns null, or until when it is no use to try further tasks: the account is
    /// busy or on hold.
    /// </summary>
    public async Task<DateTimeOffset?> WorkAsync(CampaignRow campaign, TaskRow task, CancellationToken ct)
    {
        using var span = CampaignTelemetry.StartTask(task);
        var brake = await StepAsync(campaign, task, ct);
        span?.SetTag("laaffic.state", task.State.ToString().ToLowerInvariant());
        return brake;
    }

    private async Task<DateTimeOffset?> StepAsync(CampaignRow campaign, TaskRow task, CancellationToken ct)
    {
        if (task.State == TaskState.Uncertain)
        {
            if (!await TryLeaseAsync(task, ct)) return null;
            if (!await IsProvedNotAcceptedAsync(campaign, task, ct)) return null;
        }

        if (time.GetUtcNow() >= campaign.Deadline)
        {
            await ExpireAsync(campaign, task);
            return null;
        }

        var permission = await accountHold.AskAsync(ct);
        if (permission.Allowed) return await AttemptAsync(campaign, task, permission.Hold, ct);

        await DeferAsync(campaign, task, task.State, permission.Hold!.Until, $"The account is on hold since {permission.Hold.Since:u}: {permission.Hold.Reason}");
        return permission.Hold.Until;
    }

    private async Task<DateTimeOffset?> AttemptAsync(CampaignRow campaign, TaskRow task, HoldRow? probed, CancellationToken ct)
    {
        var before = task.State;
        var now = time.GetUtcNow();
        task.State = TaskState.Uncertain;
        task.Attempts++;
        task.FirstAttemptAt ??= now;
        task.LastAttemptAt = now;
        task.LeaseUntil = now + options.LeaseDuration;
        task.SettledAt = task.LeaseUntil + options.UncertainSettleTime;
        task.DueAt = task.LeaseUntil.Value;
        if (!await ledger.TryReplaceAsync(task, ct)) return null;

        CreateTaskReply reply;
        using (var span = CampaignTelemetry.StartAttempt(task))
        using (var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct))
        using (time.CreateTimer(_ => timeout.Cancel(), null, options.AttemptTimeout, Timeout.InfiniteTimeSpan))
        {
            try
            {
                var began = time.GetTimestamp();
                reply = await laaffic.CreateTaskAsync(new TaskBody(task.BodyLength, c => OpenBodyAsync(task, c)), timeout.Token);
                var outcome = reply.MayHaveBeenAccepted ? "uncertain" : CampaignTelemetry.Tag(reply.Verdict);
                CampaignTelemetry.RecordCall("create", outcome, time.GetElapsedTime(began));
                span.SetOutcome(outcome, reply.Verdict == Verdict.Accepted ? null : reply.Reason);
            }
            catch (RequestFailedException e) when (e.Status == 404 && e.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                await SettleAsync(task, TaskState.Rejected, "Its stored request body was deleted before Laaffic accepted it.");
                return null;
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested)
            {
                await DeferAsync(campaign, task, before, now, task.Reason); // stopped before anything was sent
                return null;
            }
            catch (Exception e)
            {
                // The client throws only where nothing was accepted: the stored body or the secrets were not to be had.
                log.LogError(e, "Task {Task}, attempt {Attempt}: it could not be sent.", task.Name, task.Attempts);
                span.SetOutcome("not_sent", FirstLine(e));
                task.Failures++;
                await DeferAsync(campaign, task, before, Later(task), "It could not be sent: " + FirstLine(e));
                return null;
            }
        }

        log.LogInformation("Task {Task}, attempt {Attempt}: {Outcome}", task.Name, task.Attempts, CampaignTelemetry.Mask(reply.Reason));
        // From here on the outcome is recorded whatever else ends: a token that is cancelled must not lose it.
        var brake = await RecordAsync(campaign, task, before, reply);
        if (probed is not null && IsOfWorkingAccount(reply)) await accountHold.LiftAsync(probed, CancellationToken.None);
        return brake;
    }

    private async Task<DateTimeOffset?> RecordAsync(CampaignRow campaign, TaskRow task, TaskState before, CreateTaskReply reply)
    {
        task.LastRefusalUnknown = reply.Verdict == Verdict.Unknown;
        // This attempt is answered, and earlier ones were asked about before it was made.
        task.SettledAt = time.GetUtcNow();
        switch (reply.Verdict)
        {
            case Verdict.Accepted:
                task.KeyId = reply.KeyId;
                await SettleAsync(task, TaskState.Accepted, reply.KeyId is null ? "Accepted; Laaffic's answer held no id." : null);
                return null;

            case Verdict.Busy:
                var free = time.GetUtcNow() + Backoff.After(1, options.InitialDelay, options.MaxDelay);
                await DeferAsync(campaign, task, before, free, reply.Reason);
                return task.DueAt;

            case Verdict.Hold or Verdict.FixCredentials:
                var until = await accountHold.ImposeAsync(WithAdvice(reply), CancellationToken.None);
                await DeferAsync(campaign, task, before, until, WithAdvice(reply));
                return until;

            case Verdict.Exists when before == TaskState.Uncertain:
                task.NameExists = true;
                if (await IsProvedNotAcceptedAsync(campaign, task, CancellationToken.None))
                    throw new InvalidOperationException("A task whose name exists is never proved absent.");
                return null;

            case Verdict.Exists:
                await SettleAsync(task, TaskState.Rejected,
                    $"{reply.Reason} This task was never sent before, so someone else has used its name: give the campaign another taskName.");
                return null;

            case Verdict.Reject:
                await SettleAsync(task, TaskState.Rejected, WithAdvice(reply));
                return null;

            default:
                task.Failures++;
                var later = Later(task, reply.RetryAfter);
                if (reply.MayHaveBeenAccepted)
                {
                    task.SettledAt = time.GetUtcNow() + options.UncertainSettleTime;
                    await DeferAsync(campaign, task, TaskState.Uncertain, later, reply.Reason);
                }
                else
                {
                    await DeferAsync(campaign, task, before, later, reply.Reason);
                }

                return null;
        }
    }

    /// <summary>
    /// Asks Laaffic for an uncertain task by its exact name. True if it was certainly not accepted and may be sent again;
    /// false if the question is settled or must be asked again later, which is then recorded.
    /// </summary>
    private async Task<bool> IsProvedNotAcceptedAsync(CampaignRow campaign, TaskRow task, CancellationToken ct)
    {
        TaskLookup lookup;
        using (var span = CampaignTelemetry.StartLookup(task))
        using (var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct))
        using (time.CreateTimer(_ => timeout.Cancel(), null, options.AttemptTimeout, Timeout.InfiniteTimeSpan))
        {
            // A day either way: the zone of Laaffic's clock is not documented.
            var asked = TimeZoneInfo.ConvertTime(task.FirstAttemptAt ?? campaign.CommittedAt, options.TimeZone).DateTime;
            var now = TimeZoneInfo.ConvertTime(time.GetUtcNow(), options.TimeZone).DateTime;
            var began = time.GetTimestamp();
            try
            {
                lookup = await laaffic.FindTaskAsync(task.Name, asked.AddDays(-1), now.AddDays(1), timeout.Token);
            }
            catch (OperationCanceledException) when (!ct.IsCancellationRequested)
            {
                lookup = new TaskLookup(Answered: false, null, "no answer in time.");
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                lookup = new TaskLookup(Answered: false, null, FirstLine(e)); // no secrets to ask with
            }

            var outcome = lookup.Task is not null ? "found" : lookup.Answered ? "not_found" : "no_answer";
            CampaignTelemetry.RecordCall("query", outcome, time.GetElapsedTime(began));
            span.SetOutcome(outcome, lookup.Answered ? null : lookup.Reason);
        }

        if (lookup.Task is { } found)
        {
            if (found.NumCnt is null || found.NumCnt == task.Callees)
            {
                task.KeyId = found.TaskId;
                await SettleAsync(task, TaskState.Accepted, found.Status == TaskRecordStatus.SubmissionFailed
                    ? "Laaffic accepted it, but lists it as \"submission failed\": ask Laaffic whether its callees are called."
                    : null);
            }
            else if (found.Status == TaskRecordStatus.Submitting)
            {
                await AskLaterAsync(campaign, task, $"Laaffic is still taking it in: {found.NumCnt} of {task.Callees} callees.");
            }
            else
            {
                await SettleAsync(task, TaskState.Rejected,
                    $"Laaffic has a task of this name with {found.NumCnt} callees where this one has {task.Callees} (id {found.TaskId}): someone else has used the name. Give the campaign another taskName.");
            }

            return false;
        }

        if (!lookup.Answered)
        {
            await AskLaterAsync(campaign, task, $"The reply to attempt {task.Attempts} was lost, and Laaffic did not say what became of it: {lookup.Reason}");
            return false;
        }

        if (task.NameExists)
        {
            await AskLaterAsync(campaign, task, "Laaffic says that the task exists, but does not list it yet; its id is looked up again later.");
            return false;
        }

        if (time.GetUtcNow() < task.SettledAt)
        {
            await DeferAsync(campaign, task, TaskState.Uncertain, task.SettledAt.Value, task.Reason);
            return false;
        }

        return true;
    }

    private Task AskLaterAsync(CampaignRow campaign, TaskRow task, string reason)
    {
        task.Failures++;
        return DeferAsync(campaign, task, TaskState.Uncertain, Later(task), reason);
    }

    private Task ExpireAsync(CampaignRow campaign, TaskRow task)
    {
        var why = task.Reason is null ? "" : " Last: " + task.Reason;
        return task.LastRefusalUnknown
            ? SettleAsync(task, TaskState.Rejected, $"Tried until {campaign.Deadline:u}.{why}")
            : SettleAsync(task, TaskState.Expired, $"Not accepted by {campaign.Deadline:u}, after {task.Attempts} attempts, so its callees are not called.{why}");
    }

    private async Task DeferAsync(CampaignRow campaign, TaskRow task, TaskState state, DateTimeOffset due, string? reason)
    {
        // Due at the deadline at the latest, so that an expiry is noticed in time.
        var next = campaign.Deadline > time.GetUtcNow() && campaign.Deadline < due ? campaign.Deadline : due;
        (task.State, task.DueAt, task.LeaseUntil, task.Reason) = (state, next, null, reason);
        if (!await ledger.TryReplaceAsync(task, CancellationToken.None)) LogOvertaken(task);
    }

    private async Task SettleAsync(TaskRow task, TaskState state, string? reason)
    {
        Settle(task);
        while (!await ledger.TryReplaceAsync(task, CancellationToken.None))
        {
            // Another worker took the task over. Only an acceptance is news to it: that is a fact, whatever it concluded.
            LogOvertaken(task);
            if (state != TaskState.Accepted || await ledger.RereadAsync(task, CancellationToken.None) is not { State: not TaskState.Accepted } stored) return;
            stored.KeyId = task.KeyId;
            task = stored;
            Settle(task);
        }

        CampaignTelemetry.CountSettled(state);
        if (state != TaskState.Accepted) log.LogError("Task {Task} is {State} after attempt {Attempt}: {Reason}", task.Name, state, task.Attempts, CampaignTelemetry.Mask(reason ?? ""));

        void Settle(TaskRow row) =>
            (row.State, row.Reason, row.LeaseUntil, row.SettledOn) = (state, reason, null, time.GetUtcNow());
    }

    private Task<bool> TryLeaseAsync(TaskRow task, CancellationToken ct)
    {
        task.LeaseUntil = task.DueAt = time.GetUtcNow() + options.LeaseDuration;
        return ledger.TryReplaceAsync(task, ct);
    }

    private async Task<Stream> OpenBodyAsync(TaskRow task, CancellationToken ct)
    {
        var download = await bodies.GetBlobClient(task.BlobName).DownloadStreamingAsync(cancellationToken: ct);
        return download.Value.Content;
    }

    private DateTimeOffset Later(TaskRow task, TimeSpan? atLeast = null)
    {
        var delay = Backoff.After(task.Failures, options.InitialDelay, options.MaxDelay);
        if (atLeast > delay) delay = atLeast.Value < options.MaxDelay ? atLeast.Value : options.MaxDelay;
        return time.GetUtcNow() + delay;
    }

    private static bool IsOfWorkingAccount(CreateTaskReply reply) =>
        reply.Status is not null && reply.Verdict is not (Verdict.Hold or Verdict.FixCredentials or Verdict.ClockSkew);

    private static string WithAdvice(CreateTaskReply reply) => $"{reply.Reason} {reply.Status?.Advice}".TrimEnd();

    private void LogOvertaken(TaskRow task) =>
        log.LogWarning("Task {Task}, attempt {Attempt}: it was taken over by another worker meanwhile.", task.Name, task.Attempts);

    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].TrimEnd();
}
