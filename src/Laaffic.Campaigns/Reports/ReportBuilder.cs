using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Reports;

/// <summary>Says what the ledger knows of a campaign, in the words of a report.</summary>
internal static class ReportBuilder
{
    /// <summary>How many tasks are named where each needs to be looked up.</summary>
    private const int MaxNamed = 10;

    public static CampaignReport Of(
        CampaignRow campaign,
        Plan plan,
        IReadOnlyList<TaskRow> tasks,
        CircuitRow? circuit,
        QueuePosition? place,
        DateTimeOffset now,
        string? rejectedFile,
        string container,
        IReadOnlyList<NotSubmittedFile> files,
        IReadOnlyList<TaskRow>? missing = null
    )
    {
        long accepted = 0,
            waiting = 0,
            notSubmitted = 0;
        foreach (var task in tasks)
        {
            if (task.State == TaskState.Accepted)
            {
                accepted += task.Callees;
            }
            else if (task.IsSettled)
            {
                notSubmitted += task.Callees;
            }
            else
            {
                waiting += task.Callees;
            }
        }

        return new CampaignReport
        {
            Source = campaign.Source,
            TaskName = campaign.TaskName,
            State = StateOf(tasks),
            NeedsAction = ActionFor(campaign, plan, tasks, circuit, now, container, files, missing ?? []),
            CommittedAt = campaign.CommittedAt,
            Deadline = campaign.Deadline,
            PlaceInQueue = place?.Place,
            WaitsFor =
                circuit is not null && circuit.Until > now ? $"nothing is sent until {circuit.Until:u}: {circuit.Reason}" : place?.Reason,
            Counts = new(plan.Counts.Read, plan.Counts.Duplicate, plan.Counts.Rejected, accepted, waiting, notSubmitted)
            {
                Suppressed = plan.Counts.Suppressed,
            },
            Tasks = [.. tasks.Select(t => Of(t, place is not null, now))],
            Warnings = plan.Warnings,
            ReadAs = plan.ReadAs,
            Countries = plan.Countries,
            IgnoredColumns = plan.IgnoredColumns,
            RejectedFile = rejectedFile,
            RejectedCallees = plan.FirstRejected,
            NotSubmittedFiles = tasks.All(t => t.IsSettled) ? [.. files.Select(f => $"{container}/{f.Name}")] : [],
        };
    }

    /// <summary>A source that was rejected as a whole: nothing of it is submitted.</summary>
    /// <param name="plan">Its plan.</param>
    /// <param name="rejectedFile">The list of its rejected callees; null if there is none.</param>
    /// <param name="mayBeSubmitted">Whether some of it may have been submitted before, as its error says.</param>
    public static CampaignReport OfRejected(Plan plan, string? rejectedFile, bool mayBeSubmitted = false) =>
        new()
        {
            Source = plan.Source,
            TaskName = plan.TaskName,
            State = CampaignStates.Rejected,
            NeedsAction = mayBeSubmitted
                ? "Nothing of this was submitted now. Read the error below before you submit any of it again: some or all of it may "
                    + "have been submitted before."
                : "Nothing of this was submitted. Fix the errors below and submit it again.",
            Counts = new(plan.Counts.Read, plan.Counts.Duplicate, plan.Counts.Rejected, 0, 0, plan.Counts.Valid)
            {
                Suppressed = plan.Counts.Suppressed,
            },
            Errors = plan.Errors,
            ErrorCount = plan.ErrorCount,
            Warnings = plan.Warnings,
            ReadAs = plan.ReadAs,
            Countries = plan.Countries,
            IgnoredColumns = plan.IgnoredColumns,
            RejectedFile = rejectedFile,
            RejectedCallees = plan.FirstRejected,
        };

    /// <summary>A campaign that was only checked.</summary>
    /// <param name="plan">Its plan, of which nothing is kept.</param>
    /// <param name="before">The campaign that the same content became before; null if there is none.</param>
    public static CampaignReport OfChecked(Plan plan, CampaignRow? before)
    {
        var report = OfRejected(plan, rejectedFile: null);
        return report with
        {
            State = plan.IsRejected ? CampaignStates.Rejected : CampaignStates.Checked,
            NeedsAction = plan.IsRejected ? "It was only checked, and would be rejected. Fix the errors below." : null,
            Warnings = before is null
                ? report.Warnings
                :
                [
                    $"The same content was submitted before, as '{before.TaskName}' at {before.CommittedAt:u}: submitted again, it calls "
                        + $"nobody.",
                    .. report.Warnings,
                ],
            Preview = new CampaignPreview
            {
                ReadAs = plan.ReadAs,
                Countries = plan.Countries,
                Callees = plan.FirstCallees,
                Tasks = [.. plan.Tasks.Select(task => new PreviewedTask(task.Name, task.Callees))],
                MaxCallsPerCallee = plan.MaxCallsPerCallee,
                RejectionReasons = plan.CommonReasons,
            },
        };
    }

    /// <summary>Nothing of a source was submitted now, but an earlier report tells of a campaign that the ledger does not know.</summary>
    public static CampaignReport WithLostCampaign(CampaignReport rejected, string earlier) =>
        rejected with
        {
            NeedsAction =
                $"{earlier} tells of a campaign that the ledger does not know, as after a restore from a backup: do not submit these "
                + $"callees again, under whatever name, before you have looked there which of them Laaffic has accepted. "
                + $"{rejected.NeedsAction}",
        };

    /// <summary>The same content came before under another path: it is not submitted again.</summary>
    public static CampaignReport OfDuplicate(Plan plan, CampaignRow original) =>
        new()
        {
            Source = plan.Source,
            TaskName = original.TaskName,
            State = CampaignStates.Duplicate,
            CommittedAt = original.CommittedAt,
            Counts = new(plan.Counts.Read, plan.Counts.Read, 0, 0, 0, 0),
            Warnings =
            [
                $"The same content was submitted before, from {original.Source} at {original.CommittedAt:u}. It is not submitted "
                    + $"again; see the report there.",
            ],
        };

    private static TaskReport Of(TaskRow task, bool standsInLine, DateTimeOffset now)
    {
        standsInLine &= !task.IsToBeAsked && task.DueAt <= now;
        var state = task.State switch
        {
            TaskState.Accepted => TaskStates.Accepted,
            TaskState.Rejected => TaskStates.Rejected,
            TaskState.Expired => TaskStates.Expired,
            TaskState.Uncertain when task.LeaseUntil > now => TaskStates.Submitting,
            TaskState.Uncertain when task.IsToBeAsked => TaskStates.Uncertain,
            _ when task.Attempts > 0 => TaskStates.Deferred,
            _ => TaskStates.Waiting,
        };
        return new TaskReport(
            task.Name,
            state,
            task.Callees,
            task.KeyId,
            task.Attempts,
            task.IsSettled || standsInLine ? null : task.DueAt,
            task.Reason
        );
    }

    private static string StateOf(IReadOnlyList<TaskRow> tasks)
    {
        if (tasks.Any(t => !t.IsSettled))
        {
            return CampaignStates.Waiting;
        }

        var accepted = tasks.Count(t => t.State == TaskState.Accepted);
        if (accepted == tasks.Count)
        {
            return CampaignStates.Accepted;
        }

        if (accepted > 0)
        {
            return CampaignStates.Partial;
        }

        return tasks.Any(t => t.State == TaskState.Rejected) ? CampaignStates.Rejected : CampaignStates.Expired;
    }

    private static string? ActionFor(
        CampaignRow campaign,
        Plan plan,
        IReadOnlyList<TaskRow> tasks,
        CircuitRow? circuit,
        DateTimeOffset now,
        string container,
        IReadOnlyList<NotSubmittedFile> files,
        IReadOnlyList<TaskRow> missing
    )
    {
        List<string> actions = [];
        var isSettled = tasks.All(t => t.IsSettled);
        if (!isSettled && circuit is { Kind: CircuitKind.Hold })
        {
            actions.Add($"The account is on hold since {circuit.Since:u}: {circuit.Reason}");
        }

        if (missing.Count > 0)
        {
            actions.Add(MissingList(campaign, missing, tasks.Count));
        }

        if (isSettled)
        {
            AddRest(plan, tasks, container, files, missing, actions);
        }
        else
        {
            AddRestToCome(tasks, actions);
        }

        AddUnknown(campaign, tasks, now, actions);
        foreach (var task in tasks.Where(t => t is { State: TaskState.Accepted, NeedsLook: true }).Take(MaxNamed))
        {
            actions.Add($"Task '{task.Name}': {task.Reason}");
        }

        foreach (
            var task in tasks
                .Where(t => t.State == TaskState.Accepted && t.ListedCallees is { } listed && listed != t.Callees)
                .Take(MaxNamed)
        )
        {
            actions.Add(
                $"Laaffic accepted task '{task.Name}' (id {task.KeyId}) but lists {task.ListedCallees} of its {task.Callees} callees: "
                    + $"submit none of them again before Laaffic has told you which are missing."
            );
        }

        return actions.Count == 0 ? null : string.Join(' ', actions);
    }

    /// <summary>What to do about the callees that are certainly not at Laaffic.</summary>
    private static void AddRest(
        Plan plan,
        IReadOnlyList<TaskRow> tasks,
        string container,
        IReadOnlyList<NotSubmittedFile> files,
        IReadOnlyList<TaskRow> missing,
        List<string> actions
    )
    {
        var certain = NotSubmittedFiles.Certain(tasks).ToList();
        var listed = files.SelectMany(f => f.Tasks).ToHashSet();
        var isListed = certain.Where(t => listed.Contains(t.Number)).Select(t => t.Row).ToList();
        var isNot = certain.Where(t => !listed.Contains(t.Number) && !missing.Contains(t.Row)).Select(t => t.Row).ToList();
        if (isListed.Count > 0)
        {
            var names = string.Join(" and ", files.Select(f => $"{container}/{f.Name}"));
            var which =
                files.Count == 1
                    ? $"drop {names} into the container campaigns: it holds"
                    : $"drop {names} into the container campaigns: together they hold";
            actions.Add(
                $"{Callees(isListed)} of {isListed.Count} of {tasks.Count} tasks were not accepted and are not called. If they are "
                    + $"still to be called, fix what the tasks' reasons name and {which} exactly these callees, under a taskName of "
                    + $"{(files.Count == 1 ? "its" : "their")} own. Do not submit the original again, under whatever "
                    + $"name.{TimesLeftOut(plan, isListed)}"
            );
        }

        if (isNot.Count == 0)
        {
            return;
        }

        var before = RestNames(plan.TaskName!, isNot);
        actions.Add(
            $"{Callees(isNot)} of {isNot.Count} of {tasks.Count} tasks were not accepted, and their rows cannot be listed any more, "
                + $"as their stored request bodies were deleted. They may have been listed before: if there is a campaign "
                + $"{before} (GET /api/campaigns/NAME), they were submitted with it, and nothing is to be done. Only if there is none "
                + $"and they are still to be called, {(isNot.Count == tasks.Count
            ? "submit the original again with another taskName."
            : "take them alone from your own copy of the original, and submit them with another taskName: nobody else of it.")}"
        );
    }

    /// <summary>Their list could be written but is not there: its writer is at it or has died, or a person has deleted it.</summary>
    private static string MissingList(CampaignRow campaign, IReadOnlyList<TaskRow> missing, int tasks) =>
        $"{Callees(missing)} of {missing.Count} of {tasks} tasks were not accepted: see the tasks' reasons. The file that lists them "
        + $"is not there: it is just being written, or was deleted. Do not submit them otherwise. If there is a campaign "
        + $"{RestNames(campaign.TaskName, missing)} (GET /api/campaigns/NAME), they were submitted with it, and nothing is to be "
        + $"done. If there is none and the file does not come within some minutes, submit the original once more exactly as it is "
        + $"and as it was submitted: that calls nobody, and the file is written again.";

    private static string RestNames(string taskName, IReadOnlyList<TaskRow> tasks) =>
        string.Join(
            " or ",
            tasks.Select(t => t.RestNumber ?? 1).Distinct().Order().Select(number => $"'{TaskNames.ForRemainder(taskName, number)}'")
        );

    private static void AddRestToCome(IReadOnlyList<TaskRow> tasks, List<string> actions)
    {
        var certain = NotSubmittedFiles.Certain(tasks).Select(t => t.Row).ToList();
        if (certain.Count > 0)
        {
            actions.Add(
                $"{Callees(certain)} of {certain.Count} of {tasks.Count} tasks were not accepted: see the tasks' reasons. Do not "
                    + $"submit them yet: they will be listed, ready to be dropped, once every task of this campaign is settled."
            );
        }
    }

    /// <summary>Tasks of which only a person can find out what became of them.</summary>
    private static void AddUnknown(CampaignRow campaign, IReadOnlyList<TaskRow> tasks, DateTimeOffset now, List<string> actions)
    {
        var unknown = tasks
            .Select((row, i) => (Row: row, Number: i + 1))
            .Where(t => NotSubmittedFiles.MayBeAtLaaffic(t.Row) || (t.Row.State == TaskState.Uncertain && campaign.Deadline < now))
            .ToList();
        foreach (var (task, number) in unknown.Take(MaxNamed))
        {
            var id = task.KeyId is { } known ? $" (id {known})" : "";
            actions.Add(
                task.State == TaskState.Uncertain
                    ? $"It is not known whether Laaffic accepted task '{task.Name}'{id}, and it has not said so in time; the app goes "
                        + $"on asking and sends nothing again. Do not submit its {task.Callees} callees otherwise: look the uncertain "
                        + $"task up in Laaffic's console, and tell the app what you found, but that it is not there only if it is "
                        + $"still not there an hour after {task.LastAttemptAt:u}."
                    : $"Laaffic had the name of task '{task.Name}'{id} when this app sent it, so its {task.Callees} callees may be "
                        + $"called already. Do not submit them again before you have looked the task up in Laaffic's console and told "
                        + $"the app what you found."
            );
        }

        if (unknown.Count > MaxNamed)
        {
            actions.Add($"The same goes for {unknown.Count - MaxNamed} more tasks.");
        }

        if (unknown.Count > 0)
        {
            var numbers =
                unknown.Count == 1
                    ? $"{unknown[0].Number}"
                    : $"NUMBER (here {string.Join(", ", unknown.Take(MaxNamed).Select(t => t.Number))})";
            var ofTheName = unknown.Any(t => t.Row is { NameExists: true, MayBeAtLaaffic: false })
                ? " (and \"keyId\":ID of the task that has its name, where Laaffic said that the name exists)"
                : "";
            actions.Add(
                $"To tell it: POST /api/campaigns/{Uri.EscapeDataString(campaign.TaskName)}/tasks/{numbers}/resolve with "
                    + $"{{\"outcome\":\"accepted\",\"keyId\":ID,\"by\":\"YOUR NAME\"}} if the task there has these callees, else with "
                    + $"{{\"outcome\":\"notAccepted\",\"by\":\"YOUR "
                    + $"NAME\"}}{ofTheName}."
            );
        }
    }

    private static string TimesLeftOut(Plan plan, IReadOnlyList<TaskRow> tasks)
    {
        var past = new List<string>();
        if (plan.SendTime is not null && !RemainderCampaign.IsAhead(plan.SendTime, tasks))
        {
            past.Add("sendTime");
        }

        if (plan.ExpireAt is not null && !RemainderCampaign.IsAhead(plan.ExpireAt, tasks))
        {
            past.Add("expireAt");
        }

        return past.Count == 0
            ? ""
            : $" Its {string.Join(" and ", past)} had passed and {(past.Count == 1 ? "is" : "are")} left out: give another if it must "
                + $"not be called as soon as it is dropped.";
    }

    private static string Callees(IReadOnlyList<TaskRow> tasks)
    {
        var count = tasks.Sum(t => (long)t.Callees);
        return count == 1 ? "1 callee" : $"{count} callees";
    }
}
