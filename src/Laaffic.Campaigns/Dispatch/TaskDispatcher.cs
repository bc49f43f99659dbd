using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// Takes one due task a step further: asks what became of an attempt whose reply was lost, makes an attempt, or lets the
/// task expire.
/// </summary>
internal sealed class TaskDispatcher(
    CampaignLedger ledger,
    SendLimiter limiter,
    AccountCircuitBreaker circuitBreaker,
    UncertainTaskResolver uncertain,
    TaskSender sender,
    ReplyRecorder replies,
    TaskRecorder recorder,
    CampaignOptions options,
    TimeProvider time
)
{
    /// <summary>Works on a task whose time has come.</summary>
    /// <param name="campaign">Its campaign.</param>
    /// <param name="task">The task.</param>
    /// <param name="hasTurn">Whether it may be sent although Laaffic is busy, as it is the first in the queue.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<TaskStep> AdvanceAsync(CampaignRow campaign, TaskRow task, bool hasTurn, CancellationToken cancellationToken)
    {
        using var span = CampaignTelemetry.StartTask(task);
        var step = await StepAsync(campaign, task, hasTurn, cancellationToken);
        span?.SetTag("laaffic.state", step.Task.State.ToString().ToLowerInvariant());
        return step;
    }

    private async Task<TaskStep> StepAsync(CampaignRow campaign, TaskRow task, bool hasTurn, CancellationToken cancellationToken)
    {
        var isProvenAbsent = false;
        if (task.State == TaskState.Uncertain)
        {
            var lease = time.GetUtcNow() + options.LeaseDuration;
            if (await ledger.TryReplaceAsync(task with { LeaseUntil = lease, DueAt = lease }, cancellationToken) is not { } leased)
            {
                return new(task);
            }

            (task, isProvenAbsent) = await uncertain.ResolveAsync(campaign, leased, cancellationToken);
            if (!isProvenAbsent)
            {
                return new(task);
            }
        }

        // Before the time is looked at: it may have to wait. Whoever has the turn is the only one that sends.
        using var slot = hasTurn ? null : await limiter.EnterAsync(cancellationToken);
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

            (task, isProvenAbsent) = await uncertain.ConfirmBeforeExpiryAsync(campaign, task, cancellationToken);
            return isProvenAbsent ? new(await ExpireAsync(campaign, task)) : new(task, task.IsSettled ? null : task.DueAt);
        }

        cancellationToken.ThrowIfCancellationRequested();
        var permit = await circuitBreaker.AcquireAsync(hasTurn, cancellationToken);
        if (!permit.IsAllowed)
        {
            // A task that was never sent needs no change; one that was asked about gives its lease back.
            return new(
                task.State == TaskState.Uncertain
                    ? await recorder.DeferAsync(campaign, task with { IsInLine = permit.IsBusy }, permit.NotBefore, task.Reason)
                    : task,
                permit.IsBusy ? null : permit.NotBefore,
                permit.IsBusy ? SendOutcome.Refused : SendOutcome.None
            );
        }

        var (attempted, reply) = await sender.SendAsync(campaign, task, cancellationToken);
        if (reply is null)
        {
            await circuitBreaker.ReleaseProbeAsync(permit, CancellationToken.None);
            return new(attempted);
        }

        // From here on the outcome is recorded whatever else ends: a token that is cancelled must not lose it.
        var step = await replies.RecordAsync(campaign, attempted, task.State, reply, permit, hasTurn);
        if (ReplyRecorder.IsOfWorkingAccount(reply))
        {
            await circuitBreaker.RecordSuccessAsync(permit, CancellationToken.None);
        }
        else
        {
            await circuitBreaker.ReleaseProbeAsync(permit, CancellationToken.None); // no effect if the answer has opened the circuit anew
        }

        return step;
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
}
