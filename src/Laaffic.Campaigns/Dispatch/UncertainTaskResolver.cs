using System.Globalization;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// Finds out what became of a task of which it is not known whether Laaffic accepted it: its list of tasks is asked for the
/// exact name. What is not clear stays uncertain and is asked about again; nothing is ever guessed in favour of sending.
/// </summary>
internal sealed class UncertainTaskResolver(
    LaafficClient laaffic,
    TaskRecorder recorder,
    RecentAcceptances acceptances,
    Backoff backoff,
    CampaignOptions options,
    TimeProvider time
)
{
    /// <summary>
    /// After an attempt without a reply: for so long that the task is not listed proves nothing beyond that it may be sent
    /// again under its own name. Laaffic documents no time; it takes minutes to import a large task.
    /// </summary>
    public static readonly TimeSpan UnknownFor = TimeSpan.FromHours(1);

    /// <summary>
    /// For so long a task without an open request waits, beyond its deadline, for Laaffic to say anything at all: as long as an
    /// account may stay locked, or Laaffic be away.
    /// </summary>
    private static readonly TimeSpan RefusedFor = TimeSpan.FromHours(24);

    /// <summary>What one look-up may take, all its pages together.</summary>
    private static readonly TimeSpan LookupTimeout = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Asks for a task that the caller has leased. It was certainly not accepted and may be sent again, or the question is
    /// settled or must be asked again later, which is then recorded.
    /// </summary>
    public async Task<Resolution> ResolveAsync(CampaignRow campaign, TaskRow task, CancellationToken cancellationToken)
    {
        var lookup = await IsOfThisAccountAsync(task, cancellationToken)
            ? await LookUpAsync(task.Name, FromOf(campaign, task), task, cancellationToken)
            : new TaskLookup(
                Answered: false,
                null,
                "it was sent with another application id or to another address than the app has now, and only the list there could tell."
            );
        if (lookup.Task is { } found)
        {
            return new(await RecordFoundAsync(campaign, task, found));
        }

        if (!lookup.Answered)
        {
            return new(
                await AskLaterAsync(
                    campaign,
                    task,
                    $"The reply to attempt {task.Attempts} was lost, and Laaffic did not say what became of it: {lookup.Reason}"
                )
            );
        }

        var isSettled = time.GetUtcNow() >= task.LookupConclusiveAt;
        if (task is { NameExists: true, MayBeAtLaaffic: true } && isSettled)
        {
            return new(
                await recorder.SettleAsync(
                    task,
                    TaskState.Rejected,
                    "Laaffic says that a task of this name exists, and this app knows of no request of its own that could have made "
                        + "it; Laaffic does not list it. Whether its callees are called is not known: do not submit them again before "
                        + "you have looked the name up in Laaffic's console."
                )
            );
        }

        if (task.NameExists)
        {
            return new(
                await AskLaterAsync(
                    campaign,
                    task,
                    "Laaffic says that the task exists, but does not list it yet; its id is looked up again later."
                )
            );
        }

        if (!isSettled)
        {
            return new(await recorder.DeferAsync(campaign, task, task.LookupConclusiveAt!.Value, task.Reason));
        }

        return await IsListUpToDateAsync(campaign, task, cancellationToken)
            ? new(task, IsProvenAbsent: true)
            : new(
                await AskLaterAsync(
                    campaign,
                    task,
                    "Laaffic does not list this task, but neither does it list one that it accepted later: its list is behind, and "
                        + "proves nothing yet."
                )
            );
    }

    /// <summary>
    /// Asks for a task that is about to expire though no request of it is open: a ledger that was restored from a backup
    /// does not know what was accepted since. Where Laaffic does not say so within a while, nothing speaks for it.
    /// </summary>
    public async Task<Resolution> ConfirmBeforeExpiryAsync(CampaignRow campaign, TaskRow task, CancellationToken cancellationToken)
    {
        var lookup = await LookUpAsync(task.Name, from: null, task, cancellationToken);
        if (lookup.Task is { } found)
        {
            return new(
                await RecordFoundAsync(campaign, task with { MayBeAtLaaffic = true, LookupConclusiveAt = campaign.Deadline }, found)
            );
        }

        return lookup.Answered || time.GetUtcNow() >= campaign.Deadline + (lookup.IsRefused ? RefusedFor : UnknownFor)
            ? new(task, IsProvenAbsent: true)
            // What kept it from being accepted stays its reason.
            : new(
                await AskLaterAsync(
                    campaign,
                    task,
                    task.Reason
                        ?? $"Its time is over. Before it expires, Laaffic is asked whether it has the task, and does not say yet: "
                            + $"{lookup.Reason}"
                )
            );
    }

    private async Task<TaskRow> RecordFoundAsync(CampaignRow campaign, TaskRow task, TaskRecord found)
    {
        if (found.NumCnt is null || found.NumCnt == task.Callees)
        {
            var doubt = FindDoubt(task, found);
            return doubt is null && task.MayBeAtLaaffic
                ? await recorder.AcceptAsync(
                    task,
                    found.TaskId,
                    null,
                    $"Laaffic had this task already, as id {found.TaskId} with as many callees, when this app first sent it: if "
                        + $"anything else creates tasks of such names, compare them in Laaffic's console."
                )
                : await recorder.AcceptAsync(task with { NeedsLook = doubt is not null }, found.TaskId, null, doubt);
        }

        var now = time.GetUtcNow();
        var isClear = now >= task.LookupConclusiveAt && (found.Status != TaskRecordStatus.Submitting || now >= campaign.Deadline);
        if (!isClear)
        {
            return await AskLaterAsync(
                campaign,
                task,
                $"Laaffic has a task of this name, with {found.NumCnt} of {task.Callees} callees so far (id {found.TaskId}); it is "
                    + $"looked at again."
            );
        }

        return task.MayBeAtLaaffic
            ? await recorder.SettleAsync(
                task with
                {
                    KeyId = found.TaskId,
                },
                TaskState.Rejected,
                $"Laaffic has a task of this name with {found.NumCnt} callees where this one has {task.Callees} (id {found.TaskId}), "
                    + $"and this app knows of no request of its own that made it. Do not submit these callees again before you have "
                    + $"looked id {found.TaskId} up in Laaffic's console and told the app what you found: the report's needsAction "
                    + $"says how."
            )
            : await recorder.AcceptAsync(
                task,
                found.TaskId,
                found.NumCnt,
                $"Laaffic accepted it, but lists {found.NumCnt} callees where {task.Callees} were sent (id {found.TaskId}): ask "
                    + $"Laaffic which are missing, and submit none of them again before."
            );
    }

    /// <summary>Why a person should look at a task that is there, with as many callees; null if nothing does.</summary>
    private string? FindDoubt(TaskRow task, TaskRecord found)
    {
        if (found.Status is TaskRecordStatus.SubmissionFailed or TaskRecordStatus.Cancelled or TaskRecordStatus.Suspended)
        {
            var status = found.Status switch
            {
                TaskRecordStatus.SubmissionFailed => "submission failed",
                TaskRecordStatus.Cancelled => "cancelled",
                _ => "suspended",
            };
            return $"Laaffic accepted it, but lists it as \"{status}\": ask Laaffic whether its callees are called, and submit none "
                + $"of them again before.";
        }

        // As far as this app knows it never sent it, or Laaffic's is older. A day either way, as the zone of its clock is not documented.
        var isOlder =
            task.FirstAttemptAt is not { } first
            || (
                DateTime.TryParse(found.CreatedTime, CultureInfo.InvariantCulture, DateTimeStyles.None, out var created)
                && created < InZone(first).AddDays(-1)
            );
        return isOlder || (found.NumCnt is null && task.MayBeAtLaaffic)
            ? $"Laaffic has a task of this name"
                + $"{(isOlder ? $", created {found.CreatedTime ?? "at an unknown time"}, before this app first sent it" : "")} "
                + $"(id {found.TaskId}): look there whether it calls these callees. "
                + $"It does if this app's ledger was restored from a backup, and not if another program, or a test, made it. "
                + $"Submit none of them again before you have looked."
            : null;
    }

    // Rows of earlier releases do not know; their account is the one that there is.
    private async Task<bool> IsOfThisAccountAsync(TaskRow task, CancellationToken cancellationToken)
    {
        if (task.Account is null)
        {
            return true;
        }

        try
        {
            return task.Account == await laaffic.AccountAsync(cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            return true; // no secrets: the look-up says so
        }
    }

    /// <summary>Whether Laaffic's list shows a task that was accepted after this one's attempt, where any is known.</summary>
    private async Task<bool> IsListUpToDateAsync(CampaignRow campaign, TaskRow task, CancellationToken cancellationToken)
    {
        var later = await acceptances.AfterAsync(task.LookupConclusiveAt!.Value - options.UncertainSettleTime, cancellationToken);
        foreach (var name in later)
        {
            if ((await LookUpAsync(name, FromOf(campaign, task), task, cancellationToken)).Task is not null)
            {
                return true;
            }
        }

        return later.Count == 0;
    }

    // A day either way: the zone of Laaffic's clock is not documented. A name that exists may be from any time.
    private DateTime? FromOf(CampaignRow campaign, TaskRow task) =>
        task.NameExists ? null : InZone(task.FirstAttemptAt ?? campaign.CommittedAt).AddDays(-1);

    private async Task<TaskLookup> LookUpAsync(string name, DateTime? from, TaskRow task, CancellationToken cancellationToken)
    {
        using var span = CampaignTelemetry.StartLookup(task);
        var longest = LookupTimeout < options.AttemptTimeout ? LookupTimeout : options.AttemptTimeout;
        using var limit = new CancellationTokenSource(longest, time);
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        var began = time.GetTimestamp();
        TaskLookup lookup;
        try
        {
            lookup = await laaffic.FindTaskAsync(name, from, InZone(time.GetUtcNow()).AddDays(1), timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            lookup = new TaskLookup(Answered: false, null, "no answer in time.") { IsRefused = true };
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            lookup = new TaskLookup(Answered: false, null, LogText.FirstLine(e)) { IsRefused = true }; // no secrets to ask with
        }

        var outcome =
            lookup.Task is not null ? "found"
            : lookup.Answered ? "not_found"
            : "no_answer";
        CampaignTelemetry.RecordCall("query", outcome, time.GetElapsedTime(began));
        span.SetOutcome(outcome, lookup.Answered ? null : lookup.Reason);
        return lookup;
    }

    private DateTime InZone(DateTimeOffset instant) => TimeZoneInfo.ConvertTime(instant, options.TimeZone).DateTime;

    private Task<TaskRow> AskLaterAsync(CampaignRow campaign, TaskRow task, string reason)
    {
        task = task with { Failures = task.Failures + 1 };
        return recorder.DeferAsync(campaign, task, time.GetUtcNow() + backoff.After(task.Failures), reason);
    }
}
