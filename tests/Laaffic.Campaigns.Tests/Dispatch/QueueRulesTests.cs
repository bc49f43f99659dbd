using System.Globalization;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>How the line for a busy account is served: by one at a time, as its list tells, and not past a closed gate.</summary>
public sealed class QueueRulesTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_instance_at_a_time_serves_the_line_and_another_goes_on_if_it_dies()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(10));
        var (first, second) = (shared.NewInstance(), shared.NewInstance());
        await FillAsync(shared, first, 4);
        shared.Clock.Advance(TimeSpan.FromMinutes(11));
        first.Gate.Close(request =>
            request.StartsWith("GET", StringComparison.Ordinal)
            && request.Contains("/tasks/", StringComparison.Ordinal)
            && !request.Contains("plan", StringComparison.Ordinal)
        );
        var suspended = first.Service.RunDueAsync(Token);
        await first.Gate.Reached;
        first.Gate.Close(_ => true); // nor does it say that it goes on serving the line

        await second.Service.RunDueAsync(Token);
        Assert.Equal(["00"], Accepted(shared));
        await shared.TickAsync(second, Minute * 2, Minute);
        Assert.Equal(["00", "02"], Accepted(shared)); // the turn of the one before has a lease that still runs

        first.Gate.Open();
        await suspended;
        await shared.TickAsync(second, TimeSpan.FromHours(1), Minute);
        Assert.Equal(4, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task A_limit_that_was_lowered_is_learnt_at_its_first_refusal()
    {
        await using var shared = await StartAsync(mostAtOnce: 4, TimeSpan.FromHours(1));
        var instance = shared.NewInstance();
        await FillAsync(shared, instance, 9);
        Assert.Equal(4, shared.Simulator.AcceptedTasks.Count);
        shared.Simulator.Account.MaxTasksAtOnce = 1;
        var before = shared.Simulator.CreateCallsReceived;

        await shared.TickAsync(instance, TimeSpan.FromMinutes(110), Minute);

        Assert.Equal(5, shared.Simulator.AcceptedTasks.Count);
        // Probes after 1, 2, 4, 8, 16, 30 minutes; once too many in the room that there seemed to be; and probes again.
        Assert.InRange(shared.Simulator.CreateCallsReceived - before - 1, 1, 12);
    }

    [Fact]
    public async Task A_list_that_is_behind_makes_no_room()
    {
        await using var shared = await StartAsync(mostAtOnce: 2, TimeSpan.FromMinutes(20));
        shared.Simulator.QueryVisibleAfter = TimeSpan.FromMinutes(8);
        var instance = shared.NewInstance();
        await FillAsync(shared, instance, 8);
        await shared.TickAsync(instance, TimeSpan.FromMinutes(100), Minute);

        Assert.Equal(8, shared.Simulator.AcceptedTasks.Count);
        Assert.InRange(shared.Simulator.CreateCallsReceived - 8, 1, 26);
    }

    [Fact]
    public async Task While_the_account_is_on_hold_nobody_has_a_turn()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(10));
        var (instance, other) = (shared.NewInstance(), shared.NewInstance());
        await FillAsync(shared, instance, 3);
        shared.Clock.Advance(TimeSpan.FromMinutes(9));
        shared.Simulator.Account.Balance = 0;
        await other.CircuitBreaker.TripAsync(CircuitKind.Hold, "no balance", new(IsAllowed: true, null, default), null, Token);
        var before = shared.Simulator.CreateCallsReceived;

        await shared.TickAsync(instance, TimeSpan.FromMinutes(8), Minute);
        Assert.Equal(before, shared.Simulator.CreateCallsReceived);

        shared.Simulator.Account.Balance = 1;
        await shared.TickAsync(instance, TimeSpan.FromMinutes(40), Minute);
        Assert.Equal(["00", "01", "02"], Accepted(shared));
    }

    [Fact]
    public async Task An_uncertain_task_that_stands_in_line_is_not_asked_about_again_and_again()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromDays(2));
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: false));
        await Shared.SubmitAsync(instance, "Lost", 1);
        await shared.TickAsync(instance, Minute * 3, Minute);
        await Shared.SubmitAsync(instance, "Runs", 1);
        await Shared.SubmitAsync(instance, "Waits", 1);
        Assert.Equal(["Runs"], Accepted(shared));
        await shared.TickAsync(instance, TimeSpan.FromMinutes(40), Minute); // the settling time is over: it stands in line
        var before = Lookups();

        await shared.TickAsync(instance, TimeSpan.FromHours(2), Minute);

        Assert.InRange(Lookups() - before, 0, 12); // with a probe each
        shared.Simulator.Account.TaskDuration = Minute;
        await shared.TickAsync(instance, TimeSpan.FromHours(1), Minute);
        Assert.Equal(3, shared.Simulator.AcceptedTasks.Count);

        int Lookups() => shared.Simulator.Calls.Count(call => call.Endpoint == ApiEndpoint.Query && call.TaskName == "Lost");
    }

    private static IEnumerable<string> Accepted(Shared shared) => shared.Simulator.AcceptedTasks.Select(t => t.Name);

    private static async Task<Shared> StartAsync(int mostAtOnce, TimeSpan duration)
    {
        var shared = await Shared.StartInMemoryAsync();
        shared.Simulator.Account.MaxTasksAtOnce = mostAtOnce;
        shared.Simulator.Account.TaskDuration = duration;
        return shared;
    }

    private static async Task FillAsync(Shared shared, Instance instance, int count)
    {
        for (var i = 0; i < count; i++)
        {
            await Shared.SubmitAsync(instance, i.ToString("00", CultureInfo.InvariantCulture));
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }
}
