using System.Globalization;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>How campaigns stand in line while Laaffic takes no more tasks (-37).</summary>
public sealed class QueueTests(StorageFixture storage)
{
    private static readonly TimeSpan Finishes = TimeSpan.FromMinutes(10);

    [Fact]
    public async Task First_come_is_first_served_and_hardly_a_body_is_sent_in_vain()
    {
        await using var app = await StartAsync(mostAtOnce: 2);
        var names = Enumerable.Range(0, 30).Select(i => $"Campaign {i:D2}").ToList();
        foreach (var name in names)
        {
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            await app.DropAsync(name + ".json", Json(name, 1));
        }

        await TickUntilAcceptedAsync(app, names.Count);
        Assert.Equal(names, app.Simulator.AcceptedTasks.Select(t => t.Name));
        Assert.InRange(app.Simulator.CreateCallsReceived - names.Count, 1, 12);
    }

    [Fact]
    public async Task A_long_campaign_and_those_behind_it_take_turns_once_each_has_had_its_first()
    {
        await using var app = await StartAsync(mostAtOnce: 1);
        foreach (var (name, callees) in new[] { ("Long", 4), ("Small", 1), ("Two", 2), ("Last", 1) })
        {
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            await app.DropAsync(name + ".json", Json(name, callees));
        }

        await TickUntilAcceptedAsync(app, 8);
        Assert.Equal(
            ["Long", "Small", "Two", "Last", "Long-2", "Two-2", "Long-3", "Long-4"],
            app.Simulator.AcceptedTasks.Select(t => t.Name)
        );
    }

    [Fact]
    public async Task Priority_goes_before_the_order_in_which_they_came()
    {
        await using var app = await StartAsync(mostAtOnce: 1);
        await app.PutProfileAsync("urgent", """{"agentId":41,"delivery":{"priority":"high"}}""");
        await app.DropAsync("First.json", Json("First", 1));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await app.DropAsync("Low.csv", "# taskName: Low\n# agentId: 41\n# priority: low\ncalleeNumber\n12025550111\n");
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await app.DropAsync("Normal.json", Json("Normal", 1));
        app.Clock.Advance(TimeSpan.FromSeconds(1));
        await app.DropAsync("urgent/High.csv", "# taskName: High\ncalleeNumber\n12025550112\n");

        await TickUntilAcceptedAsync(app, 4);
        Assert.Equal(["First", "High", "Normal", "Low"], app.Simulator.AcceptedTasks.Select(t => t.Name));
    }

    [Fact]
    public async Task The_report_says_the_place_and_why_it_waits()
    {
        await using var app = await StartAsync(mostAtOnce: 2);
        for (var i = 0; i < 5; i++)
        {
            await app.DropAsync($"{i}.json", Json($"Campaign {i}", 1));
            app.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var last = (await app.Service.FindAsync("Campaign 4", TestContext.Current.CancellationToken))!;
        Assert.Equal((3, "busy: 2 of 2 tasks are running at Laaffic; 2 campaigns are before this one"), (last.PlaceInQueue, last.WaitsFor));
        Assert.Null(Assert.Single(last.Tasks).NextAttempt);
        var first = (await app.Service.FindAsync("Campaign 2", TestContext.Current.CancellationToken))!;
        Assert.Equal((1, "busy: 2 of 2 tasks are running at Laaffic; this campaign is the next"), (first.PlaceInQueue, first.WaitsFor));

        await TickUntilAcceptedAsync(app, 5);
        last = (await app.Service.FindAsync("Campaign 4", TestContext.Current.CancellationToken))!;
        Assert.Equal((null, null), (last.PlaceInQueue, last.WaitsFor));
    }

    [Fact]
    public async Task Whoever_comes_when_there_is_room_again_and_nobody_waits_is_sent_at_once()
    {
        await using var app = await StartAsync(mostAtOnce: 1);
        await app.DropAsync("a.json", Json("First", 1));
        await app.DropAsync("b.json", Json("Second", 1));
        await TickUntilAcceptedAsync(app, 2);
        app.Clock.Advance(Finishes * 2);

        await app.DropAsync("c.json", Json("Third", 1));
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("c.json")).State);
    }

    [Fact]
    public async Task A_limit_that_was_raised_is_found_out()
    {
        await using var app = await StartAsync(mostAtOnce: 1);
        app.Simulator.Account.TaskDuration = TimeSpan.FromDays(2);
        for (var i = 0; i < 4; i++)
        {
            await app.DropAsync($"{i}.json", Json($"Campaign {i}", 1));
        }

        Assert.Single(app.Simulator.AcceptedTasks);

        app.Simulator.Account.MaxTasksAtOnce = 4;
        for (var hours = 0; hours < 2; hours++)
        {
            await app.TickAfterAsync(TimeSpan.FromHours(1));
        }

        Assert.Equal(4, app.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task Where_the_list_does_not_tell_one_task_at_most_is_tried_in_the_initial_delay()
    {
        await using var app = await StartAsync(mostAtOnce: 1);
        app.Simulator.Faults.Add(Fault.Reply(500, "", "text/plain") with { Endpoint = ApiEndpoint.Query, Times = null });
        for (var i = 0; i < 5; i++)
        {
            await app.DropAsync($"{i}.json", Json($"Campaign {i}", 1));
        }

        var before = app.Simulator.CreateCallsReceived;

        for (var seconds = 0; seconds < 600; seconds += 15)
        {
            await app.TickAfterAsync(TimeSpan.FromSeconds(15));
        }

        Assert.InRange(app.Simulator.CreateCallsReceived - before, 3, 12);
        for (var minutes = 0; minutes < 120; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(5, app.Simulator.AcceptedTasks.Count);
    }

    private async Task<TestApp> StartAsync(int mostAtOnce)
    {
        var app = await TestApp.StartAsync(storage, new CampaignOptions { MaxCalleesPerTask = 1 });
        app.Simulator.Account.MaxTasksAtOnce = mostAtOnce;
        app.Simulator.Account.TaskDuration = Finishes;
        return app;
    }

    private static async Task TickUntilAcceptedAsync(TestApp app, int tasks)
    {
        for (var minutes = 0; minutes < 400 && app.Simulator.AcceptedTasks.Count < tasks; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(tasks, app.Simulator.AcceptedTasks.Count);
    }

    private static string Json(string name, int callees)
    {
        var list = Enumerable
            .Range(1, callees)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"calleeNumber":"1202555010{{i}}"}"""));
        return $$"""{"taskName":"{{name}}","agentId":41,"numberInfoList":[{{string.Join(',', list)}}]}""";
    }
}
