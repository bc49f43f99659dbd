using System.Globalization;
using CsCheck;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns.Tests.Reports;

/// <summary>What a report says of what the ledger knows. What it tells a person to do is in <see cref="AdviceTests"/>.</summary>
public sealed class ReportBuilderTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Plan APlan = new()
    {
        PlanId = "p",
        Source = "campaigns/a.csv",
        TaskName = "Reminder",
        ContentHash = "",
        Counts = new(10, 5, 2, 3),
        Errors = [new("agentId", 2, "is missing")],
        ErrorCount = 3,
        Warnings = ["A text is long."],
        IgnoredColumns = ["city"],
        FirstRejected = [new(7, "the number is too short")],
    };

    private static readonly CampaignRow ACampaign = new()
    {
        TaskName = "Reminder",
        Source = "campaigns/a.csv",
        CommittedAt = Now.AddHours(-1),
        Deadline = Now.AddHours(23),
    };

    private static readonly TaskRow ATask = new()
    {
        Name = "Reminder",
        Callees = 5,
        DueAt = Now.AddMinutes(4),
    };

    private static readonly CircuitRow AHold = new()
    {
        Since = Now.AddHours(-2),
        Until = Now.AddMinutes(8),
        Reason = "Top up the account's balance.",
    };

    private static readonly QueuePosition Third = new(2, false, new CapacityRow { Running = 1, Limit = 1 });

    private static readonly Gen<TaskRow> AnyTask = Gen.Select(
        Gen.Enum<TaskState>(),
        Gen.Int[0, 200_000],
        Gen.Int[0, 3],
        Gen.Bool,
        Gen.Bool,
        Gen.Int[-10, 10],
        (state, callees, attempts, isInLine, isLeased, due) =>
            ATask with
            {
                State = state,
                Callees = callees,
                Attempts = attempts,
                IsInLine = isInLine && state == TaskState.Uncertain,
                LeaseUntil = isLeased ? Now.AddMinutes(1) : null,
                DueAt = Now.AddMinutes(due),
                SettledAt = Now,
            }
    );

    [Fact]
    public void Every_callee_is_counted_once_wherever_its_task_is() =>
        Gen.Select(AnyTask.Array[1, 12], Gen.Int[0, 1000], Gen.Int[0, 1000])
            .Sample(
                (tasks, duplicate, rejected) =>
                {
                    var valid = tasks.Sum(task => (long)task.Callees);
                    var plan = APlan with { Counts = new(valid + duplicate + rejected, valid, duplicate, rejected) };
                    var report = Of(tasks, plan);

                    var counts = report.Counts;
                    Assert.Equal(plan.Counts.Read, counts.Read);
                    Assert.Equal((duplicate, rejected), (counts.Duplicate, counts.Rejected));
                    Assert.Equal(counts.Read, counts.Duplicate + counts.Rejected + counts.Accepted + counts.Waiting + counts.NotSubmitted);
                    Assert.Equal(CalleesOf(TaskStates.Accepted), counts.Accepted);
                    Assert.Equal(CalleesOf(TaskStates.Rejected) + CalleesOf(TaskStates.Expired), counts.NotSubmitted);
                    Assert.Equal(report.IsSettled, tasks.All(task => task.IsSettled));
                    Assert.Equal(tasks.Select(task => task.Callees), report.Tasks.Select(task => task.Callees));

                    long CalleesOf(string state) => report.Tasks.Where(task => task.State == state).Sum(task => (long)task.Callees);
                }
            );

    [Fact]
    public void Callees_are_counted_beyond_what_an_int_holds() =>
        Assert.Equal(
            20_000L * 200_000,
            Of([.. Enumerable.Repeat(ATask with { State = TaskState.Accepted, Callees = 200_000 }, 20_000)]).Counts.Accepted
        );

    [Theory]
    [InlineData("accepted", "Accepted"), InlineData("accepted", "Accepted Accepted")]
    [
        InlineData("partial", "Accepted Rejected"),
        InlineData("partial", "Expired Accepted"),
        InlineData("partial", "Rejected Accepted Expired")
    ]
    [InlineData("rejected", "Rejected"), InlineData("rejected", "Expired Rejected")]
    [InlineData("expired", "Expired"), InlineData("expired", "Expired Expired")]
    [InlineData("waiting", "Waiting"), InlineData("waiting", "Accepted Uncertain"), InlineData("waiting", "Rejected Waiting Expired")]
    public void The_state_of_a_campaign_is_made_of_those_of_its_tasks(string state, string tasks) =>
        Assert.Equal(state, Of([.. tasks.Split(' ').Select(task => ATask with { State = Enum.Parse<TaskState>(task) })]).State);

    [Theory]
    [InlineData("Accepted", 1, false, false, "accepted")]
    [InlineData("Rejected", 1, false, false, "rejected")]
    [InlineData("Expired", 0, false, false, "expired")]
    [InlineData("Waiting", 0, false, false, "waiting")]
    [InlineData("Waiting", 2, false, false, "deferred")]
    [InlineData("Waiting", 0, true, false, "waiting")]
    [InlineData("Uncertain", 1, true, false, "submitting")]
    [InlineData("Uncertain", 1, true, true, "submitting")]
    [InlineData("Uncertain", 1, false, false, "uncertain")]
    [InlineData("Uncertain", 1, false, true, "deferred")]
    public void The_state_of_a_task_tells_what_is_known_of_it(string state, int attempts, bool isLeased, bool isInLine, string told) =>
        Assert.Equal(
            told,
            Assert
                .Single(
                    Of([
                        ATask with
                        {
                            State = Enum.Parse<TaskState>(state),
                            Attempts = attempts,
                            LeaseUntil = isLeased ? Now.AddSeconds(1) : Now,
                            IsInLine = isInLine,
                        },
                    ]).Tasks
                )
                .State
        );

    [Theory]
    [InlineData("Waiting", 4, false, true), InlineData("Waiting", -1, false, true)]
    [InlineData("Waiting", 4, true, true), InlineData("Waiting", 0, true, false), InlineData("Waiting", -1, true, false)]
    [InlineData("Uncertain", -1, true, true), InlineData("Uncertain", 4, false, true)]
    [InlineData("Accepted", 4, false, false), InlineData("Rejected", 4, false, false), InlineData("Expired", -1, false, false)]
    public void The_next_attempt_is_told_of_a_task_that_has_one_and_does_not_stand_in_line(
        string state,
        int due,
        bool standsInLine,
        bool isTold
    )
    {
        var task = ATask with { State = Enum.Parse<TaskState>(state), DueAt = Now.AddMinutes(due) };
        var next = Assert.Single(Of([task], place: standsInLine ? Third : null).Tasks).NextAttempt;
        Assert.Equal(isTold ? task.DueAt : null, next);
    }

    [Fact]
    public void A_task_is_told_as_the_ledger_has_it() =>
        Assert.Equal(
            new TaskReport("May-2", "accepted", 5, 7, 3, null, "It was listed."),
            Assert.Single(
                Of([ATask with { Name = "May-2", State = TaskState.Accepted, KeyId = 7, Attempts = 3, Reason = "It was listed." }]).Tasks
            )
        );

    [Fact]
    public void A_report_says_where_the_campaign_came_from_and_what_its_plan_found()
    {
        var report = Of([ATask], rejectedFile: "results/a.csv.rejected.csv");

        Assert.Equal(("campaigns/a.csv", "Reminder"), (report.Source, report.TaskName));
        Assert.Equal((Now.AddHours(-1), Now.AddHours(23)), (report.CommittedAt, report.Deadline));
        Assert.Equal("results/a.csv.rejected.csv", report.RejectedFile);
        AssertFindings(report);
        Assert.Empty(report.Errors);
    }

    [Fact]
    public void A_campaign_that_nothing_keeps_has_no_place_and_waits_for_nothing()
    {
        var report = Of([ATask]);
        Assert.Equal((null, null, null), (report.PlaceInQueue, report.WaitsFor, report.NeedsAction));
    }

    [Fact]
    public void A_place_in_line_counts_from_one_and_says_why()
    {
        var report = Of([ATask], place: Third);
        Assert.Equal(3, report.PlaceInQueue);
        Assert.Equal("busy: 1 of 1 tasks are running at Laaffic; 2 campaigns are before this one", report.WaitsFor);
    }

    [Fact]
    public void What_keeps_all_tasks_is_told_before_the_place_in_line_until_its_time_is_over()
    {
        var report = Of([ATask], circuit: AHold, place: Third);
        Assert.Equal("nothing is sent until 2026-03-01 12:08:00Z: Top up the account's balance.", report.WaitsFor);
        Assert.Equal(3, report.PlaceInQueue);

        Assert.Equal(Third.Reason, Of([ATask], circuit: AHold with { Until = Now }, place: Third).WaitsFor);
    }

    [Fact]
    public void A_hold_is_a_persons_business_while_the_campaign_waits_for_it_and_an_outage_is_nobodys()
    {
        var hold = "The account is on hold since 2026-03-01 10:00:00Z: Top up the account's balance.";
        Assert.Equal(hold, Of([ATask], circuit: AHold).NeedsAction);
        Assert.Equal(hold, Of([ATask], circuit: AHold with { Until = Now }).NeedsAction); // a probe is to come
        Assert.Null(Of([ATask], circuit: AHold with { Kind = CircuitKind.Breaker }).NeedsAction);
        Assert.Null(Of([ATask with { State = TaskState.Accepted }], circuit: AHold).NeedsAction);
    }

    [Fact]
    public void Files_of_what_was_not_submitted_are_named_once_the_campaign_has_settled()
    {
        NotSubmittedFile[] files = [File("a.csv.not-submitted.csv", 1), File("a.csv.not-submitted-2.csv", 2)];
        var failed = ATask with { State = TaskState.Rejected };

        Assert.Empty(Of([failed, ATask], files: files).NotSubmittedFiles);
        Assert.Equal(
            ["results/a.csv.not-submitted.csv", "results/a.csv.not-submitted-2.csv"],
            Of([failed, failed], files: files).NotSubmittedFiles
        );
        Assert.Contains(
            "10 callees of 2 of 2 tasks were not accepted and are not called. If they are still to be called, fix what the tasks' "
                + "reasons name and drop results/a.csv.not-submitted.csv and results/a.csv.not-submitted-2.csv into the container "
                + "campaigns: together they hold exactly these callees, under a taskName of their own.",
            Of([failed, failed], files: files).NeedsAction,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void One_callee_is_told_in_the_singular() =>
        Assert.StartsWith(
            "1 callee of 1 of 2 tasks were not accepted",
            Of([ATask with { State = TaskState.Rejected, Callees = 1 }, ATask]).NeedsAction,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_list_that_is_missing_is_not_said_to_be_lost()
    {
        var failed = ATask with { State = TaskState.Expired, RestNumber = 2 };
        var action = Of([ATask with { State = TaskState.Accepted }, failed], missing: [failed]).NeedsAction;

        Assert.StartsWith(
            "5 callees of 1 of 2 tasks were not accepted: see the tasks' reasons. The file that lists them is not there: it is just "
                + "being written, or was deleted. Do not submit them otherwise. If there is a campaign 'Reminder rest 2' (GET",
            action,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("cannot be listed any more", action, StringComparison.Ordinal);
    }

    [Fact]
    public void Ten_tasks_that_may_be_at_laaffic_are_named_and_the_others_counted()
    {
        var tasks = Enumerable
            .Range(1, 12)
            .Select(n =>
                ATask with
                {
                    Name = string.Create(CultureInfo.InvariantCulture, $"May-{n}"),
                    State = TaskState.Rejected,
                    MayBeAtLaaffic = true,
                }
            )
            .ToArray();
        var action = Of(tasks).NeedsAction;

        Assert.Contains("'May-10'", action, StringComparison.Ordinal);
        Assert.DoesNotContain("'May-11'", action, StringComparison.Ordinal);
        Assert.Contains("The same goes for 2 more tasks.", action, StringComparison.Ordinal);
        Assert.Contains("/tasks/NUMBER (here 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)/resolve", action, StringComparison.Ordinal);
        Assert.DoesNotContain("more tasks", Of(tasks[..10]).NeedsAction, StringComparison.Ordinal);
    }

    [Fact]
    public void An_accepted_task_that_a_person_has_to_look_at_says_why()
    {
        var task = ATask with { State = TaskState.Accepted, Reason = "It is older than this campaign." };
        Assert.Null(Of([task]).NeedsAction);
        Assert.Equal("Task 'Reminder': It is older than this campaign.", Of([task with { NeedsLook = true }]).NeedsAction);
    }

    [Fact]
    public void Of_a_rejected_source_nothing_was_submitted_and_its_errors_are_told()
    {
        var report = ReportBuilder.OfRejected(APlan, "results/a.csv.rejected.csv");

        Assert.Equal(("campaigns/a.csv", "Reminder", CampaignStates.Rejected), (report.Source, report.TaskName, report.State));
        Assert.Equal("Nothing of this was submitted. Fix the errors below and submit it again.", report.NeedsAction);
        Assert.Equal(new CalleeCounts(10, 2, 3, 0, 0, 5), report.Counts);
        Assert.Equal(APlan.Errors, report.Errors);
        Assert.Equal(3, report.ErrorCount);
        Assert.Equal("results/a.csv.rejected.csv", report.RejectedFile);
        AssertFindings(report);
        Assert.Empty(report.Tasks);
        Assert.Null(report.CommittedAt);
    }

    [Fact]
    public void What_may_have_been_submitted_before_is_not_to_be_submitted_unread() =>
        Assert.StartsWith(
            "Nothing of this was submitted now. Read the error below before you submit any of it again",
            ReportBuilder.OfRejected(APlan, null, mayBeSubmitted: true).NeedsAction,
            StringComparison.Ordinal
        );

    [Fact]
    public void A_lost_campaign_comes_before_what_else_is_to_be_done()
    {
        var rejected = ReportBuilder.OfRejected(APlan, null);
        var report = ReportBuilder.WithLostCampaign(rejected, "results/a.csv.report.json");

        Assert.StartsWith(
            "results/a.csv.report.json tells of a campaign that the ledger does not know",
            report.NeedsAction,
            StringComparison.Ordinal
        );
        Assert.EndsWith(" " + rejected.NeedsAction, report.NeedsAction, StringComparison.Ordinal);
        Assert.Equal(rejected, report with { NeedsAction = rejected.NeedsAction });
    }

    [Fact]
    public void Of_a_duplicate_every_callee_is_a_repetition_and_the_original_is_named()
    {
        var report = ReportBuilder.OfDuplicate(APlan with { Source = "campaigns/b.csv" }, ACampaign with { TaskName = "Original" });

        Assert.Equal(("campaigns/b.csv", "Original", CampaignStates.Duplicate), (report.Source, report.TaskName, report.State));
        Assert.Equal(new CalleeCounts(10, 10, 0, 0, 0, 0), report.Counts);
        Assert.Equal(
            [
                "The same content was submitted before, from campaigns/a.csv at 2026-03-01 11:00:00Z. It is not submitted again; "
                    + "see the report there.",
            ],
            report.Warnings
        );
        Assert.Equal(ACampaign.CommittedAt, report.CommittedAt);
        Assert.False(report.NeedsPerson);
    }

    private static void AssertFindings(CampaignReport report)
    {
        Assert.Equal(APlan.Warnings, report.Warnings);
        Assert.Equal(APlan.IgnoredColumns, report.IgnoredColumns);
        Assert.Equal(APlan.FirstRejected, report.RejectedCallees);
    }

    private static NotSubmittedFile File(string name, int task) => new(name, task, "x", [task], default);

    private static CampaignReport Of(
        TaskRow[] tasks,
        Plan? plan = null,
        CircuitRow? circuit = null,
        QueuePosition? place = null,
        string? rejectedFile = null,
        NotSubmittedFile[]? files = null,
        TaskRow[]? missing = null
    ) => ReportBuilder.Of(ACampaign, plan ?? APlan, tasks, circuit, place, Now, rejectedFile, "results", files ?? [], missing);
}
