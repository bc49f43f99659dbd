using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>Records what Laaffic answered to a task, and what follows from it for the task and for the account.</summary>
internal sealed class ReplyRecorder(
    AccountCircuitBreaker circuitBreaker,
    AccountCapacity capacity,
    UncertainTaskResolver uncertain,
    RecentAcceptances acceptances,
    TaskRecorder recorder,
    Backoff backoff,
    CampaignOptions options,
    TimeProvider time,
    ILogger<ReplyRecorder> log
)
{
    /// <summary>A task whose daily allowance is used up falls due at midnight, spread over some minutes as the others are.</summary>
    private static readonly TimeSpan MidnightJitter = TimeSpan.FromMinutes(10);

    /// <summary>Whether the answer shows that Laaffic works, and works for this account.</summary>
    public static bool IsOfWorkingAccount(CreateTaskReply reply) =>
        reply is { Status: not null, MayHaveBeenAccepted: false }
        && reply.Verdict is not (Verdict.Hold or Verdict.FixCredentials or Verdict.ClockSkew);

    /// <param name="campaign">The task's campaign.</param>
    /// <param name="attempted">The task as it was sent.</param>
    /// <param name="before">Its state before that.</param>
    /// <param name="reply">What Laaffic answered.</param>
    /// <param name="permit">By which it was sent.</param>
    /// <param name="hasTurn">Whether it was sent as the first of the queue.</param>
    public async Task<TaskStep> RecordAsync(
        CampaignRow campaign,
        TaskRow attempted,
        TaskState before,
        CreateTaskReply reply,
        SendPermit permit,
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
                    await TryMarkBusyAsync();
                }

                return new(task, null, SendOutcome.Refused);

            case Verdict.Hold
            or Verdict.FixCredentials:
                var until = await circuitBreaker.TripAsync(CircuitKind.Hold, WithAdvice(reply), permit, null, CancellationToken.None);
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
                DateTimeOffset? openUntil = IsOutage(reply)
                    ? await circuitBreaker.TripAsync(CircuitKind.Breaker, reply.Reason, permit, reply.RetryAfter, CancellationToken.None)
                    : null;
                task = task with { Failures = task.Failures + 1 };
                if (reply.MayHaveBeenAccepted)
                {
                    task = task with { State = TaskState.Uncertain, LookupConclusiveAt = now + options.UncertainSettleTime };
                }

                return new(await recorder.DeferAsync(campaign, task, Later(task, reply.RetryAfter), reply.Reason), openUntil);
        }
    }

    // That the task is not accepted is recorded: whoever is refused next says once more that Laaffic is busy.
    private async Task TryMarkBusyAsync()
    {
        try
        {
            await capacity.MarkBusyAsync(CancellationToken.None);
        }
        catch (Exception e) when (StorageFailure.Is(e))
        {
            log.BusyNotRecorded(LogText.FirstLine(e));
        }
    }

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

    private static string WithAdvice(CreateTaskReply reply) => $"{reply.Reason} {reply.Status?.Advice}".TrimEnd();
}
