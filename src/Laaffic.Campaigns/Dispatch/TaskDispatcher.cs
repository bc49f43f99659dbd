using Azure;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// Takes one due task a step further: asks what became of an attempt whose reply was lost, makes an attempt, or lets the
/// task expire. Before a request is sent the ledger says "uncertain", so a crash at any point leaves the truth behind.
/// </summary>
internal sealed class TaskDispatcher(
    CampaignLedger ledger,
    PlanStore plans,
    LaafficClient laaffic,
    AccountCircuitBreaker gate,
    AccountCapacity busy,
    UncertainTaskResolver uncertain,
    RecentAcceptances acceptances,
    TaskRecorder recorder,
    Backoff backoff,
    CampaignOptions options,
    TimeProvider time,
    ILogger<TaskDispatcher> log
)
{
    /// <summary>A task whose daily allowance is used up falls due at midnight, spread over some minutes as the others are.</summary>
    private static readonly TimeSpan MidnightJitter = TimeSpan.FromMinutes(10);

    /// <summary>Works on a task whose time has come.</summary>
    /// <param name="campaign">Its campaign.</param>
    /// <param name="task">The task.</param>
    /// <param name="hasTurn">Whether it may be sent although Laaffic is busy, as it is the first in the queue.</param>
    /// <param name="ct">Ends it.</param>
    public async Task<TaskStep> AdvanceAsync(CampaignRow campaign, TaskRow task, bool hasTurn, CancellationToken ct)
    {
        using var span = CampaignTelemetry.StartTask(task);
        var step = await StepAsync(campaign, task, hasTurn, ct);
        span?.SetTag("laaffic.state", step.Task.State.ToString().ToLowerInvariant());
        return step;
    }

    private async Task<TaskStep> StepAsync(CampaignRow campaign, TaskRow task, bool hasTurn, CancellationToken ct)
    {
        var isProvenAbsent = false;
        if (task.State == TaskState.Uncertain)
        {
            var lease = time.GetUtcNow() + options.LeaseDuration;
            if (await ledger.TryReplaceAsync(task with { LeaseUntil = lease, DueAt = lease }, ct) is not { } leased)
            {
                return new(task);
            }

            (task, isProvenAbsent) = await uncertain.ResolveAsync(campaign, leased, ct);
            if (!isProvenAbsent)
            {
                return new(task);
            }
        }

        if (time.GetUtcNow() >= campaign.Deadline)
        {
            // As long as a person is told to wait: once it has expired, its callees are offered under another name, which
            // Laaffic would take beside this one. Until then the name itself keeps a second attempt from being taken.
            if (
                (isProvenAbsent || task.ResolvedBy is not null)
                && task.LastAttemptAt + UncertainTaskResolver.UnknownFor is { } known
                && time.GetUtcNow() < known
            )
            {
                return new(await recorder.DeferAsync(campaign, task, known, task.Reason));
            }

            if (isProvenAbsent)
            {
                return new(await ExpireAsync(campaign, task));
            }

            (task, isProvenAbsent) = await uncertain.ConfirmBeforeExpiryAsync(campaign, task, ct);
            return isProvenAbsent ? new(await ExpireAsync(campaign, task)) : new(task, task.IsSettled ? null : task.DueAt);
        }

        ct.ThrowIfCancellationRequested();
        var permission = await gate.AcquireAsync(hasTurn, ct);
        if (!permission.IsAllowed)
        {
            // A task that was never sent needs no change; one that was asked about gives its lease back.
            return new(
                task.State == TaskState.Uncertain
                    ? await recorder.DeferAsync(campaign, task with { IsInLine = permission.IsBusy }, permission.NotBefore, task.Reason)
                    : task,
                permission.IsBusy ? null : permission.NotBefore,
                permission.IsBusy ? SendOutcome.Refused : SendOutcome.None
            );
        }

        var (attempted, reply) = await AttemptAsync(campaign, task, ct);
        if (reply is null)
        {
            await gate.ReleaseProbeAsync(permission, CancellationToken.None);
            return new(attempted);
        }

        // From here on the outcome is recorded whatever else ends: a token that is cancelled must not lose it.
        var step = await RecordAsync(campaign, attempted, task.State, reply, permission, hasTurn);
        if (IsOfWorkingAccount(reply))
        {
            await gate.RecordSuccessAsync(permission, CancellationToken.None);
        }
        else
        {
            await gate.ReleaseProbeAsync(permission, CancellationToken.None); // no effect if the answer has closed the gate anew
        }

        return step;
    }

    /// <summary>The attempt and its reply; no reply, and the task as it was before, if nothing was sent.</summary>
    private async Task<(TaskRow Task, CreateTaskReply? Reply)> AttemptAsync(CampaignRow campaign, TaskRow before, CancellationToken ct)
    {
        string account;
        try
        {
            account = await laaffic.AccountAsync(ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return (await NotSentAsync(campaign, before, before, e), null); // no secrets
        }

        var began = time.GetUtcNow();
        var lease = began + options.LeaseDuration;
        var sendBy = began + options.AttemptTimeout;
        var written = await ledger.TryReplaceAsync(
            before with
            {
                State = TaskState.Uncertain,
                IsInLine = false,
                Account = account,
                Attempts = before.Attempts + 1,
                FirstAttemptAt = before.FirstAttemptAt ?? began,
                LastAttemptAt = began,
                LeaseUntil = lease,
                LookupConclusiveAt = lease + options.UncertainSettleTime,
                DueAt = lease,
            },
            ct
        );
        if (written is not { } task)
        {
            return (before, null);
        }

        // The lease runs from before the write: after a slow one, or in a process that was suspended, little of it may be left.
        var left = sendBy - time.GetUtcNow();
        if (left < options.AttemptTimeout / 2)
        {
            log.TaskReservedTooLate(task.Name);
            return (await recorder.PutBackAsync(campaign, task, before, before.DueAt, before.Reason), null);
        }

        // A stop of the app does not end a request that has begun: it would only make its outcome unknown.
        using var span = CampaignTelemetry.StartAttempt(task);
        using var timeout = new CancellationTokenSource();
        using var timer = time.CreateTimer(_ => timeout.Cancel(), null, left, Timeout.InfiniteTimeSpan);
        try
        {
            var sent = time.GetTimestamp();
            var reply = await laaffic.CreateTaskAsync(BodyOf(task, sendBy, ct), timeout.Token);
            if (reply is { Status: not null, MayHaveBeenAccepted: false, Verdict: not Verdict.Accepted })
            {
                CampaignTelemetry.CountRefused(task.BodyLength);
            }

            var outcome = reply.MayHaveBeenAccepted ? "uncertain" : CampaignTelemetry.Tag(reply.Verdict);
            CampaignTelemetry.RecordCall("create", outcome, time.GetElapsedTime(sent));
            span.SetOutcome(outcome, reply.Verdict == Verdict.Accepted ? null : reply.Reason);
            log.TaskAnswered(task.Name, task.Attempts, LogText.Mask(reply.Reason));
            return (task, reply);
        }
        catch (RequestFailedException e) when (e.Status == 404 && e.ErrorCode == BlobErrorCode.BlobNotFound)
        {
            return (
                await recorder.SettleAsync(task, TaskState.Rejected, "Its stored request body was deleted before Laaffic accepted it."),
                null
            );
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            return (await recorder.PutBackAsync(campaign, task, before, began, before.Reason), null); // stopped before anything was sent
        }
        catch (Exception e)
        {
            // The client throws only where nothing was accepted: the stored body or the secrets were not to be had.
            span.SetOutcome("not_sent", LogText.FirstLine(e));
            return (await NotSentAsync(campaign, task, before, e), null);
        }
    }

    private async Task<TaskRow> NotSentAsync(CampaignRow campaign, TaskRow task, TaskRow before, Exception e)
    {
        log.TaskNotSent(task.Name, task.Attempts, LogText.FirstLine(e));
        log.Details(e);
        // What is asked about it is asked of the account with which it was last sent.
        var failed = task with
        {
            State = before.State,
            Account = before.Account,
            Failures = task.Failures + 1,
            LookupConclusiveAt = before.LookupConclusiveAt,
        };
        return await recorder.DeferAsync(campaign, failed, Later(failed), "It could not be sent: " + LogText.FirstLine(e));
    }

    private async Task<TaskStep> RecordAsync(
        CampaignRow campaign,
        TaskRow attempted,
        TaskState before,
        CreateTaskReply reply,
        SendPermit permission,
        bool hasTurn
    )
    {
        // This attempt is answered, and earlier ones were asked about before it was made.
        var now = time.GetUtcNow();
        var task = attempted with { State = before, LastRefusalUnknown = reply.Verdict == Verdict.Unknown, LookupConclusiveAt = now };
        switch (reply.Verdict)
        {
            case Verdict.Accepted:
                task = await recorder.AcceptAsync(
                    task,
                    reply.KeyId,
                    null,
                    reply.KeyId is null ? "Accepted; Laaffic's answer held no id." : null
                );
                await acceptances.NoteAsync(task.Name, CancellationToken.None);
                return new(task, null, SendOutcome.Accepted);

            case Verdict.Busy:
                // It stands in line from now on, in its campaign's place. The answer is recorded before anything else can fail.
                task = await recorder.DeferAsync(campaign, task with { IsInLine = before == TaskState.Uncertain }, now, reply.Reason);
                if (!hasTurn)
                {
                    await busy.MarkBusyAsync(CancellationToken.None);
                }

                return new(task, null, SendOutcome.Refused);

            case Verdict.Hold
            or Verdict.FixCredentials:
                var until = await gate.TripAsync(CircuitKind.Hold, WithAdvice(reply), permission, null, CancellationToken.None);
                // One that is refused again backs off by itself, so that it is not always the same that probe.
                task = task with
                {
                    Failures = task.Failures + 1,
                };
                var due = task.Failures == 1 ? until : until + backoff.After(task.Failures - 1);
                return new(await recorder.DeferAsync(campaign, task, due, WithAdvice(reply)), until);

            case Verdict.Exists:
                task = task with
                {
                    State = TaskState.Uncertain,
                    NameExists = true,
                    ResolvedBy = null, // whoever said that it is not there was wrong
                    MayBeAtLaaffic = task.MayBeAtLaaffic || before != TaskState.Uncertain,
                    LookupConclusiveAt = before == TaskState.Uncertain ? now : now + options.UncertainSettleTime,
                };
                return new((await uncertain.ResolveAsync(campaign, task, CancellationToken.None)).Task);

            case Verdict.DailyLimit:
                return new(await recorder.DeferAsync(campaign, task, NextDay(now, campaign.Deadline), reply.Reason));

            case Verdict.Reject:
                return new(await recorder.SettleAsync(task, TaskState.Rejected, WithAdvice(reply)));

            default:
                DateTimeOffset? closedUntil = IsOutage(reply)
                    ? await gate.TripAsync(CircuitKind.Breaker, reply.Reason, permission, reply.RetryAfter, CancellationToken.None)
                    : null;
                task = task with { Failures = task.Failures + 1 };
                if (reply.MayHaveBeenAccepted)
                {
                    task = task with { State = TaskState.Uncertain, LookupConclusiveAt = now + options.UncertainSettleTime };
                }

                return new(await recorder.DeferAsync(campaign, task, Later(task, reply.RetryAfter), reply.Reason), closedUntil);
        }
    }

    private Task<TaskRow> ExpireAsync(CampaignRow campaign, TaskRow task)
    {
        var why = task.Reason is null ? "" : " Last: " + task.Reason;
        return task.LastRefusalUnknown
            ? recorder.SettleAsync(task, TaskState.Rejected, $"Tried until {campaign.Deadline:u}.{why}")
            : recorder.SettleAsync(
                task,
                TaskState.Expired,
                $"Not accepted by {campaign.Deadline:u}, after {task.Attempts} attempts, so its callees are not called.{why}"
            );
    }

    private TaskBody BodyOf(TaskRow task, DateTimeOffset sendBy, CancellationToken ct) =>
        new(
            task.BodyLength,
            async timeout =>
            {
                ct.ThrowIfCancellationRequested();
                return (await plans.OpenBodyAsync(task.BlobName, timeout)).Content;
            }
        )
        {
            // By the wall clock: a process that was suspended meanwhile must not send under a lease that has run out.
            MayComplete = () => time.GetUtcNow() < sendBy,
            AppId = task is { AppIdOffset: { } offset, AppIdLength: { } length } ? new(offset, length) : null,
        };

    private DateTimeOffset Later(TaskRow task, TimeSpan? atLeast = null) => time.GetUtcNow() + backoff.After(task.Failures, atLeast, null);

    // Whose day it is that the allowance is for is not documented: the zone of sendTime is the best guess.
    private DateTimeOffset NextDay(DateTimeOffset now, DateTimeOffset deadline)
    {
        var tomorrow = TimeZoneInfo.ConvertTime(now, options.TimeZone).Date.AddDays(1);
        while (options.TimeZone.IsInvalidTime(tomorrow))
        {
            tomorrow = tomorrow.AddHours(1);
        }

        var midnight = new DateTimeOffset(tomorrow, options.TimeZone.GetUtcOffset(tomorrow)).ToUniversalTime();
        // A campaign of shortly after midnight has but minutes of the next day, and is to be tried in them.
        var left = (deadline - midnight) / 2;
        return midnight + backoff.Jitter(left < TimeSpan.Zero || left > MidnightJitter ? MidnightJitter : left);
    }

    // Laaffic, or the way there, does not do its part; not a refusal of this task.
    private static bool IsOutage(CreateTaskReply reply) =>
        reply.MayHaveBeenAccepted || (reply.Status is null && reply.Verdict == Verdict.Defer);

    private static bool IsOfWorkingAccount(CreateTaskReply reply) =>
        reply is { Status: not null, MayHaveBeenAccepted: false }
        && reply.Verdict is not (Verdict.Hold or Verdict.FixCredentials or Verdict.ClockSkew);

    private static string WithAdvice(CreateTaskReply reply) => $"{reply.Reason} {reply.Status?.Advice}".TrimEnd();
}
