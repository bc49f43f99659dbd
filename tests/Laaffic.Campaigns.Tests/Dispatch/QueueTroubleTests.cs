using System.Globalization;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>What disturbs the line in which campaigns stand while Laaffic is busy.</summary>
public sealed class QueueTroubleTests(StorageFixture storage)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reports_that_cannot_be_written_do_not_let_every_campaign_send_its_body_in_vain()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromHours(1));
        var instance = shared.NewInstance();
        await FillAsync(shared, instance, 12);
        var before = shared.Simulator.CreateCallsReceived;

        // Those of the results alone, as by a policy: all else works.
        instance.Refusals.Refuse(request =>
            request.StartsWith("PUT", StringComparison.Ordinal) && request.Contains("/results/", StringComparison.Ordinal)
        );
        await shared.TickAsync(instance, TimeSpan.FromMinutes(10), Minute);

        Assert.InRange(shared.Simulator.CreateCallsReceived - before, 1, 10);
    }

    [Fact]
    public async Task One_report_that_somebody_holds_costs_no_more_than_the_others()
    {
        await using var shared = Prepare(await Shared.StartAsync(storage, calleesPerTask: 1), mostAtOnce: 1, TimeSpan.FromDays(3));
        var instance = shared.NewInstance();
        await FillAsync(shared, instance, 3);
        var report = instance.Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient("01.json.report.json");
        await report.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(-1), cancellationToken: Token);
        var before = shared.Simulator.CreateCallsReceived;

        await shared.TickAsync(instance, TimeSpan.FromHours(2), Minute);

        // A probe after 1, 2, 4, 8, 16, 30, 30, 30 minutes.
        Assert.InRange(shared.Simulator.CreateCallsReceived - before, 1, 10);
    }

    [Fact]
    public async Task Once_nobody_waits_and_nothing_runs_the_account_is_not_busy_any_more()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(5));
        var instance = shared.NewInstance();
        await FillAsync(shared, instance, 3);
        await shared.TickAsync(instance, TimeSpan.FromHours(1), Minute);
        Assert.Equal(3, shared.Simulator.AcceptedTasks.Count);
        await shared.TickAsync(instance, TimeSpan.FromHours(12), TimeSpan.FromMinutes(20));

        Assert.Null(await instance.Account.FindCapacityAsync(Token));
    }

    [Fact]
    public async Task Long_after_the_account_was_busy_all_tasks_of_a_campaign_are_sent_at_once()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(5));
        var instance = shared.NewInstance();
        await FillAsync(shared, instance, 3);
        await shared.TickAsync(instance, TimeSpan.FromHours(1), Minute);
        shared.Simulator.Account.MaxTasksAtOnce = null;
        await shared.TickAsync(instance, TimeSpan.FromHours(12), TimeSpan.FromMinutes(20));

        Assert.Equal(CampaignStates.Accepted, (await Shared.SubmitAsync(instance, "Large", 6)).State);
    }

    [Theory]
    [InlineData("""{"code":0,"msg":"success","data":{"total":0,"size":100,"current":1,"pages":0,"records":[]}}""")]
    [InlineData(
        """{"code":0,"msg":"success","data":{"total":1,"size":100,"current":1,"pages":1,"records":[{"taskId":"""
            + """1,"taskName":"another","status":1,"numCnt":1}]}}"""
    )]
    public async Task A_list_that_always_shows_the_same_delays_no_more_than_one_that_does_not_tell(string list)
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(35));
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Reply(200, list) with { Endpoint = ApiEndpoint.Query, Times = null });
        await FillAsync(shared, instance, 4);
        await shared.TickAsync(instance, TimeSpan.FromHours(5), Minute);

        Assert.Equal(4, shared.Simulator.AcceptedTasks.Count);
        Assert.InRange(LongestIdle(shared), 0, 10);
    }

    [Fact]
    public async Task A_task_that_the_list_never_shows_does_not_keep_the_next_one_waiting()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(35));
        var instance = shared.NewInstance();
        for (var i = 0; i < 4; i++)
        {
            shared.Simulator.Faults.Add(
                Fault.Reply(200, """{"code":0,"msg":"success","data":null}""") with
                {
                    Endpoint = ApiEndpoint.Query,
                    TaskName = NameOf(i),
                    Times = null,
                }
            );
        }

        await FillAsync(shared, instance, 4);
        await shared.TickAsync(instance, TimeSpan.FromHours(5), Minute);

        Assert.Equal(4, shared.Simulator.AcceptedTasks.Count);
        Assert.InRange(LongestIdle(shared), 0, 10);
    }

    [Fact]
    public async Task A_task_that_finishes_while_it_is_counted_is_not_taken_for_a_lower_limit()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromHours(2));
        var instance = shared.NewInstance();
        await FillAsync(shared, instance, 3);
        // A probe finds no room, and before the tasks are counted after it the one that runs is finished.
        for (var minutes = 0; minutes < 118; minutes++)
        {
            await shared.TickAsync(instance, Minute);
        }

        var row = (await instance.Account.FindCapacityAsync(Token))!;
        Assert.True(row.FailedProbes > 4);
        await instance.Ledger.TryReplaceAsync(row with { ProbeAt = shared.Now, LookAt = shared.Now }, Token);
        var refused = shared.Simulator.CreateCallsReceived;
        var queries = shared.Simulator.QueryCallsReceived;
        // the look before
        shared.Simulator.Faults.Add(Fault.Late(TimeSpan.FromSeconds(1), acceptFirst: true) with { Endpoint = ApiEndpoint.Query });
        // the count after
        shared.Simulator.Faults.Add(Fault.Late(TimeSpan.FromSeconds(20), acceptFirst: false) with { Endpoint = ApiEndpoint.Query });
        var tick = instance.Service.RunDueAsync(Token);
        await Eventually.TrueAsync(() => shared.Simulator.QueryCallsReceived == queries + 1);
        await Task.Delay(300, Token);
        shared.Clock.Advance(TimeSpan.FromSeconds(1));
        await Eventually.TrueAsync(() =>
            shared.Simulator.CreateCallsReceived == refused + 1 && shared.Simulator.QueryCallsReceived == queries + 2
        );
        await Task.Delay(300, Token);
        shared.Simulator.Account.TaskDuration = TimeSpan.FromMinutes(30); // it is finished
        shared.Clock.Advance(TimeSpan.FromSeconds(20));
        await tick;
        Assert.Single(shared.Simulator.AcceptedTasks);

        await shared.TickAsync(instance, TimeSpan.FromMinutes(5), Minute);
        Assert.Equal(2, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task While_the_tasks_are_counted_at_the_first_refusal_nobody_else_sends_in_vain()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromHours(1));
        var instances = shared.NewInstances(2);
        await Shared.SubmitAsync(instances[0], "Runs", 1);
        shared.Simulator.Faults.Add(
            Fault.Late(TimeSpan.FromSeconds(20), acceptFirst: true) with
            {
                Endpoint = ApiEndpoint.Query,
                Times = null,
            }
        );
        List<Task> submitted = [Shared.SubmitAsync(instances[0], "Refused", 1)];
        await Eventually.TrueAsync(() => shared.Simulator.QueryCallsReceived == 1);

        for (var i = 0; i < 8; i++)
        {
            var calls = shared.Simulator.CreateCallsReceived;
            submitted.Add(Shared.SubmitAsync(instances[i % 2], NameOf(i), 1));
            await Task.WhenAny(
                Eventually.TrueAsync(() => shared.Simulator.CreateCallsReceived > calls),
                Task.Delay(1500, Token),
                submitted[^1]
            );
        }

        while (!Task.WhenAll(submitted).IsCompleted)
        {
            shared.Clock.Advance(TimeSpan.FromSeconds(20));
            await Task.Delay(20, Token);
        }

        await Task.WhenAll(submitted);
        Assert.InRange(shared.Simulator.CreateCallsReceived, 2, 3);
    }

    [Fact]
    public async Task The_report_of_a_campaign_that_has_had_its_turn_says_its_next_place()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(10));
        var instance = shared.NewInstance();
        await DropAsync(shared, instance, "Runs", 1);
        await DropAsync(shared, instance, "Two", 2);
        await DropAsync(shared, instance, "Small", 1);
        await DropAsync(shared, instance, "Last", 1);
        while (shared.Simulator.AcceptedTasks.Count < 2)
        {
            await shared.TickAsync(instance, Minute);
        }

        var now = (await instance.Service.FindAsync("Two", Token))!;
        Assert.Equal(3, now.PlaceInQueue);
        var written = (await Shared.FindReportAsync(instance, "Two.json"))!;
        Assert.Equal((now.PlaceInQueue, now.WaitsFor), (written.PlaceInQueue, written.WaitsFor));
    }

    [Fact]
    public async Task A_task_that_takes_minutes_to_be_sent_is_not_overtaken_by_those_behind_it()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(10));
        var (timer, posts) = (shared.NewInstance(), shared.NewInstance());
        await Shared.SubmitAsync(timer, "Runs", 1);
        await Shared.SubmitAsync(timer, "Large", 1);
        shared.Simulator.Faults.Add(Fault.Late(TimeSpan.FromMinutes(3), acceptFirst: false) with { TaskName = "Large", Times = null });
        shared.Clock.Advance(TimeSpan.FromMinutes(10));

        var tick = timer.Service.RunDueAsync(Token);
        await Eventually.TrueAsync(() =>
            shared.Simulator.Calls.Count(call => call.TaskName == "Large" && call.Endpoint == ApiEndpoint.Create) == 2
        );
        List<Task> submitted = [tick];
        for (var i = 0; !submitted.TrueForAll(task => task.IsCompleted); i++)
        {
            Assert.True(i < 100);
            shared.Clock.Advance(TimeSpan.FromSeconds(40));
            if (i < 4)
            {
                submitted.Add(Shared.SubmitAsync(posts, NameOf(i), 1));
            }

            await Task.Delay(300, Token);
        }

        await Task.WhenAll(submitted);
        var history = string.Join(
            ", ",
            shared.Simulator.Calls.Where(c => c.Endpoint == ApiEndpoint.Create).Select(c => $"{c.TaskName} {c.Status}")
        );
        Assert.True(shared.Simulator.AcceptedTasks[1].Name == "Large", history);
    }

    [Fact]
    public async Task Whoever_hands_in_what_is_committed_hears_so_though_nobody_can_write_that_Laaffic_is_busy()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(10));
        var instance = shared.NewInstance();
        await Shared.SubmitAsync(instance, "Runs", 1);
        var refused = 0; // with its repetitions, and no more than that
        instance.Refusals.Refuse(request =>
            shared.Simulator.QueryCallsReceived > 0 && request.Contains("batch", StringComparison.Ordinal) && refused++ < 4
        );

        Assert.Equal(CampaignStates.Waiting, (await Shared.SubmitAsync(instance, "Waits", 1)).State);
    }

    private static double LongestIdle(Shared shared) =>
        shared
            .Simulator.AcceptedTasks.Zip(
                shared.Simulator.AcceptedTasks.Skip(1),
                (a, b) => (b.SubmittedAt - a.SubmittedAt - shared.Simulator.Account.TaskDuration).TotalMinutes
            )
            .Max();

    private static async Task<Shared> StartAsync(int mostAtOnce, TimeSpan duration) =>
        Prepare(await Shared.StartInMemoryAsync(calleesPerTask: 1), mostAtOnce, duration);

    private static Shared Prepare(Shared shared, int mostAtOnce, TimeSpan duration)
    {
        shared.Simulator.Account.MaxTasksAtOnce = mostAtOnce;
        shared.Simulator.Account.TaskDuration = duration;
        return shared;
    }

    private static async Task FillAsync(Shared shared, Instance instance, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await DropAsync(shared, instance, NameOf(i), 1);
        }
    }

    private static async Task DropAsync(Shared shared, Instance instance, string name, int callees)
    {
        await Shared.UploadAsync(instance, name + ".json", Shared.Campaign(name, callees));
        await instance.Service.ProcessFileAsync(name + ".json", Token);
        shared.Clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static string NameOf(int i) => i.ToString("00", CultureInfo.InvariantCulture);
}
