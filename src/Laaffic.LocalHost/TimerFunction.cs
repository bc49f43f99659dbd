using Laaffic.Campaigns.Ticks;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Laaffic.LocalHost;

/// <summary>
/// Calls a function on its schedule, in UTC as Azure does by default. There is one call at a time: an occurrence that
/// falls into a call is skipped.
/// </summary>
internal sealed class TimerFunction(
    Function function,
    TickSchedule schedule,
    bool runOnStartup,
    IServiceProvider services,
    TimeProvider time,
    ILogger logger
) : BackgroundService
{
    // Timers cannot wait for more than some weeks.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>Reads a timer's schedule.</summary>
    /// <exception cref="InvalidOperationException">Azure would not take it.</exception>
    public static TickSchedule Parse(string expression, string functionName) =>
        TickSchedule.TryParse(expression, out var schedule)
            ? schedule
            : throw new InvalidOperationException(
                $"The schedule '{expression}' of the timer function {functionName} is not an NCRONTAB expression of six fields (second "
                    + "minute hour day month weekday), such as '0 * * * * *' for every minute."
            );

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (runOnStartup)
        {
            await CallAsync(default, stoppingToken);
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            var next = schedule.OccurrenceAfter(time.GetUtcNow());
            try
            {
                TimeSpan left;
                while ((left = next - time.GetUtcNow()) > TimeSpan.Zero)
                {
                    await Task.Delay(left < LongestDelay ? left : LongestDelay, time, stoppingToken);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await CallAsync(next.UtcDateTime, stoppingToken);
        }
    }

    private async Task CallAsync(DateTime occurrence, CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow();
        var timer = new TimerInfo
        {
            ScheduleStatus = new ScheduleStatus
            {
                Last = occurrence,
                Next = schedule.OccurrenceAfter(now).UtcDateTime,
                LastUpdated = now.UtcDateTime,
            },
        };
        try
        {
            await function.InvokeAsync(services, timer, _ => null, logger, stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
        catch (Exception e)
        {
            logger.FunctionFailed(e, function.Name, "it is called again on schedule");
        }
    }
}
