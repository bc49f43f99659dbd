using System.Text;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Ingestion;

/// <summary>A task name belongs to one campaign, whether as its own name or as the name of one of its tasks.</summary>
public sealed class TaskNameCollisionTests(StorageFixture storage)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Of_a_campaign_of_two_tasks_and_one_named_as_its_second_committed_at_once_one_succeeds()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var shared = await Shared.StartAsync(storage, calleesPerTask: 2);
            var instances = shared.NewInstances(2);
            var plans = await Task.WhenAll(PlanAsync(instances[0], "XX", 3), PlanAsync(instances[1], "XX-2", 1));
            Assert.Equal([2, 1], plans.Select(plan => plan.Tasks.Count));

            // Both have looked for the names before either commits.
            foreach (var instance in instances)
            {
                instance.Gate.Close(request => request.EndsWith("/$batch", StringComparison.Ordinal), pass: 1);
            }

            var commits = instances
                .Select(
                    (instance, i) =>
                        Task.Run(() => instance.Committer.CommitAsync(plans[i], null, $"test {i}", null, DateTimeOffset.UtcNow, Token))
                )
                .ToList();
            await Task.WhenAll(instances.Select(instance => instance.Gate.Reached));
            instances[round % 2].Gate.Open();
            await commits[round % 2];
            instances[1 - round % 2].Gate.Open();
            var outcomes = await Task.WhenAll(commits);

            Assert.IsType<CommitOutcome.Committed>(outcomes[round % 2]);
            Assert.IsType<CommitOutcome.NameTaken>(outcomes[1 - round % 2]);
        }
    }

    [Fact]
    public async Task Similar_names_that_do_not_collide_are_committed_at_once()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 2);
        var names = new (string Name, int Callees)[] { ("XX", 3), ("XX-3", 1), ("XX-4", 3), ("XX-1", 1), ("YY-2", 1), ("YY", 1) };
        var instances = shared.NewInstances(names.Length);
        var plans = await Task.WhenAll(instances.Select((instance, i) => PlanAsync(instance, names[i].Name, names[i].Callees)));

        var outcomes = await Task.WhenAll(
            instances.Select(
                (instance, i) =>
                    Task.Run(() => instance.Committer.CommitAsync(plans[i], null, $"test {i}", null, DateTimeOffset.UtcNow, Token))
            )
        );

        Assert.All(outcomes, outcome => Assert.IsType<CommitOutcome.Committed>(outcome));
    }

    [Fact]
    public async Task The_first_task_has_no_number_so_a_name_with_a_1_at_its_end_is_free()
    {
        await using var shared = await Shared.StartAsync(storage, calleesPerTask: 2);
        var instance = shared.NewInstance();

        Assert.Equal("accepted", (await Shared.SubmitAsync(instance, "Promo", 5)).State);
        Assert.Equal("accepted", (await Shared.SubmitAsync(instance, "Promo-1", 1)).State);
        Assert.Contains(
            "already the name of task 2",
            Assert.Single((await Shared.SubmitAsync(instance, "Promo-2", 1)).Errors).Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Whoever_submits_a_list_again_with_one_more_is_not_told_to_mend_it_and_submit_it_again()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        const string list = "# taskName: May\n# agentId: 41\ncalleeNumber\n12025550101\n12025550102\n";
        await Shared.UploadAsync(instance, "a.csv", list);
        await instance.Service.ProcessFileAsync("a.csv", Token);
        await Shared.UploadAsync(instance, "a.csv", list + "12025550103\n"); // exported again
        await instance.Service.ProcessFileAsync("a.csv", Token);
        var report = (await Shared.FindReportAsync(instance, "a.csv"))!;
        var answer = await Shared.SubmitAsync(instance, "May");

        Assert.Equal((CampaignStates.Rejected, "taskName"), (report.State, Assert.Single(report.Errors).Field));
        Assert.StartsWith(
            "Nothing of this was submitted now. Read the error below before you submit any of it again",
            report.NeedsAction,
            StringComparison.Ordinal
        );
        Assert.Equal(report.NeedsAction, answer.NeedsAction);
    }

    private static Task<Plan> PlanAsync(Instance instance, string name, int callees) =>
        instance.Planner.PlanAsync(
            new PlanRequest(Guid.NewGuid().ToString("N"), "a.json", "campaigns/a.json", null, DateTimeOffset.UnixEpoch),
            new MemoryStream(Encoding.UTF8.GetBytes(Shared.Campaign(name, callees))),
            Token
        );
}
