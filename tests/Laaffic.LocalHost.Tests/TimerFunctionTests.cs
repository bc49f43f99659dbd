using System.Globalization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.LocalHost.Tests;

public sealed class TimerFunctionTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 30, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly CallLog _log = new();
    private readonly Gate _gate = new();

    [Fact]
    public async Task A_timer_is_called_at_each_occurrence_of_the_schedule_that_a_setting_names()
    {
        _gate.Open();
        await using var host = await StartAsync(typeof(Minutely), "0 * * * * *");
        Assert.Empty(_log.Calls);

        await Wait.UntilAsync(() => _log.Calls.Count >= 3, meanwhile: () => _time.Advance(TimeSpan.FromSeconds(10)));

        // How many minutes go by between two calls depends on how fast this clock runs for the host.
        var occurrences = _log.Calls.Select(call => DateTime.Parse(call, CultureInfo.InvariantCulture)).ToArray();
        Assert.All(occurrences, occurrence => Assert.Equal(0, occurrence.Second));
        Assert.Equal(occurrences.Order().Distinct(), occurrences);
        Assert.InRange(occurrences[0], Start.UtcDateTime, _time.GetUtcNow().UtcDateTime);
    }

    [Fact]
    public async Task An_occurrence_that_falls_into_a_call_is_skipped()
    {
        await using var host = await StartAsync(typeof(Minutely), "0 * * * * *");
        await Wait.UntilAsync(() => _log.Calls.Count == 1, meanwhile: () => _time.Advance(TimeSpan.FromSeconds(10)));

        _time.Advance(TimeSpan.FromMinutes(10));
        var released = _time.GetUtcNow().UtcDateTime;
        _gate.Open();
        await Wait.UntilAsync(() => _log.Calls.Count == 2, meanwhile: () => _time.Advance(TimeSpan.FromSeconds(10)));

        Assert.Equal(1, _log.MostAtOnce);
        Assert.True(DateTime.Parse(_log.Calls.Last(), CultureInfo.InvariantCulture) > released);
    }

    [Fact]
    public async Task A_timer_that_fails_is_called_again_on_schedule()
    {
        await using var host = await StartAsync(typeof(Failing), "*/5 * * * * *");

        await Wait.UntilAsync(() => _log.Count("failing") >= 3, meanwhile: () => _time.Advance(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public async Task A_schedule_far_away_can_be_waited_for()
    {
        _gate.Open();
        await using var host = await StartAsync(typeof(Minutely), "0 0 0 1 1 *");

        await Wait.UntilAsync(() => !_log.Calls.IsEmpty, meanwhile: () => _time.Advance(TimeSpan.FromDays(7)));

        Assert.Equal("2027-01-01 00:00:00", _log.Calls.First());
    }

    [Theory]
    [InlineData(null, "The setting TestSchedule, which the function Minutely needs, is not set.")]
    [InlineData("every minute", "The schedule 'every minute' of the timer function Minutely is not an NCRONTAB expression")]
    [InlineData("* * * * *", "The schedule '* * * * *' of the timer function Minutely is not an NCRONTAB expression of six fields")]
    [InlineData("0 61 * * * *", "The schedule '0 61 * * * *' of the timer function Minutely is not an NCRONTAB expression")]
    public async Task A_missing_or_bad_schedule_ends_the_start_with_its_name(string? schedule, string message)
    {
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync(typeof(Minutely), schedule));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
    }

    private Task<FunctionHost> StartAsync(Type functions, string? schedule) =>
        FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Configuration = new ConfigurationBuilder().AddInMemoryCollection([new("TestSchedule", schedule)]).Build(),
                Functions = [functions],
                Services = (services, _) => services.AddSingleton(_log).AddSingleton(_gate),
                Time = _time,
            },
            TestContext.Current.CancellationToken
        );

    public sealed class Minutely(CallLog log, Gate gate)
    {
        [Function("Minutely")]
        public Task Run([TimerTrigger("%TestSchedule%")] TimerInfo timer, CancellationToken cancellationToken) =>
            log.RunAsync(
                timer.ScheduleStatus!.Last.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
                () => gate.Passed.WaitAsync(cancellationToken)
            );
    }

    public sealed class Failing(CallLog log)
    {
        [Function("Failing")]
        public Task Run([TimerTrigger("%TestSchedule%")] TimerInfo timer) =>
            log.RunAsync("failing", () => throw new InvalidOperationException(timer.IsPastDue ? "late" : "on time"));
    }
}
