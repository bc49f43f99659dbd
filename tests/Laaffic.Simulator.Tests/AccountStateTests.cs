using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Simulator.Tests;

public class AccountStateTests
{
    private static readonly DateTimeOffset Start = new(2030, 1, 31, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public async Task A_task_name_is_accepted_once_ever()
    {
        await using var caller = await Caller.StartAsync();

        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("once"))).Status);
        Assert.Equal(-41, (await caller.CreateAsync(Caller.Named("once"))).Status);
        caller.Simulator.Account.TaskDuration = TimeSpan.Zero;
        Assert.Equal(-41, (await caller.CreateAsync(Caller.Named("once"))).Status);
        Assert.Equal("once", Assert.Single(caller.Simulator.AcceptedTasks).Name);
    }

    [Fact]
    public async Task A_refused_task_leaves_its_name_free()
    {
        await using var caller = await Caller.StartAsync();

        caller.Simulator.Account.Balance = 0;
        Assert.Equal(-10, (await caller.CreateAsync(Caller.Named("poor"))).Status);
        caller.Simulator.Account.Balance = 0.01m;
        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("poor"))).Status);
    }

    [Fact]
    public async Task Name_then_balance_then_tasks_at_once_are_checked()
    {
        await using var caller = await Caller.StartAsync(new() { Account = new() { MaxTasksAtOnce = 1 } });
        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("first"))).Status);

        caller.Simulator.Account.Balance = -1;
        Assert.Equal(-41, (await caller.CreateAsync(Caller.Named("first"))).Status);
        Assert.Equal(-10, (await caller.CreateAsync(Caller.Named("second"))).Status);
        caller.Simulator.Account.Balance = 1;
        Assert.Equal(-37, (await caller.CreateAsync(Caller.Named("second"))).Status);
    }

    [Fact]
    public async Task Tasks_at_once_are_limited_until_some_have_finished()
    {
        var time = new FakeTimeProvider(Start);
        await using var caller = await Caller.StartAsync(
            new()
            {
                Time = time,
                Account = new() { MaxTasksAtOnce = 2, TaskDuration = TimeSpan.FromMinutes(1) },
            }
        );

        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("a1"))).Status);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("a2"))).Status);
        Assert.Equal(-37, (await caller.CreateAsync(Caller.Named("a3"))).Status);
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(SimulatedTaskStatus.Finished, caller.Simulator.FindTask("a1")!.Status);
        Assert.Equal(SimulatedTaskStatus.Calling, caller.Simulator.FindTask("a2")!.Status);
        Assert.Equal(0, (await caller.CreateAsync(Caller.Named("a3"))).Status);
        Assert.Equal(-37, (await caller.CreateAsync(Caller.Named("a4"))).Status);
    }

    [Fact]
    public async Task A_task_with_a_sendTime_waits_for_it_in_the_servers_zone()
    {
        var time = new FakeTimeProvider(Start);
        await using var caller = await Caller.StartAsync(new() { Time = time });

        // 10:00 UTC is 18:00 in the simulator's zone, so this is in a minute.
        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample("""{"taskName": "later", "sendTime": "2030-01-31 18:01:00"}"""))).Status);

        var task = caller.Simulator.FindTask("later")!;
        Assert.Equal(SimulatedTaskStatus.Waiting, task.Status);
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(SimulatedTaskStatus.Calling, task.Status);
        time.Advance(caller.Simulator.Account.TaskDuration);
        Assert.Equal(SimulatedTaskStatus.Finished, task.Status);
    }

    [Fact]
    public async Task Of_fifty_creates_of_one_name_at_once_exactly_one_is_accepted()
    {
        await using var caller = await Caller.StartAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => caller.CreateAsync(Caller.Named("race"))));

        Assert.Equal(0, Assert.Single(answers, answer => answer.Status != -41).Status);
        Assert.Single(caller.Simulator.AcceptedTasks);
        Assert.Equal(50, caller.Simulator.CreateCallsReceived);
        Assert.Equal(49, caller.Simulator.Calls.Count(call => call.Status == -41));
    }

    [Fact]
    public async Task Of_many_names_at_once_no_more_than_the_limit_are_accepted()
    {
        await using var caller = await Caller.StartAsync(new() { Account = new() { MaxTasksAtOnce = 5 } });

        var answers = await Task.WhenAll(Enumerable.Range(0, 30).Select(n => caller.CreateAsync(Caller.Named($"name {n}"))));

        Assert.Equal(5, answers.Count(answer => answer.Status == 0));
        Assert.Equal(25, answers.Count(answer => answer.Status == -37));
        Assert.Equal(Enumerable.Range(0, 5).Select(n => 123123L + n), caller.Simulator.AcceptedTasks.Select(task => task.KeyId));
    }

    [Fact]
    public void An_account_has_no_negative_limits()
    {
        var account = new SimulatorAccount();

        Assert.Throws<ArgumentOutOfRangeException>(() => account.MaxTasksAtOnce = -1);
        Assert.Throws<ArgumentOutOfRangeException>(() => account.TaskDuration = TimeSpan.FromTicks(-1));
    }
}
