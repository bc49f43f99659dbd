using System.Diagnostics.CodeAnalysis;
using NCrontab;

namespace Laaffic.Campaigns.Ticks;

/// <summary>When a timer runs, in UTC, as the Functions host reads it.</summary>
public sealed class TickSchedule : IEquatable<TickSchedule>
{
    private readonly CrontabSchedule _schedule;

    private TickSchedule(string expression, CrontabSchedule schedule) => (Expression, _schedule) = (expression, schedule);

    /// <summary>As it was written.</summary>
    public string Expression { get; }

    /// <summary>Reads an NCRONTAB expression of six fields, second minute hour day month weekday.</summary>
    /// <returns>False if it is none.</returns>
    public static bool TryParse(string? expression, [NotNullWhen(true)] out TickSchedule? schedule)
    {
        schedule =
            expression is not null
            && CrontabSchedule.TryParse(expression, new CrontabSchedule.ParseOptions { IncludingSeconds = true }) is { } parsed
            && parsed.GetNextOccurrence(DateTime.UnixEpoch) < DateTime.MaxValue
                ? new(expression, parsed)
                : null;
        return schedule is not null;
    }

    /// <inheritdoc/>
    public bool Equals(TickSchedule? other) => other?.Expression == Expression;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as TickSchedule);

    /// <inheritdoc/>
    public override int GetHashCode() => StringComparer.Ordinal.GetHashCode(Expression);

    /// <summary>When the timer will have run so many times since then.</summary>
    /// <param name="since">Occurrences after this count, not one at this very time.</param>
    /// <param name="times">How often, from 1.</param>
    public DateTimeOffset OccurrenceAfter(DateTimeOffset since, int times = 1)
    {
        var next = since.UtcDateTime;
        for (var i = 0; i < times; i++)
        {
            next = _schedule.GetNextOccurrence(next);
        }

        return new(next, TimeSpan.Zero);
    }
}
