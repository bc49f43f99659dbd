using System.Globalization;
using System.Text.Json;
using Laaffic.Campaigns.Reports;
using Spectre.Console;

namespace Laaffic.LocalHost;

/// <summary>Shows the schedules that were dropped, and when they make their next campaigns.</summary>
internal static class ScheduleLines
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);

    /// <summary>The timer takes them in: it does so within seconds.</summary>
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(30);

    /// <summary>Reads them once the timer has taken them in.</summary>
    /// <param name="api">The address of the HTTP functions.</param>
    /// <param name="count">How many there are at least.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public static async Task<IReadOnlyList<ScheduleReport>> ReadAsync(Uri api, int count, CancellationToken cancellationToken)
    {
        if (count == 0)
        {
            return [];
        }

        using var http = new HttpClient { BaseAddress = api };
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var answer = await http.GetStringAsync(new Uri("schedules", UriKind.Relative), cancellationToken);
            var schedules = JsonSerializer.Deserialize(answer, ReportJson.Default.ScheduleReports)!.Schedules;
            if (schedules.Count >= count || TimeProvider.System.GetElapsedTime(began) > MaxWait)
            {
                return schedules;
            }

            await Task.Delay(LookEvery, cancellationToken);
        }
    }

    /// <summary>Writes a line for each, and what is wrong with it.</summary>
    public static void Write(IReadOnlyList<ScheduleReport> schedules, IAnsiConsole output)
    {
        if (schedules.Count > 0)
        {
            output.WritePlainLines("");
        }

        foreach (var schedule in schedules)
        {
            output.WritePlainLines(
                schedule.Next.Count == 0
                    ? $"Schedule {schedule.Name}: {schedule.State}."
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"Schedule {schedule.Name}: next {schedule.Next[0]:ddd yyyy-MM-dd HH:mm} in {schedule.TimeZone}, of lists/{schedule.List}"
                    )
            );
            foreach (var error in schedule.Errors)
            {
                output.WritePlainLines(
                    $"  line {error.Line?.ToString(CultureInfo.InvariantCulture) ?? "-"}, {error.Field ?? "-"}: {error.Message}"
                );
            }
        }
    }
}
