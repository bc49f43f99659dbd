using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Campaigns.Ticks;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Ticks;

public sealed class TickMonitorTests(StorageFixture storage)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_timer_that_never_ran_is_told_after_ten_of_its_intervals()
    {
        await using var shared = await StartAsync("0 * * * * *");
        var instance = shared.NewInstance();
        Assert.True((await instance.Service.CheckAsync(Token)).IsHealthy);

        shared.Clock.Advance(Minute * 9);
        Assert.True((await instance.Service.CheckAsync(Token)).IsHealthy);

        shared.Clock.Advance(Minute);
        var health = await instance.Service.CheckAsync(Token);
        Assert.False(health.IsHealthy);
        Assert.Contains("The timer has not run since", health.Timer, StringComparison.Ordinal);
        Assert.Contains("'0 * * * * *'", health.Timer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_timer_that_runs_in_whatever_instance_is_well_and_one_that_stops_is_told_everywhere()
    {
        await using var shared = await StartAsync("0 */5 * * * *");
        var (ticking, other) = (shared.NewInstance(), shared.NewInstance());
        for (var tick = 0; tick < 12; tick++)
        {
            await shared.TickAsync(ticking, Minute * 5);
        }

        Assert.True((await other.Service.CheckAsync(Token)).IsHealthy);
        shared.Clock.Advance(Minute * 51);
        Assert.NotNull((await other.Service.CheckAsync(Token)).Timer);

        await ticking.Service.RunDueAsync(Token);
        Assert.True((await other.Service.CheckAsync(Token)).IsHealthy);
    }

    [Fact]
    public async Task An_app_that_starts_after_a_long_stop_is_not_ill_before_its_timer_could_run()
    {
        await using var shared = await StartAsync("0 * * * * *");
        await shared.NewInstance().Service.RunDueAsync(Token);
        shared.Clock.Advance(TimeSpan.FromDays(3));
        var started = shared.NewInstance();

        Assert.True((await started.Service.CheckAsync(Token)).IsHealthy);
        shared.Clock.Advance(Minute * 2);
        Assert.False((await started.Service.CheckAsync(Token)).IsHealthy);
    }

    [Fact]
    public async Task A_tick_that_takes_long_is_still_at_work()
    {
        await using var shared = await StartAsync("*/5 * * * * *");
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Late(Minute * 3, acceptFirst: true));
        await shared.SubmitLaterAsync(instance, "Long", Minute);
        shared.Clock.Advance(Minute);
        var tick = instance.Service.RunDueAsync(Token);
        await Eventually.TrueAsync(() => shared.Simulator.CreateCallsReceived == 1);

        for (var step = 0; step < 15; step++)
        {
            shared.Clock.Advance(TimeSpan.FromSeconds(10));
            while (
                (await instance.Part<LedgerTable>().FindAsync<TickRow>(LedgerKeys.Tick, Token))!.LastSeenAt
                < shared.Now - TimeSpan.FromSeconds(50)
            )
            {
                await Task.Delay(10, Token);
            }
        }

        Assert.Null((await instance.Service.CheckAsync(Token)).Timer);
        shared.Clock.Advance(Minute * 3);
        await tick.WaitAsync(Minute, Token);
    }

    private Task<Shared> StartAsync(string schedule) =>
        Shared.StartAsync(
            storage,
            schedule: TickSchedule.TryParse(schedule, out var parsed) ? parsed : throw new FormatException(schedule)
        );
}
