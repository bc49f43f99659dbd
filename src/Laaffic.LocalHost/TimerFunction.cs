using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NCrontab;

namespace Laaffic.LocalHost;

/// <summary>
/// Calls a function on its schedule, in UTC as Azure does by default. There is one call at a time: an occurrence that
/// falls into a call is skipped.
/// </summary>
internal sealed class TimerFunction(
    Function function,
    CrontabSchedule schedule,
    bool runOnStartup,
    IServiceProvider services,
    TimeProvider time,
    ILogger logger
) : BackgroundService
{
    // Timers cannot wait for more than some weeks.
    private static readonly TimeSpan LongestDelay = TimeSpan.FromDays(1);

    /// <summary>Reads an NCRONTAB schedule: five fields, or six with seconds first.</summary>
    /// <exception cref="InvalidOperationException">It is not one.</exception>
    public static CrontabSchedule Parse(string expression, string functionName)
    {
        var fields = expression.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Length;
        return CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = fields == 6 })
            ?? throw new InvalidOperationException(
                $"The schedule '{expression}' of the timer function {functionName} is not an NCRONTAB expression such as '0 * * * * "
                    + $"*' (second minute hour day month weekday)."
            );
    }

    /// <inheritdoc />
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (runOnStartup)
        {
            await CallAsync(default, stoppingToken);
        }

        while (!stoppingToken.IsCancellationRequested)
        {
            var next = schedule.GetNextOccurrence(time.GetUtcNow().UtcDateTime);
            try
            {
                TimeSpan left;
                while ((left = next - time.GetUtcNow().UtcDateTime) > TimeSpan.Zero)
                {
                    await Task.Delay(left < LongestDelay ? left : LongestDelay, time, stoppingToken);
                }
            }
            catch (OperationCanceledException)
            {
                return;
            }

            await CallAsync(next, stoppingToken);
        }
    }

    private async Task CallAsync(DateTime occurrence, CancellationToken stoppingToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var timer = new TimerInfo
        {
            ScheduleStatus = new ScheduleStatus
            {
                Last = occurrence,
                Next = schedule.GetNextOccurrence(now),
                LastUpdated = now,
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
