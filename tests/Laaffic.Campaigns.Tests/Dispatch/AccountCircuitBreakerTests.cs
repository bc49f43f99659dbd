using System.Globalization;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>What a refused account, a refused task and an outage do to all that wait.</summary>
public sealed class AccountCircuitBreakerTests(StorageFixture storage)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, Fault> Outages =>
        new()
        {
            { "504", Fault.Reply(504) },
            { "429", Fault.Reply(429) },
            { "a closed connection", Fault.Close(acceptFirst: false) },
            { "a system error", Fault.Answer(-18) },
        };

    [Fact]
    public async Task A_gate_that_was_closed_by_a_clock_far_ahead_does_not_stay_closed_until_then()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        var ahead = new Shared
        {
            Account = shared.Account,
            Memory = shared.Memory,
            Clock = new FakeTimeProvider(shared.Now.AddDays(30)),
            Simulator = shared.Simulator,
        };
        shared.Simulator.Faults.Add(Fault.Answer(-10));
        await Shared.SubmitAsync(ahead.NewInstance(), "First");
        await Shared.SubmitAsync(instance, "Second");

        await shared.TickAsync(instance, Minute * 5, Minute);

        Assert.Equal(CampaignStates.Accepted, (await instance.Service.FindAsync("Second", Token))!.State);
    }

    [Theory]
    [MemberData(nameof(Outages))]
    public async Task An_outage_costs_one_attempt_at_a_time(string what, Fault fault)
    {
        await using var shared = await Shared.StartInMemoryAsync();
        var instance = shared.NewInstance();
        await PrepareAsync(shared, instance, 30);
        shared.Simulator.Faults.Add(fault with { Times = null });

        await instance.Service.RunDueAsync(Token);
        Assert.True(
            shared.Simulator.CreateCallsReceived <= shared.Options.MaxConcurrentCampaigns,
            $"{what}: {shared.Simulator.CreateCallsReceived} requests in the first tick"
        );
        await shared.TickAsync(instance, TimeSpan.FromHours(1), Minute);
        Assert.InRange(shared.Simulator.CreateCallsReceived, 5, 20); // a probe now and then

        shared.Simulator.Faults.Clear();
        await shared.TickAsync(instance, TimeSpan.FromHours(2), Minute);
        Assert.Equal(30, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task Connections_that_cannot_be_made_cost_one_attempt_at_a_time()
    {
        await using var shared = await Shared.StartAsync(storage);
        var unreachable = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = shared.Clock }, Token);
        await unreachable.DisposeAsync();
        var instance = shared.NewInstance(unreachable);
        await PrepareAsync(shared, instance, 12);

        await instance.Service.RunDueAsync(Token);

        var attempts = 0;
        for (var i = 0; i < 12; i++)
        {
            attempts += (await instance.Service.FindAsync(NameOf(i), Token))!.Tasks[0].Attempts;
        }

        Assert.InRange(attempts, 1, shared.Options.MaxConcurrentCampaigns);
    }

    [Theory]
    [InlineData(-10), InlineData(-1), InlineData(-2)]
    public async Task Tasks_that_alone_are_refused_do_not_keep_the_others_from_being_sent(int status)
    {
        await using var shared = await Shared.StartInMemoryAsync();
        var instance = shared.NewInstance();
        await PrepareAsync(shared, instance, 24);
        var refused = Enumerable.Range(0, 24).Where(i => i % 6 == 0).Select(NameOf).ToList();
        foreach (var name in refused)
        {
            shared.Simulator.Faults.Add(Fault.Answer(status) with { TaskName = name, Times = null });
        }

        await shared.TickAsync(instance, TimeSpan.FromHours(4), Minute);

        Assert.Equal(20, shared.Simulator.AcceptedTasks.Count);
        shared.Simulator.Faults.Clear();
        await shared.TickAsync(instance, TimeSpan.FromHours(1), Minute);
        Assert.Equal(24, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task When_a_hold_is_over_the_others_wait_for_its_probe_and_not_for_another_hold()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await PrepareAsync(shared, instance, 8);
        shared.Simulator.Faults.Add(Fault.Answer(-10) with { Times = shared.Options.MaxConcurrentCampaigns });
        await instance.Service.RunDueAsync(Token);
        Assert.Empty(shared.Simulator.AcceptedTasks);

        await shared.TickAsync(instance, shared.Options.HoldDuration + Minute * 4, Minute);

        Assert.Equal(8, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task A_probe_whose_answer_says_nothing_about_the_account_makes_room_for_another()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-10));
        shared.Simulator.Faults.Add(Fault.Answer(-16) with { Times = 2 }); // it is signed again once
        await Shared.SubmitAsync(instance, NameOf(0));

        await shared.TickAsync(instance, shared.Options.HoldDuration + Minute, Minute);
        Assert.Equal(3, shared.Simulator.CreateCallsReceived);
        Assert.Null((await instance.Account.FindCircuitAsync(Token))!.ProbeUntil);
        await shared.TickAsync(instance, Minute * 3, Minute); // less than the lease of a probe that died

        Assert.Single(shared.Simulator.AcceptedTasks);
    }

    [Fact]
    public async Task The_reason_of_a_hold_is_the_latest()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-10));
        shared.Simulator.Faults.Add(Fault.Answer(-13));
        await Shared.SubmitAsync(instance, NameOf(0));
        Assert.Contains("-10", (await instance.Account.FindCircuitAsync(Token))!.Reason, StringComparison.Ordinal);

        await shared.TickAsync(instance, shared.Options.HoldDuration + Minute);

        Assert.Contains("-13", (await instance.Service.FindAsync(NameOf(0), Token))!.NeedsAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_waits_for_an_open_circuit_costs_nothing_at_a_tick()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-10));
        await PrepareAsync(shared, instance, 12);
        await instance.Service.RunDueAsync(Token);
        await shared.TickAsync(instance, Minute);

        var before = instance.Gate.Requests;
        await shared.TickAsync(instance, Minute);

        Assert.InRange(instance.Gate.Requests - before, 1, 8);
    }

    [Fact]
    public async Task A_tick_takes_up_nothing_new_after_five_minutes()
    {
        await using var shared = await Shared.StartAsync(storage, concurrentCampaigns: 1);
        var instance = shared.NewInstance();
        await PrepareAsync(shared, instance, 6);
        var answerTime = TimeSpan.FromMinutes(3);
        shared.Simulator.Faults.Add(Fault.Late(answerTime, acceptFirst: false) with { Times = null });

        var tick = instance.Service.RunDueAsync(Token);
        for (var answered = 1; answered <= 2; answered++)
        {
            await Eventually.TrueAsync(() => shared.Simulator.Calls.Count(call => call.TaskName is not null) >= answered);
            shared.Clock.Advance(answerTime);
        }

        await tick.WaitAsync(Minute, Token);
        Assert.Equal(2, shared.Simulator.AcceptedTasks.Count);
    }

    private static string NameOf(int number) => string.Create(CultureInfo.InvariantCulture, $"due {number:00}");

    /// <summary>Campaigns that are all due at once.</summary>
    private static async Task PrepareAsync(Shared shared, Instance instance, int campaigns)
    {
        var submitAt = shared.Now.AddHours(1);
        for (var i = 0; i < campaigns; i++)
        {
            using var content = BinaryData
                .FromString(
                    Shared
                        .Campaign(NameOf(i), 2)
                        .Replace("\"agentId\"", $"\"delivery\":{{\"submitAt\":\"{submitAt:O}\"}},\"agentId\"", StringComparison.Ordinal)
                )
                .ToStream();
            var result = await instance.Service.SubmitAsync(new Submission(content, "http.json") { Length = 0 }, Token);
            Assert.Equal(CampaignStates.Waiting, result.Report.State);
        }

        shared.Clock.Advance(TimeSpan.FromHours(1));
    }
}
