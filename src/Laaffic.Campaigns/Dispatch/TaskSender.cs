using Azure;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// Sends a task once. Before a request is sent the ledger says "uncertain", so a crash at any point leaves the truth behind.
/// </summary>
internal sealed class TaskSender(
    CampaignLedger ledger,
    PlanStore plans,
    LaafficClient laaffic,
    TaskRecorder recorder,
    Backoff backoff,
    CampaignOptions options,
    TimeProvider time,
    ILogger<TaskSender> log
)
{
    /// <summary>The attempt and its reply; no reply, and the task as it was before, if nothing was sent.</summary>
    public async Task<(TaskRow Task, CreateTaskReply? Reply)> SendAsync(
        CampaignRow campaign,
        TaskRow before,
        CancellationToken cancellationToken
    )
    {
        string account;
        try
        {
            account = await laaffic.AccountAsync(cancellationToken);
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
            cancellationToken
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
        using var timeout = new CancellationTokenSource(left, time);
        try
        {
            var sent = time.GetTimestamp();
            var reply = await laaffic.CreateTaskAsync(BodyOf(task, sendBy, cancellationToken), timeout.Token);
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
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
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
        return await recorder.DeferAsync(
            campaign,
            failed,
            time.GetUtcNow() + backoff.After(failed.Failures),
            "It could not be sent: " + LogText.FirstLine(e)
        );
    }

    private TaskBody BodyOf(TaskRow task, DateTimeOffset sendBy, CancellationToken cancellationToken) =>
        new(
            task.BodyLength,
            async timeout =>
            {
                cancellationToken.ThrowIfCancellationRequested();
                return (await plans.OpenBodyAsync(task.BlobName, timeout)).Content;
            }
        )
        {
            // By the wall clock: a process that was suspended meanwhile must not send under a lease that has run out.
            MayComplete = () => time.GetUtcNow() < sendBy,
            AppId = task is { AppIdOffset: { } offset, AppIdLength: { } length } ? new(offset, length) : null,
        };
}
