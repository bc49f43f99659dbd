using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Reports;

/// <summary>Says what the ledger knows of a campaign, in the words of a report.</summary>
internal static class ReportBuilder
{
    public static CampaignReport Of(CampaignRow campaign, Plan plan, IReadOnlyList<TaskRow> tasks, GateRow? gate, DateTimeOffset now, string? rejectedFile)
    {
        long accepted = 0, waiting = 0, notSubmitted = 0;
        foreach (var task in tasks)
        {
            if (task.State == TaskState.Accepted) accepted += task.Callees;
            else if (task.IsSettled) notSubmitted += task.Callees;
            else waiting += task.Callees;
        }

        return new CampaignReport
        {
            Source = campaign.Source,
            TaskName = campaign.TaskName,
            State = StateOf(tasks),
            NeedsAction = ActionFor(tasks, gate, campaign.Deadline, now),
            CommittedAt = campaign.CommittedAt,
            Deadline = campaign.Deadline,
            Counts = new(plan.Counts.Read, plan.Counts.Duplicate, plan.Counts.Rejected, accepted, waiting, notSubmitted),
            Tasks = [.. tasks.Select(t => Of(t, now))],
            Warnings = plan.Warnings,
            IgnoredColumns = plan.IgnoredColumns,
            RejectedFile = rejectedFile,
            RejectedCallees = plan.FirstRejected,
        };
    }

    /// <summary>A source that was rejected as a whole: nothing of it is submitted.</summary>
    public static CampaignReport OfRejected(Plan plan, string? rejectedFile) => new()
    {
        Source = plan.Source,
        TaskName = plan.TaskName,
        State = CampaignStates.Rejected,
        NeedsAction = "Nothing of this was submitted. Mend the errors below and submit it again.",
        Counts = new(plan.Counts.Read, plan.Counts.Duplicate, plan.Counts.Rejected, 0, 0, plan.Counts.Valid),
        Errors = [.. plan.Errors.Select(e => new ErrorReport(e.Field, e.Line, e.Message))],
        ErrorCount = plan.ErrorCount,
        Warnings = plan.Warnings,
        IgnoredColumns = plan.IgnoredColumns,
        RejectedFile = rejectedFile,
        RejectedCallees = plan.FirstRejected,
    };

    /// <summary>The same content came before under another path: it is not submitted again.</summary>
    public static CampaignReport OfDuplicate(Plan plan, CampaignRow original) => new()
    {
        Source = plan.Source,
        TaskName = original.TaskName,
        State = CampaignStates.Duplicate,
        CommittedAt = original.CommittedAt,
        Counts = new(plan.Counts.Read, plan.Counts.Read, 0, 0, 0, 0),
        Warnings = [$"The same content was submitted before, from {original.Source} at {original.CommittedAt:u}. It is not submitted again; see the report there."],
    };

    private static TaskReport Of(TaskRow task, DateTimeOffset now)
    {
        var state = task.State switch
        {
            TaskState.Accepted => "accepted",
            TaskState.Rejected => "rejected",
            TaskState.Expired => "expired",
            TaskState.Uncertain when task.LeaseUntil > now => "submitting",
            TaskState.Uncertain => "uncertain",
            _ when task.Attempts > 0 => "deferred",
            _ => "waiting",
        };
        return new TaskReport(task.Name, state, task.Callees, task.KeyId, task.Attempts, task.IsSettled ? null : task.DueAt, task.Reason);
    }

    private static string StateOf(IReadOnlyList<TaskRow> tasks)
    {
        if (tasks.Any(t => !t.IsSettled)) return CampaignStates.Waiting;
        var accepted = tasks.Count(t => t.State == TaskState.Accepted);
        if (accepted == tasks.Count) return CampaignStates.Accepted;
        if (accepted > 0) return CampaignStates.Partial;
        return tasks.Any(t => t.State == TaskState.Rejected) ? CampaignStates.Rejected : CampaignStates.Expired;
    }

    private static string? ActionFor(IReadOnlyList<TaskRow> tasks, GateRow? gate, DateTimeOffset deadline, DateTimeOffset now)
    {
        var failed = tasks.Where(t => t.State is TaskState.Rejected or TaskState.Expired).ToList();
        if (failed.Count > 0)
        {
            return $"{failed.Sum(t => (long)t.Callees)} callees of {failed.Count} of {tasks.Count} tasks are not called: see the tasks' reasons, and submit these callees in a new campaign with another taskName if they are still to be called.";
        }

        if (tasks.All(t => t.IsSettled)) return null;
        if (gate is { Kind: GateKind.Hold }) return $"The account is on hold since {gate.Since:u}: {gate.Reason}";
        return deadline < now && tasks.Any(t => t.State == TaskState.Uncertain)
            ? "It is not known whether Laaffic accepted some tasks, and it has not said so in time: look the uncertain tasks up in Laaffic's console. The app goes on asking, and sends nothing again."
            : null;
    }
}
