using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Simulator.Tests;

public class FaultTests
{
    /// <summary>Every status of the vendor's table: those that have no cause in the simulator come by fault.</summary>
    [Theory]
    [InlineData(-1), InlineData(-2), InlineData(-10), InlineData(-13), InlineData(-16), InlineData(-18), InlineData(-20), InlineData(-21)]
    [InlineData(-22), InlineData(-23), InlineData(-24), InlineData(-26), InlineData(-35), InlineData(-37), InlineData(-38), InlineData(-39)]
    [InlineData(-41), InlineData(-46), InlineData(-53), InlineData(-60), InlineData(-68), InlineData(-999)]
    public async Task Any_status_can_be_answered_with_or_without_accepting(int status)
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.Answer(status));
        caller.Simulator.Faults.Add(Fault.Answer(status) with { AcceptFirst = true });

        var answer = await caller.CreateAsync(Caller.Named("without"));
        Assert.Equal(status, answer.Status);
        Assert.NotEmpty(answer.Reason);
        Assert.Empty(caller.Simulator.AcceptedTasks);
        Assert.Equal(status, (await caller.CreateAsync(Caller.Named("with"))).Status);
        Assert.Equal("with", Assert.Single(caller.Simulator.AcceptedTasks).Name);
        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("without"))).Status);
    }

    [Theory]
    [InlineData(500, "", "text/plain", false)]
    [InlineData(500, """{"timestamp":"x","status":500,"error":"Internal Server Error"}""", "application/json", true)]
    [InlineData(502, "<html><body>Bad Gateway</body></html>", "text/html", true)]
    [InlineData(429, "<html><body>Too Many Requests</body></html>", "text/html", false)]
    [InlineData(200, """{"status":"0","rea""", "application/json", true)]
    [InlineData(200, "<html><body>Maintenance</body></html>", "text/html", false)]
    public async Task Any_HTTP_reply_can_be_given_before_or_after_accepting(int httpStatus, string body, string type, bool acceptFirst)
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.Reply(httpStatus, body, type) with { AcceptFirst = acceptFirst });

        var answer = await caller.CreateAsync(Caller.Named("task"));

        Assert.Equal(((HttpStatusCode)httpStatus, body), (answer.HttpStatus, answer.Text));
        Assert.Equal(acceptFirst, caller.Simulator.FindTask("task") is not null);
        Assert.Equal((httpStatus, null), (caller.Simulator.Calls.Single().HttpStatus, caller.Simulator.Calls.Single().Status));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_connection_can_close_before_or_after_accepting(bool acceptFirst)
    {
        await using var caller = await Caller.StartAsync();
        await caller.CreateAsync(Caller.Named("opens the connection"));
        caller.Simulator.Faults.Add(Fault.Close(acceptFirst));

        await Assert.ThrowsAsync<HttpRequestException>(() => caller.CreateAsync(Caller.Named("task")));

        Assert.Equal(acceptFirst, caller.Simulator.FindTask("task") is not null);
        var call = caller.Simulator.Calls[^1];
        Assert.Equal(("task", null, true), (call.TaskName, call.HttpStatus, call.Closed));
        Assert.Equal(2, caller.Simulator.CreateCallsReceived);
        Assert.Equal(acceptFirst ? -41 : 0, (await caller.CreateAsync(Caller.Named("task"))).Status);
    }

    [Fact]
    public async Task The_connection_can_close_before_the_body_was_read()
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.CloseBeforeReading());

        await Assert.ThrowsAsync<HttpRequestException>(() => caller.CreateAsync(Caller.Named("task")));

        Assert.Empty(caller.Simulator.AcceptedTasks);
        Assert.Null(caller.Simulator.Calls.Single().TaskName);
        Assert.True(caller.Simulator.Calls.Single().Closed);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_true_answer_can_come_late(bool acceptFirst)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var caller = await Caller.StartAsync(new() { Time = time });
        caller.Simulator.Faults.Add(Fault.Late(TimeSpan.FromMinutes(10), acceptFirst));

        var answering = caller.CreateAsync(Caller.Named("late"));
        await Eventually.HoldsAsync(() => caller.Simulator.Faults.Pending.Count == 0);
        await Eventually.HoldsAsync(() => !acceptFirst || caller.Simulator.FindTask("late") is not null);
        Assert.False(answering.IsCompleted);
        Assert.Equal(acceptFirst, caller.Simulator.FindTask("late") is not null);

        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return answering.IsCompleted;
        });
        Assert.Equal(0, (await answering).Status);
        Assert.NotNull(caller.Simulator.FindTask("late"));
    }

    [Fact]
    public async Task A_task_is_accepted_even_after_its_caller_gave_up()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var caller = await Caller.StartAsync(new() { Time = time });
        caller.Simulator.Faults.Add(Fault.Late(TimeSpan.FromMinutes(1), acceptFirst: false));
        using var patience = new CancellationTokenSource();
        using var request = caller.Post(Caller.CreatePath, new StringContent(Caller.Named("given up").ToJsonString()));
        var sending = caller.Http.SendAsync(request, patience.Token);
        await Eventually.HoldsAsync(() => caller.Simulator.Faults.Pending.Count == 0);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Empty(await caller.FoundNamesAsync("given up"));

        await Eventually.HoldsAsync(() =>
        {
            time.Advance(TimeSpan.FromMinutes(1));
            return caller.Simulator.FindTask("given up") is not null;
        });
    }

    [Fact]
    public async Task Disposing_ends_the_requests_that_are_kept_waiting()
    {
        var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.Late(TimeSpan.FromHours(1), acceptFirst: false));
        var answering = caller.CreateAsync(Caller.Named("waiting"));
        await Eventually.HoldsAsync(() => caller.Simulator.Faults.Pending.Count == 0);

        await caller.Simulator.DisposeAsync();

        await Assert.ThrowsAnyAsync<Exception>(() => answering);
        Assert.Empty(caller.Simulator.AcceptedTasks);
        caller.Http.Dispose();
    }

    [Fact]
    public async Task Faults_are_taken_in_order_each_as_often_as_it_says()
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.Answer(-37) with { Times = 2 });
        caller.Simulator.Faults.Add(Fault.Answer(-18));
        caller.Simulator.Faults.Add(Fault.CloseBeforeReading());
        caller.Simulator.Faults.Add(Fault.Answer(-26) with { Times = null });

        List<int?> statuses = [];
        for (var n = 0; n < 6; n++)
        {
            try
            {
                statuses.Add((await caller.CreateAsync(Caller.Sample())).Status);
            }
            catch (HttpRequestException)
            {
                statuses.Add(null);
            }
        }

        Assert.Equal([-37, -37, -18, null, -26, -26], statuses);
        Assert.Equal(-26, Assert.Single(caller.Simulator.Faults.Pending).Status);
        caller.Simulator.Faults.Clear();
        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample())).Status);
    }

    [Fact]
    public async Task A_fault_can_be_for_one_task_or_another_endpoint_only()
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.Answer(-18) with { TaskName = "name" });
        caller.Simulator.Faults.Add(Fault.Answer(-26) with { Endpoint = ApiEndpoint.Query, TaskName = "name" });
        caller.Simulator.Faults.Add(Fault.Answer(-2) with { Endpoint = ApiEndpoint.Balance });
        caller.Simulator.Faults.Add(Fault.Answer(-1) with { Endpoint = ApiEndpoint.Cancel });

        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("name-2"))).Status);
        Assert.Equal(-18, (await caller.CreateAsync(Caller.Named("name"))).Status);
        Assert.Equal(
            """{"code":-26,"msg":"rate lookup failed","data":null}""",
            (await caller.QueryAsync("""{"current":1,"size":10,"params":{"searchCondition":"name"}}""")).Text
        );
        Assert.Equal(
            """{"status":"-2","reason":"IP address not allowed"}""",
            (await caller.SendAsync(caller.Sign(new(HttpMethod.Get, Caller.BalancePath)))).Text
        );
        Assert.Equal(-1, (await caller.PostAsync(Caller.CancelPath, "{}")).Status);
        Assert.Empty(caller.Simulator.Faults.Pending);
    }

    [Fact]
    public async Task A_fault_for_any_endpoint_meets_the_first_request()
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.Answer(-18) with { Endpoint = null });

        Assert.Equal(-18, (await caller.QueryAsync("{}")).Status);
        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample())).Status);
    }

    [Fact]
    public async Task Requests_at_once_take_a_fault_no_more_often_than_it_says()
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.Answer(-18) with { Times = 7 });

        var answers = await Task.WhenAll(Enumerable.Range(0, 40).Select(n => caller.CreateAsync(Caller.Named($"task {n}"))));

        Assert.Equal(7, answers.Count(answer => answer.Status == -18));
        Assert.Equal(33, caller.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task Accepting_first_still_refuses_what_is_wrong()
    {
        await using var caller = await Caller.StartAsync();
        caller.Simulator.Faults.Add(Fault.Reply(500) with { AcceptFirst = true });

        Assert.Equal(HttpStatusCode.InternalServerError, (await caller.CreateAsync(Caller.Sample("""{"maxCalls": 1000}"""))).HttpStatus);
        Assert.Empty(caller.Simulator.AcceptedTasks);
    }

    [Fact]
    public async Task Impossible_faults_are_not_taken_in()
    {
        await using var caller = await Caller.StartAsync();
        Fault[] impossible =
        [
            Fault.Answer(-18) with
            {
                Times = 0,
            },
            Fault.Answer(-18) with
            {
                Delay = TimeSpan.FromTicks(-1),
            },
            Fault.Answer(-18) with
            {
                Delay = TimeSpan.FromDays(2),
            },
            Fault.Answer(-18) with
            {
                Endpoint = (ApiEndpoint)9,
            },
            Fault.Answer(-18) with
            {
                Effect = (FaultEffect)9,
            },
            Fault.Reply(100),
            Fault.Reply(500, body: null!),
            Fault.Late(TimeSpan.Zero, acceptFirst: true),
            Fault.CloseBeforeReading() with
            {
                TaskName = "name",
            },
            Fault.CloseBeforeReading() with
            {
                AcceptFirst = true,
            },
        ];

        Assert.All(impossible, fault => Assert.Throws<ArgumentException>(() => caller.Simulator.Faults.Add(fault)));
        Assert.Empty(caller.Simulator.Faults.Pending);
    }
}
