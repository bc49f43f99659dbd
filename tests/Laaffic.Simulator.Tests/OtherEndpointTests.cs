using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Simulator.Tests;

public class OtherEndpointTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 31, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task The_query_answers_records_as_documented()
    {
        var time = new FakeTimeProvider(Start);
        await using var caller = await Caller.StartAsync(new() { Time = time });
        await caller.CreateAsync(Caller.Named("spring sale"));

        var answer = await caller.QueryAsync(
            """
            {"current":1,"size":10,"params":{"strTime":"2030-01-31 00:00:00","endTime":"2030-01-31 23:59:59",
             "taskType":3,"statusList":[],"searchCondition":"spring sale"}}
            """
        );

        Assert.Equal(
            """{"code":0,"msg":"success","data":{"total":1,"size":10,"current":1,"pages":1,"records":[{"taskId":"""
                + """123123,"taskName":"spring sale","status":1,"rate":0,"numCnt":1,"callNum":0,"success":0,"fail":"""
                + """0,"createdTime":"2030-01-31 18:00:00","scriptId":41,"taskType":3}]}}""",
            answer.Text
        );
        time.Advance(TimeSpan.FromSeconds(30));
        var finished = await caller.QueryAsync("""{"current":1,"size":10,"params":{"statusList":[2]}}""");
        Assert.Equal(2, finished.Json.GetProperty("data").GetProperty("records")[0].GetProperty("status").GetInt32());
    }

    [Fact]
    public async Task The_query_finds_parts_of_names_newest_first()
    {
        await using var caller = await Caller.StartAsync();
        foreach (var name in (string[])["sale", "sale-2", "other", "Big SALE"])
        {
            await caller.CreateAsync(Caller.Named(name));
        }

        Assert.Equal(["Big SALE", "sale-2", "sale"], await caller.FoundNamesAsync("sale"));
        Assert.Equal(["sale-2"], await caller.FoundNamesAsync("sale-2"));
        Assert.Empty(await caller.FoundNamesAsync("sale-3"));
    }

    [Fact]
    public async Task The_query_answers_in_pages()
    {
        await using var caller = await Caller.StartAsync();
        for (var n = 1; n <= 5; n++)
        {
            await caller.CreateAsync(Caller.Named($"task {n}"));
        }

        List<string> names = [];
        foreach (var page in (int[])[1, 2, 3, 4, int.MaxValue])
        {
            var data = (await caller.QueryAsync($$"""{"current":{{page}},"size":2}""")).Json.GetProperty("data");
            Assert.Equal((5, 3), (data.GetProperty("total").GetInt32(), data.GetProperty("pages").GetInt32()));
            names.AddRange(data.GetProperty("records").EnumerateArray().Select(record => record.GetProperty("taskName").GetString()!));
        }

        Assert.Equal(["task 5", "task 4", "task 3", "task 2", "task 1"], names);
    }

    [Theory]
    // The task below was created at 18:00:00 in the simulator's zone, 10:00 UTC.
    [InlineData("""{"strTime": "2030-01-31 18:00:00", "endTime": "2030-01-31 18:00:00"}""", 1)]
    [InlineData("""{"strTime": "2030-01-31 18:00:01"}""", 0)]
    [InlineData("""{"endTime": "2030-01-31 10:00:00"}""", 0)]
    [InlineData("""{"statusList": [1, 0]}""", 1)]
    [InlineData("""{"statusList": [0, 2, 3, 4, 5, 6]}""", 0)]
    [InlineData("""{"taskType": 1}""", 0)]
    public async Task The_query_narrows_by_time_status_and_type(string search, int found)
    {
        await using var caller = await Caller.StartAsync(new() { Time = new FakeTimeProvider(Start) });
        await caller.CreateAsync(Caller.Sample());

        var answer = await caller.QueryAsync($$"""{"current":1,"size":10,"params":{{search}}}""");

        Assert.Equal(found, answer.Json.GetProperty("data").GetProperty("total").GetInt32());
    }

    [Theory]
    [InlineData("""{"size":10}""", -22)]
    [InlineData("""{"current":1}""", -22)]
    [InlineData("""{"current":0,"size":10}""", -21)]
    [InlineData("""{"current":1,"size":101}""", -21)]
    [InlineData("""{"current":1,"size":10,"searchCondition":"name"}""", -22)]
    [InlineData("""{"current":1,"size":10,"params":{"searchCondition":5}}""", -22)]
    [InlineData("""{"current":1,"size":10,"params":{"searchCondition":"\ud800"}}""", -22)]
    [InlineData("""{"current":1,"size":10,"params":{"strTime":"2030-01-31"}}""", -22)]
    [InlineData("""{"current":1,"size":10,"params":{"strTime":"2030-01-31 00:00:01","endTime":"2030-01-31 00:00:00"}}""", -21)]
    [InlineData("""{"current":1,"size":10,"params":{"statusList":["1"]}}""", -22)]
    [InlineData("""{"current":1,"size":10,"params":{"statusList":[7]}}""", -21)]
    [InlineData("not JSON", -22)]
    [InlineData("[]", -22)]
    public async Task A_query_against_the_documents_is_refused(string body, int status)
    {
        await using var caller = await Caller.StartAsync();

        Assert.Equal(status, (await caller.QueryAsync(body)).Status);
    }

    [Fact]
    public async Task A_task_can_become_visible_to_the_query_late()
    {
        var time = new FakeTimeProvider(Start);
        await using var caller = await Caller.StartAsync(new() { Time = time, QueryVisibleAfter = TimeSpan.FromSeconds(10) });
        await caller.CreateAsync(Caller.Named("hidden"));

        Assert.Empty(await caller.FoundNamesAsync("hidden"));
        Assert.Equal(-41, (await caller.CreateAsync(Caller.Named("hidden"))).Status);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(["hidden"], await caller.FoundNamesAsync("hidden"));
        caller.Simulator.QueryVisibleAfter = TimeSpan.FromHours(1);
        Assert.Empty(await caller.FoundNamesAsync("hidden"));
    }

    [Fact]
    public async Task Cancelling_frees_the_place_but_not_the_name()
    {
        await using var caller = await Caller.StartAsync(new() { Account = new() { MaxTasksAtOnce = 1 } });
        await caller.CreateAsync(Caller.Named("stop"));

        var answer = await caller.PostAsync(Caller.CancelPath, """{"taskIdList":[123123]}""");

        Assert.Equal("""{"code":0,"msg":"success"}""", answer.Text);
        Assert.Equal(SimulatedTaskStatus.Cancelled, caller.Simulator.FindTask("stop")!.Status);
        Assert.Equal(-41, (await caller.CreateAsync(Caller.Named("stop"))).Status);
        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("next"))).Status);
    }

    [Fact]
    public async Task Cancelling_takes_all_tasks_or_none()
    {
        await using var caller = await Caller.StartAsync();
        await caller.CreateAsync(Caller.Named("keep"));

        Assert.Equal(-54, (await caller.PostAsync(Caller.CancelPath, """{"taskIdList":[123123, 5]}""")).Status);
        Assert.Equal(SimulatedTaskStatus.Calling, caller.Simulator.FindTask("keep")!.Status);
        caller.Simulator.Account.TaskDuration = TimeSpan.Zero;
        Assert.Equal(-54, (await caller.PostAsync(Caller.CancelPath, """{"taskIdList":[123123]}""")).Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"taskIdList":[]}""")]
    [InlineData("""{"taskIdList":["123123"]}""")]
    [InlineData("""{"taskIdList":123123}""")]
    [InlineData("""{"taskIdList":[123123],"type":1}""")]
    [InlineData("")]
    public async Task A_cancel_against_the_documents_is_a_bad_parameter(string body)
    {
        await using var caller = await Caller.StartAsync();
        await caller.CreateAsync(Caller.Sample());

        Assert.Equal(-22, (await caller.PostAsync(Caller.CancelPath, body)).Status);
        Assert.Equal(SimulatedTaskStatus.Calling, caller.Simulator.AcceptedTasks.Single().Status);
    }

    [Fact]
    public async Task The_balance_is_answered_as_decimal_text()
    {
        await using var caller = await Caller.StartAsync(new() { Account = new() { Balance = 12.345m } });

        var answer = await caller.SendAsync(caller.Sign(new(HttpMethod.Get, Caller.BalancePath)));

        Assert.Equal("""{"status":"0","reason":"success","balance":"12.345","gift":"0.00","credit":"0.00"}""", answer.Text);
    }

    [Fact]
    public async Task The_voice_endpoints_are_under_v3_too_and_nothing_else_exists()
    {
        await using var caller = await Caller.StartAsync();

        Assert.Equal(0, (await caller.PostAsync($"v3/{Caller.CreatePath}", Caller.Sample().ToJsonString())).Status);
        Assert.Equal(HttpStatusCode.NotFound, (await caller.PostAsync("voice/group/call/send", "{}")).HttpStatus);
        Assert.Equal(HttpStatusCode.NotFound, (await caller.SendAsync(caller.Sign(new(HttpMethod.Get, Caller.CreatePath)))).HttpStatus);

        Assert.Equal(
            [
                ("POST", "/v3/voice/group/call/send/agent", ApiEndpoint.Create, 200, 0),
                ("POST", "/voice/group/call/send", null, 404, null),
                ("GET", "/voice/group/call/send/agent", (ApiEndpoint?)null, 404, (int?)null),
            ],
            caller.Simulator.Calls.Select(call => (call.Method, call.Path, call.Endpoint, call.HttpStatus!.Value, call.Status))
        );
    }

    [Fact]
    public async Task Calls_are_counted_by_endpoint()
    {
        await using var caller = await Caller.StartAsync();
        await caller.CreateAsync(Caller.Named("counted"));
        await caller.FoundNamesAsync("counted");
        await caller.FoundNamesAsync("counted");
        await caller.PostAsync(Caller.CancelPath, "{}");
        await caller.SendAsync(caller.Sign(new(HttpMethod.Get, Caller.BalancePath)));

        var simulator = caller.Simulator;
        Assert.Equal(
            (1, 2, 1, 1),
            (simulator.CreateCallsReceived, simulator.QueryCallsReceived, simulator.CancelCallsReceived, simulator.BalanceCallsReceived)
        );
        Assert.Equal(["counted", "counted", "counted", null, null], simulator.Calls.Select(call => call.TaskName));
        Assert.Equal(Caller.Named("counted").ToJsonString().Length, simulator.Calls[0].ContentLength);
    }
}
