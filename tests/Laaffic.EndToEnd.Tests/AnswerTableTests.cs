using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>What each answer of the API does: to the task, to the report, and to what happens next.</summary>
public sealed class AnswerTableTests(StorageFixture storage)
{
    private const string Path = "reminder.json";

    private static readonly string[] Numbers = ["12025550101", "12025550102", "12025550103"];

    [Fact]
    public async Task Status_0_is_accepted_and_its_key_id_is_recorded()
    {
        await using var app = await DropAsync();

        var task = Assert.Single((await app.ReportAsync(Path)).Tasks);
        Assert.Equal(("accepted", 1), (task.State, task.Attempts));
        Assert.Equal(app.Simulator.FindTask("Reminder")!.KeyId, task.KeyId);
        await AssertAcceptedOnceAsync(app);
    }

    [Fact]
    public async Task Status_16_is_signed_again_at_once_with_the_servers_clock()
    {
        await using var app = await DropAsync(a => a.Simulator.ClockOffset = TimeSpan.FromHours(3));

        Assert.Equal([-16, 0], Statuses(app));
        await AssertAcceptedOnceAsync(app);
    }

    [Fact]
    public async Task Status_16_that_stays_is_deferred()
    {
        await using var app = await DropAsync(Fault.Answer(-16) with { Times = 2 });

        await AssertDeferredAsync(app, "-16", creates: 2);
        await AssertAcceptedOnceAsync(app);
    }

    [Fact]
    public async Task Status_1_fetches_the_secrets_again_and_tries_once_more()
    {
        await using var app = await DropAsync(a =>
        {
            a.Simulator.Account.ApiSecret = "rotated";
            a.OnRefresh = () => a.Secrets = a.Secrets with { ApiSecret = "rotated" };
        });

        Assert.Equal(1, app.Refreshes);
        Assert.Equal([-1, 0], Statuses(app));
        await AssertAcceptedOnceAsync(app);
    }

    [Fact]
    public async Task Status_1_that_stays_holds_the_account()
    {
        await using var app = await DropAsync(a => a.Simulator.Account.ApiSecret = "rotated");

        Assert.Equal([-1, -1], Statuses(app));
        await AssertHeldAsync(app, "-1", () => app.Simulator.Account.ApiSecret = app.Secrets.ApiSecret);
    }

    [Fact]
    public async Task Status_2_holds_the_account()
    {
        await using var app = await DropAsync(a => a.Simulator.Account.AllowedAddresses = []);

        await AssertHeldAsync(app, "-2", () => app.Simulator.Account.AllowedAddresses = null);
    }

    [Fact]
    public async Task Status_10_holds_the_account()
    {
        await using var app = await DropAsync(a => a.Simulator.Account.Balance = 0);

        await AssertHeldAsync(app, "-10", () => app.Simulator.Account.Balance = 100);
    }

    [Fact]
    public async Task Status_13_holds_the_account()
    {
        await using var app = await DropAsync(a => a.Simulator.Account.Locked = true);

        await AssertHeldAsync(app, "-13", () => app.Simulator.Account.Locked = false);
    }

    [Fact]
    public async Task Status_46_is_no_refusal_for_good()
    {
        await using var app = await DropAsync(Fault.Answer(-46));

        var task = Assert.Single((await app.ReportAsync(Path)).Tasks);
        Assert.Equal("deferred", task.State);
        Assert.Contains("-46", task.Reason, StringComparison.Ordinal);
        await app.TickUntilSettledAsync(Path);
        await AssertAcceptedOnceAsync(app);
    }

    [Fact]
    public async Task Status_46_shortly_after_midnight_leaves_a_try_on_the_next_day()
    {
        await using var app = await DropAsync(a =>
        {
            var now = a.Clock.GetUtcNow();
            a.Clock.Advance(now.Date.AddDays(1) - now.UtcDateTime + TimeSpan.FromSeconds(30));
            a.Simulator.Faults.Add(Fault.Answer(-46));
        });

        var task = Assert.Single((await app.ReportAsync(Path)).Tasks);
        Assert.True(task.NextAttempt < app.Clock.GetUtcNow().AddDays(1), $"next attempt at {task.NextAttempt:u}");
        await app.TickAfterAsync(task.NextAttempt!.Value - app.Clock.GetUtcNow());
        await AssertAcceptedOnceAsync(app);
    }

    [Theory]
    [InlineData(401), InlineData(403), InlineData(404), InlineData(405)]
    public async Task What_stands_before_the_API_holds_the_account(int http)
    {
        await using var app = await DropAsync(Fault.Reply(http, "<html>No</html>", "text/html") with { Times = null });

        await AssertHeldAsync(app, $"HTTP {http}", app.Simulator.Faults.Clear);
    }

    [Fact]
    public async Task Status_37_makes_the_task_stand_in_line_however_often_it_comes()
    {
        await using var app = await DropAsync(Fault.Answer(-37) with { Times = 6 });

        for (var attempts = 1; attempts <= 6; attempts++)
        {
            var report = await app.ReportAsync(Path);
            var task = Assert.Single(report.Tasks);
            Assert.Equal(("deferred", attempts, null), (task.State, task.Attempts, task.NextAttempt));
            Assert.Contains("-37", task.Reason, StringComparison.Ordinal);
            Assert.Equal(
                (1, "busy: Laaffic takes no more tasks at present; this campaign is the next"),
                (report.PlaceInQueue, report.WaitsFor)
            );
            await app.TickAfterAsync(TimeSpan.FromSeconds(40)); // nothing at Laaffic is finished, so nothing is sent yet
            Assert.Equal(attempts, app.Simulator.CreateCallsReceived);
            await app.TickAfterAsync(app.Options.MaxDelay);
        }

        await AssertAcceptedOnceAsync(app);
    }

    [Theory]
    [InlineData(-23)]
    [InlineData(-26)]
    public async Task Passing_refusals_are_deferred_with_growing_delays(int status)
    {
        await using var app = await DropAsync(Fault.Answer(status) with { Times = 3 });

        foreach (var minutes in new[] { 1, 2, 4 })
        {
            var task = Assert.Single((await app.ReportAsync(Path)).Tasks);
            Assert.Equal("deferred", task.State);
            Assert.Contains($"{status}", task.Reason, StringComparison.Ordinal);
            Assert.InRange(
                task.NextAttempt!.Value - app.Clock.GetUtcNow(),
                TimeSpan.FromMinutes(minutes * 0.8),
                TimeSpan.FromMinutes(minutes * 1.2)
            );
            await app.TickAfterAsync(TimeSpan.FromMinutes(minutes * 1.2));
        }

        Assert.Equal(0, app.Simulator.QueryCallsReceived);
        await AssertAcceptedOnceAsync(app);
    }

    [Fact]
    public async Task Http_429_is_deferred_for_as_long_as_it_asks()
    {
        await using var app = await DropAsync(Fault.Reply(429));

        await AssertDeferredAsync(app, "429", creates: 1);
        Assert.Equal(0, app.Simulator.QueryCallsReceived);
        await AssertAcceptedOnceAsync(app);
    }

    public static TheoryData<string, Fault> LostReplies =>
        new()
        {
            { "system error", Fault.Answer(-18) },
            { "HTTP 500", Fault.Reply(500) },
            { "HTTP 502 with a page", Fault.Reply(502, "<html>Bad gateway</html>", "text/html") },
            { "HTTP 502 with a status in JSON", Fault.Reply(502, """{"code":-1,"msg":"upstream request failed"}""") },
            { "HTTP 500 with a refusal in JSON", Fault.Reply(500, """{"code":-23,"msg":"error"}""") },
            { "HTTP 503 with a success in JSON", Fault.Reply(503, """{"code":0,"message":"upstream connect error"}""") },
            { "HTTP 404 with a success in JSON", Fault.Reply(404, """{"status":"0"}""") },
            { "HTTP 200 with a page", Fault.Reply(200, "<html>Welcome</html>", "text/html") },
            { "truncated JSON", Fault.Reply(200, "{\"status\":\"0") },
            { "an empty reply", Fault.Reply(200) },
            { "a closed connection", Fault.Close(acceptFirst: false) },
        };

    [Theory]
    [MemberData(nameof(LostReplies))]
    public async Task A_lost_reply_to_a_task_that_was_not_accepted_is_asked_about_and_then_sent_again(string what, Fault fault)
    {
        await using var app = await DropAsync(fault);

        var task = Assert.Single((await app.ReportAsync(Path)).Tasks);
        Assert.True(task.State == "uncertain", $"After {what} the task is {task.State}.");
        await app.TickAfterAsync(TimeSpan.FromSeconds(72));
        Assert.Equal((1, 1), (app.Simulator.QueryCallsReceived, app.Simulator.CreateCallsReceived)); // not settled yet
        await app.TickAfterAsync(app.Options.UncertainSettleTime);

        Assert.Equal((2, 2), (app.Simulator.QueryCallsReceived, app.Simulator.CreateCallsReceived));
        await AssertAcceptedOnceAsync(app);
    }

    [Theory]
    [MemberData(nameof(LostReplies))]
    public async Task A_lost_reply_to_a_task_that_was_accepted_is_found_by_its_name_and_not_sent_again(string what, Fault fault)
    {
        await using var app = await DropAsync(fault with { AcceptFirst = true });

        var task = Assert.Single((await app.ReportAsync(Path)).Tasks);
        Assert.True(task.State == "uncertain", $"After {what} the task is {task.State}.");
        Assert.Equal(3, (await app.ReportAsync(Path)).Counts.Waiting);
        await app.TickAfterAsync(TimeSpan.FromSeconds(72));

        Assert.Equal((1, 1), (app.Simulator.QueryCallsReceived, app.Simulator.CreateCallsReceived));
        Assert.Equal(app.Simulator.FindTask("Reminder")!.KeyId, Assert.Single((await app.ReportAsync(Path)).Tasks).KeyId);
        await AssertAcceptedOnceAsync(app);
    }

    [Fact]
    public async Task A_lost_reply_stays_uncertain_while_nobody_answers_what_became_of_it()
    {
        await using var app = await DropInMemoryAsync(
            Fault.Close(acceptFirst: true),
            Fault.Reply(500) with
            {
                Endpoint = ApiEndpoint.Query,
                Times = null,
            }
        );

        for (var tick = 0; tick < 400; tick++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(5)); // beyond the time to give up
        }

        var report = await app.ReportAsync(Path);
        Assert.Equal((CampaignStates.Waiting, "uncertain", 1), (report.State, report.Tasks[0].State, app.Simulator.CreateCallsReceived));
        Assert.Contains("look the uncertain task up", report.NeedsAction, StringComparison.Ordinal);

        app.Simulator.Faults.Clear();
        await app.TickAfterAsync(TimeSpan.FromMinutes(31));
        await AssertAcceptedOnceAsync(app);
    }

    [Theory]
    [InlineData(-41)]
    [InlineData(-20)]
    public async Task The_name_of_an_uncertain_task_that_exists_was_accepted_before(int status)
    {
        await using var app = await DropAsync(a =>
        {
            a.Simulator.QueryVisibleAfter = TimeSpan.FromMinutes(20); // the query is late, so the task is sent again
            a.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
            a.Simulator.Faults.Add(Fault.Answer(status));
        });

        await app.TickAfterAsync(TimeSpan.FromSeconds(72));
        await app.TickAfterAsync(app.Options.UncertainSettleTime);
        Assert.Equal((2, "uncertain"), (app.Simulator.CreateCallsReceived, (await app.ReportAsync(Path)).Tasks[0].State));

        await app.TickUntilSettledAsync(Path);
        Assert.Equal(2, app.Simulator.CreateCallsReceived);
        await AssertAcceptedOnceAsync(app);
    }

    [Theory]
    [InlineData(-41)]
    [InlineData(-20)]
    public async Task A_name_that_exists_before_a_task_was_ever_sent_rejects_it_once_it_was_looked_up(int status)
    {
        await using var app = await DropAsync(Fault.Answer(status));

        Assert.Equal("uncertain", (await app.ReportAsync(Path)).Tasks[0].State);
        await app.TickUntilSettledAsync(Path);
        await AssertRejectedAsync(app, "do not submit them again before you have looked");
        Assert.True(app.Simulator.QueryCallsReceived > 0);
    }

    [Fact]
    public async Task A_name_of_another_number_of_callees_that_exists_before_a_task_was_ever_sent_rejects_it()
    {
        await using var app = await DropAsync(a =>
        {
            a.Simulator.Faults.Add(Fault.Answer(-41));
            a.Simulator.Faults.Add(
                Fault.Reply(
                    200,
                    """
                    {"code":0,"msg":"success","data":{"total":2,"size":100,"current":1,"pages":1,"records":[
                      {"taskId":7,"taskName":"Reminder 2","status":1,"numCnt":3},
                      {"taskId":8,"taskName":"Reminder","status":1,"numCnt":5000}]}}
                    """
                ) with
                {
                    Endpoint = ApiEndpoint.Query,
                    Times = null,
                }
            );
        });

        await app.TickUntilSettledAsync(Path);
        await AssertRejectedAsync(app, "5000 callees");
    }

    [Theory]
    [InlineData(-21), InlineData(-22), InlineData(-24), InlineData(-35), InlineData(-38), InlineData(-39)]
    [InlineData(-53), InlineData(-60), InlineData(-68)]
    public async Task Refusals_for_good_reject_the_task_with_the_reason(int status)
    {
        await using var app = await DropAsync(Fault.Answer(status));

        await AssertRejectedAsync(app, $"{status}");
    }

    [Theory]
    [InlineData(400), InlineData(413)]
    public async Task Other_http_4xx_reject_the_task(int http)
    {
        await using var app = await DropAsync(Fault.Reply(http, "<html>No</html>", "text/html"));

        await AssertRejectedAsync(app, $"{http}");
    }

    [Fact]
    public async Task An_unknown_status_is_deferred_and_accepted_once_it_passes()
    {
        await using var app = await DropAsync(Fault.Answer(-999) with { Times = 2 });

        await AssertDeferredAsync(app, "-999", creates: 1);
        await app.TickUntilSettledAsync(Path);
        await AssertAcceptedOnceAsync(app);
    }

    [Fact]
    public async Task An_unknown_status_that_stays_rejects_the_task_when_the_time_to_try_is_over_and_Laaffic_does_not_list_it()
    {
        await using var app = await DropInMemoryAsync(Fault.Answer(-999) with { Times = null });

        var report = await app.TickUntilSettledAsync(Path);
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.Contains("-999", report.Tasks[0].Reason, StringComparison.Ordinal);
        Assert.True(app.Clock.GetUtcNow() - report.CommittedAt < TimeSpan.FromHours(24.2));
        Assert.Empty(app.Called);
    }

    [Fact]
    public async Task A_known_refusal_that_stays_lets_the_task_expire()
    {
        await using var app = await DropInMemoryAsync(Fault.Answer(-37) with { Times = null });

        var report = await app.TickUntilSettledAsync(Path);
        Assert.Equal((CampaignStates.Expired, 3), (report.State, report.Counts.NotSubmitted));
        Assert.Empty(app.Called);
    }

    private Task<TestApp> DropAsync(params Fault[] faults) => DropAsync(app => Array.ForEach(faults, app.Simulator.Faults.Add));

    private async Task<TestApp> DropAsync(Action<TestApp> arrange)
    {
        var app = await TestApp.StartAsync(storage);
        return await DropAsync(app, arrange);
    }

    /// <summary>In memory, for what takes very many ticks.</summary>
    private static async Task<TestApp> DropInMemoryAsync(params Fault[] faults) =>
        await DropAsync(await TestApp.StartInMemoryAsync(null, null), app => Array.ForEach(faults, app.Simulator.Faults.Add));

    private static async Task<TestApp> DropAsync(TestApp app, Action<TestApp> arrange)
    {
        arrange(app);
        await app.DropAsync(Path, TestApp.ThreeCallees);
        return app;
    }

    private static IEnumerable<int?> Statuses(TestApp app) =>
        app.Simulator.Calls.Where(c => c.Endpoint == ApiEndpoint.Create).Select(c => c.Status);

    private static async Task AssertAcceptedOnceAsync(TestApp app)
    {
        var report = await app.ReportAsync(Path);
        Assert.Equal((CampaignStates.Accepted, null), (report.State, report.NeedsAction));
        Assert.Equal(new CalleeCounts(3, 0, 0, 3, 0, 0), report.Counts);
        Assert.Equal(Numbers, app.Called);
        var creates = app.Simulator.CreateCallsReceived;
        await app.TickAfterAsync(TimeSpan.FromDays(1));
        Assert.Equal(creates, app.Simulator.CreateCallsReceived);
    }

    private static async Task AssertDeferredAsync(TestApp app, string reason, int creates)
    {
        var report = await app.ReportAsync(Path);
        var task = Assert.Single(report.Tasks);
        Assert.Equal((CampaignStates.Waiting, "deferred", creates), (report.State, task.State, app.Simulator.CreateCallsReceived));
        Assert.Contains(reason, task.Reason, StringComparison.Ordinal);
        await app.TickAsync();
        Assert.Equal(creates, app.Simulator.CreateCallsReceived); // not before its time
        await app.TickAfterAsync(TimeSpan.FromSeconds(72));
    }

    private static async Task AssertRejectedAsync(TestApp app, string reason)
    {
        var report = await app.ReportAsync(Path);
        Assert.Equal((CampaignStates.Rejected, "rejected"), (report.State, report.Tasks[0].State));
        Assert.Equal(new CalleeCounts(3, 0, 0, 0, 0, 3), report.Counts);
        Assert.Contains(reason, report.Tasks[0].Reason, StringComparison.Ordinal);
        Assert.NotNull(report.NeedsAction);
        Assert.Empty(app.Called);
        await app.TickAfterAsync(TimeSpan.FromDays(1));
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    /// <summary>Nothing is sent while the hold lasts, not even of other campaigns; then one probe lifts it and all go out.</summary>
    private static async Task AssertHeldAsync(TestApp app, string reason, Action fix)
    {
        var report = await app.ReportAsync(Path);
        Assert.Equal(CampaignStates.Waiting, report.State);
        Assert.Contains("on hold", report.NeedsAction, StringComparison.Ordinal);
        Assert.Contains(reason, report.NeedsAction, StringComparison.Ordinal);

        var creates = app.Simulator.CreateCallsReceived;
        await app.DropAsync("other.json", TestApp.ThreeCallees.Replace("Reminder", "Other", StringComparison.Ordinal));
        await app.TickAfterAsync(TimeSpan.FromMinutes(9));
        Assert.Equal(creates, app.Simulator.CreateCallsReceived);
        Assert.Contains("on hold", (await app.ReportAsync("other.json")).NeedsAction, StringComparison.Ordinal);

        await app.TickAfterAsync(TimeSpan.FromMinutes(1.1)); // the probe fails, and only the probe is sent
        Assert.Single(app.Simulator.Calls.Where(c => c.Endpoint == ApiEndpoint.Create).Skip(creates).DistinctBy(c => c.TaskName));
        fix();
        creates = app.Simulator.CreateCallsReceived;
        await app.TickAfterAsync(TimeSpan.FromMinutes(5));
        Assert.Equal(creates, app.Simulator.CreateCallsReceived);

        await app.TickAfterAsync(TimeSpan.FromMinutes(6));
        await app.TickAfterAsync(TimeSpan.FromMinutes(11));
        Assert.Equal(["Other", "Reminder"], app.Simulator.AcceptedTasks.Select(t => t.Name).Order());
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync(Path)).State);
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("other.json")).State);
    }
}
