using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns.Tests.Reports;

/// <summary>What a report tells a person to do is safe for one who follows it to the letter.</summary>
public sealed class AdviceTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_is_to_be_done_about_a_campaign_that_was_accepted() => Assert.Null(ActionFor([Accepted with { ListedCallees = 5 }]));

    [Fact]
    public void Of_a_task_of_which_laaffic_lists_another_number_nothing_is_to_be_submitted_before_laaffic_was_asked() =>
        Assert.Equal(
            "Laaffic accepted task 'Reminder' (id 7) but lists 3 of its 5 callees: submit none of them again before Laaffic has told "
                + "you which are missing.",
            ActionFor([Accepted with { ListedCallees = 3 }])
        );

    [Fact]
    public void A_partly_accepted_campaign_names_its_file_and_forbids_the_original()
    {
        var action = ActionFor([Accepted, Rejected], new NotSubmittedFile("a.csv.not-submitted.csv", 1, "x", [2], default));

        Assert.Contains("drop results/a.csv.not-submitted.csv into the container campaigns", action, StringComparison.Ordinal);
        Assert.Contains("Do not submit the original again", action, StringComparison.Ordinal);
        Assert.DoesNotContain("resolve", action, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_cannot_be_listed_is_to_be_taken_alone_unless_nobody_of_the_campaign_was_accepted()
    {
        Assert.Contains("nobody else of it", ActionFor([Accepted, Rejected]), StringComparison.Ordinal);
        Assert.Contains("nobody else of it", ActionFor([Rejected, Rejected with { MayBeAtLaaffic = true }]), StringComparison.Ordinal);
        Assert.Contains(
            "nobody else of it",
            ActionFor([Rejected, Rejected], new NotSubmittedFile("a", 1, "x", [1], default)),
            StringComparison.Ordinal
        );
        Assert.Contains("submit the original again with another taskName", ActionFor([Rejected, Rejected]), StringComparison.Ordinal);
    }

    [Theory]
    [
        InlineData(true, "refused"),
        InlineData(
            false,
            "-41 (task name exists already). This task was never sent before, so someone else has used its name: give the campaign "
                + "another taskName."
        )
    ]
    public void A_task_that_may_be_at_laaffic_is_to_be_looked_up_and_not_submitted_also_one_that_the_first_release_rejected(
        bool mayBe,
        string reason
    )
    {
        var action = ActionFor([Rejected with { MayBeAtLaaffic = mayBe, Reason = reason, KeyId = 9 }]);

        Assert.StartsWith(
            "Laaffic had the name of task 'Reminder' (id 9) when this app sent it, so its 5 callees may be called already. Do not "
                + "submit them again before",
            action,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "POST /api/campaigns/May%20%26%20June/tasks/1/resolve with {\"outcome\":\"accepted\",\"keyId\":ID,\"by\":\"YOUR NAME\"}",
            action,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("drop", action, StringComparison.Ordinal);
    }

    [Fact]
    public void A_task_that_a_person_looked_for_is_certain() =>
        Assert.DoesNotContain(
            "resolve",
            ActionFor([Rejected with { ResolvedBy = "Ann", Reason = "someone else has used its name" }]),
            StringComparison.Ordinal
        );

    [Fact]
    public void An_uncertain_task_is_a_persons_business_only_after_the_deadline()
    {
        var uncertain = Rejected with { State = TaskState.Uncertain, LastAttemptAt = Now.AddHours(-3) };
        Assert.Null(ActionFor([uncertain, Accepted], deadline: Now.AddHours(1)));

        var action = ActionFor([Accepted, uncertain], deadline: Now.AddHours(-1));
        Assert.Contains("look the uncertain task up in Laaffic's console", action, StringComparison.Ordinal);
        Assert.Contains("only if it is still not there an hour after 2026-03-01 09:00:00Z", action, StringComparison.Ordinal);
        Assert.Contains("/tasks/2/resolve", action, StringComparison.Ordinal);
    }

    [Fact]
    public void A_campaign_that_waits_asks_not_to_submit_what_was_rejected_so_far() =>
        Assert.Contains(
            "Do not submit them yet",
            ActionFor([Rejected, Rejected with { State = TaskState.Waiting }]),
            StringComparison.Ordinal
        );

    [Fact]
    public void Times_that_had_passed_are_named_as_left_out()
    {
        var file = new NotSubmittedFile("a.csv.not-submitted.csv", 1, "x", [1], default);
        var plan = APlan with { SendTime = Now.AddHours(-1), ExpireAt = Now.AddHours(1) };

        Assert.EndsWith(
            "Its sendTime had passed and is left out: give another if it must not be called as soon as it is dropped.",
            ActionFor([Rejected], plan, file),
            StringComparison.Ordinal
        );
        Assert.EndsWith(
            "Its sendTime and expireAt had passed and are left out: give another if it must not be called as soon as it is dropped.",
            ActionFor([Rejected], plan with { ExpireAt = Now }, file),
            StringComparison.Ordinal
        );
    }

    private static TaskRow Accepted =>
        new()
        {
            Name = "Reminder",
            Callees = 5,
            State = TaskState.Accepted,
            KeyId = 7,
            SettledAt = Now,
        };

    private static TaskRow Rejected => Accepted with { State = TaskState.Rejected, KeyId = null };

    private static Plan APlan =>
        new()
        {
            PlanId = "p",
            Source = "campaigns/a.csv",
            ContentHash = "",
        };

    private static string? ActionFor(TaskRow[] tasks, params NotSubmittedFile[] files) => ActionFor(tasks, APlan, files);

    private static string? ActionFor(TaskRow[] tasks, DateTimeOffset deadline) => ActionFor(tasks, APlan, [], deadline);

    private static string? ActionFor(TaskRow[] tasks, Plan plan, params NotSubmittedFile[] files) => ActionFor(tasks, plan, files, Now);

    private static string? ActionFor(TaskRow[] tasks, Plan plan, NotSubmittedFile[] files, DateTimeOffset deadline) =>
        ReportBuilder
            .Of(
                new CampaignRow
                {
                    TaskName = "May & June",
                    Source = plan.Source,
                    Deadline = deadline,
                },
                plan,
                tasks,
                null,
                null,
                Now,
                null,
                "results",
                files
            )
            .NeedsAction;
}
