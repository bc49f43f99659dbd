using System.Globalization;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>The line with odd arrivals, odd clocks and odd answers.</summary>
public sealed class QueueOddTests
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 2), InlineData(2, 3), InlineData(3, 1)]
    public async Task Whenever_there_is_room_the_next_in_line_goes_out_within_two_ticks(int seed, int mostAtOnce)
    {
        const int campaigns = 40;
        var duration = TimeSpan.FromMinutes(7);
        var random = new Random(seed);
        await using var shared = await StartAsync(mostAtOnce, duration);
        var instances = shared.NewInstances(2);
        List<DateTimeOffset> arrived = [];
        for (var minute = 0; minute < 600 && shared.Simulator.AcceptedTasks.Count < campaigns; minute++)
        {
            for (var burst = random.Next(6) == 0 ? random.Next(1, 6) : 0; burst > 0 && arrived.Count < campaigns; burst--)
            {
                shared.Clock.Advance(TimeSpan.FromSeconds(1));
                arrived.Add(shared.Now);
                await Shared.SubmitAsync(instances[random.Next(2)], NameOf(arrived.Count - 1));
            }

            await shared.TickAsync(instances[random.Next(2)], Minute);
        }

        var sent = shared.Simulator.AcceptedTasks;
        Assert.Equal(Enumerable.Range(0, campaigns).Select(NameOf), sent.Select(t => t.Name));
        for (var i = 0; i < campaigns; i++)
        {
            var free = i < mostAtOnce ? arrived[i] : sent[i - mostAtOnce].SubmittedAt + duration;
            var late = sent[i].SubmittedAt - (free > arrived[i] ? free : arrived[i]);
            Assert.True(late <= 2.2 * Minute, $"{NameOf(i)} of seed {seed} was sent {late} after there was room for it");
        }

        var span = (shared.Now - arrived[0]).TotalMinutes;
        Assert.InRange(shared.Simulator.CreateCallsReceived - campaigns, 0, campaigns + (int)span);
    }

    [Fact]
    public async Task Clocks_that_differ_by_minutes_neither_stop_the_line_nor_make_it_send_in_vain()
    {
        await using var shared = await StartAsync(mostAtOnce: 1, TimeSpan.FromMinutes(10));
        var instance = shared.NewInstance();
        var ahead = new Shared
        {
            Account = shared.Account,
            Memory = shared.Memory,
            Clock = new FakeTimeProvider(shared.Now.AddMinutes(4)),
            Simulator = shared.Simulator,
            Options = shared.Options,
        };
        var other = ahead.NewInstance();
        for (var i = 0; i < 8; i++)
        {
            await Shared.SubmitAsync(i % 2 == 0 ? instance : other, NameOf(i));
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
            ahead.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        for (var minutes = 0; minutes < 100; minutes++)
        {
            shared.Clock.Advance(Minute);
            ahead.Clock.Advance(Minute);
            await Task.WhenAll(instance.Service.RunDueAsync(Token), other.Service.RunDueAsync(Token));
        }

        Assert.Equal(8, shared.Simulator.AcceptedTasks.Count);
        Assert.InRange(shared.Simulator.CreateCallsReceived - 8, 1, 20);
    }

    [Fact]
    public async Task A_task_that_is_accepted_and_answered_busy_is_accepted_once()
    {
        await using var shared = await StartAsync(mostAtOnce: 3, TimeSpan.FromMinutes(10));
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-37) with { AcceptFirst = true });
        await Shared.SubmitAsync(instance, "Both");
        await Shared.SubmitAsync(instance, "Next");
        await shared.TickAsync(instance, TimeSpan.FromMinutes(40), Minute);

        Assert.Equal(2, shared.Simulator.AcceptedTasks.Count);
        Assert.Equal(CampaignStates.Accepted, (await instance.Service.FindAsync("Both", Token))!.State);
    }

    [Fact]
    public async Task An_account_that_is_always_busy_though_nothing_runs_costs_a_probe_now_and_then()
    {
        await using var shared = await StartAsync(mostAtOnce: 0, TimeSpan.FromMinutes(10));
        var instance = shared.NewInstance();
        for (var i = 0; i < 5; i++)
        {
            await Shared.SubmitAsync(instance, NameOf(i));
        }

        await shared.TickAsync(instance, TimeSpan.FromHours(3), Minute);
        // That the list shows nothing that runs is no proof that nothing does: each tenth of the time that it has lasted, one is tried.
        Assert.InRange(shared.Simulator.CreateCallsReceived, 5, 45);

        shared.Simulator.Account.MaxTasksAtOnce = 10;
        await shared.TickAsync(instance, TimeSpan.FromMinutes(32), Minute);
        Assert.Equal(5, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task When_many_are_due_at_once_those_that_came_first_are_sent_first()
    {
        await using var prepared = await Shared.StartInMemoryAsync(calleesPerTask: 1);
        var shared = new Shared
        {
            Account = prepared.Account,
            Memory = prepared.Memory,
            Clock = prepared.Clock,
            Simulator = prepared.Simulator,
            Options = prepared.Options with { MaxConcurrentTasks = 4 },
        };
        shared.Simulator.Account.MaxTasksAtOnce = 2;
        shared.Simulator.Account.TaskDuration = TimeSpan.FromMinutes(10);
        var instance = shared.NewInstance();
        await instance.CircuitBreaker.TripAsync(CircuitKind.Hold, "for the test", new(IsAllowed: true, null, default), null, Token);
        for (var i = 0; i < 6; i++)
        {
            await Shared.SubmitAsync(instance, NameOf(i), 4);
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        var gate = await instance.Account.FindCircuitAsync(Token);
        await instance.Account.TryCloseCircuitAsync(gate!, Token);
        await shared.TickAsync(shared.NewInstance(), TimeSpan.FromMinutes(11), TimeSpan.FromMinutes(11));

        var history = string.Join(
            ", ",
            shared.Simulator.Calls.Where(c => c.Endpoint == ApiEndpoint.Create).Select(c => $"{c.TaskName} {c.Status}")
        );
        Assert.True(shared.Simulator.CreateCallsReceived <= 2 + 4, history);
    }

    [Fact]
    public async Task A_list_that_is_behind_makes_no_room_where_tasks_end_one_by_one()
    {
        await using var shared = await StartAsync(mostAtOnce: 4, TimeSpan.FromMinutes(20));
        shared.Simulator.QueryVisibleAfter = TimeSpan.FromMinutes(2.5);
        var instance = shared.NewInstance();
        for (var i = 0; i < 4; i++)
        {
            await Shared.SubmitAsync(instance, NameOf(i));
            await shared.TickAsync(instance, Minute * 5, Minute);
        }

        for (var i = 4; i < 28; i++)
        {
            await Shared.SubmitAsync(instance, NameOf(i));
        }

        await shared.TickAsync(instance, TimeSpan.FromMinutes(115), Minute);

        var refused = shared.Simulator.Calls.Count(call => call.Status == -37);
        Assert.True(
            refused <= shared.Simulator.AcceptedTasks.Count / 2,
            $"{refused} of {shared.Simulator.CreateCallsReceived} were refused"
        );
    }

    private static async Task<Shared> StartAsync(int mostAtOnce, TimeSpan duration)
    {
        var shared = await Shared.StartInMemoryAsync();
        shared.Simulator.Account.MaxTasksAtOnce = mostAtOnce;
        shared.Simulator.Account.TaskDuration = duration;
        return shared;
    }

    private static string NameOf(int i) => i.ToString("00", CultureInfo.InvariantCulture);
}
