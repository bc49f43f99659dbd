using Cronos;

namespace Laaffic.Campaigns.Schedules;

/// <summary>The times of a schedule as a clock on the wall shows them, in whole minutes.</summary>
internal abstract record WallTimes
{
    /// <summary>Whether a time that the clock shows twice counts both times.</summary>
    public abstract bool CountTwice { get; }

    /// <summary>The first one from a time on; null if there is none.</summary>
    public abstract DateTime? FindFrom(DateTime wall);
}

/// <summary>Times of day on days of the week.</summary>
/// <param name="Times">The times of day, in order.</param>
/// <param name="Days">The days; at least one.</param>
internal sealed record DailyTimes(IReadOnlyList<TimeOnly> Times, IReadOnlySet<DayOfWeek> Days) : WallTimes
{
    /// <inheritdoc/>
    public override bool CountTwice => false;

    /// <inheritdoc/>
    public override DateTime? FindFrom(DateTime wall)
    {
        if (Times.Count == 0 || Days.Count == 0)
        {
            return null;
        }

        var day = wall.Date;
        if (Days.Contains(day.DayOfWeek))
        {
            foreach (var time in Times)
            {
                if (day + time.ToTimeSpan() >= wall)
                {
                    return day + time.ToTimeSpan();
                }
            }
        }

        do
        {
            day = day.AddDays(1);
        } while (!Days.Contains(day.DayOfWeek));
        return day + Times[0].ToTimeSpan();
    }
}

/// <summary>The times of an expression.</summary>
/// <param name="Expression">The expression.</param>
/// <param name="Text">It as it is written.</param>
internal sealed record CronTimes(CronExpression Expression, string Text) : WallTimes
{
    /// <summary>As Cronos documents it: those of intervals do, that is, with a * or ?, a range or a step for the minute or the hour.</summary>
    public override bool CountTwice { get; } =
        Text.Trim().Equals("@hourly", StringComparison.OrdinalIgnoreCase)
        || Text.Trim().Equals("@every_minute", StringComparison.OrdinalIgnoreCase)
        || Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Take(2).Any(field => field.AsSpan().ContainsAny("*?-/"));

    /// <inheritdoc/>
    public override DateTime? FindFrom(DateTime wall) =>
        Expression.GetNextOccurrence(DateTime.SpecifyKind(wall, DateTimeKind.Utc), inclusive: true);
}
