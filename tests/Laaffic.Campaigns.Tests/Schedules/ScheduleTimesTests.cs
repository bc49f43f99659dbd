using System.Globalization;
using CsCheck;

namespace Laaffic.Campaigns.Tests.Schedules;

/// <summary>Occurrences over ten years against a simple reading: each day, each time, the clock as it is there.</summary>
public sealed class ScheduleTimesTests
{
    /// <summary>With and without summer time, of half an hour, at midnight, over the date line.</summary>
    private static readonly string[] Zones =
    [
        "UTC",
        "Asia/Taipei",
        "Asia/Kolkata",
        "Europe/Berlin",
        "America/New_York",
        "America/St_Johns",
        "America/Santiago",
        "Australia/Lord_Howe",
        "Africa/Cairo",
        "Pacific/Apia",
        "Pacific/Chatham",
    ];

    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];

    [Fact]
    public void They_are_those_of_a_simple_reading()
    {
        var first = new DateOnly(2024, 1, 1);
        Gen.Select(
                Gen.OneOf(Zones),
                Gen.Int[1, 127],
                Gen.Select(Gen.Frequency((2, Gen.Int[0, 3]), (1, Gen.Int[0, 23])), Gen.OneOf(0, 15, 30, 59)).List[1, 4],
                Gen.Int[0, 3650].List[0, 5]
            )
            .Sample(
                (zone, days, times, except) =>
                {
                    var place = TimeZoneInfo.FindSystemTimeZoneById(zone);
                    var every = Enumerable.Range(0, 7).Where(day => (days >> day & 1) == 1).ToList();
                    var left = except.Select(day => first.AddDays(day)).ToHashSet();
                    var schedule = Read(zone, every, times, left);
                    var begin = new DateTimeOffset(first.ToDateTime(TimeOnly.MinValue), TimeSpan.Zero).AddDays(2);
                    var end = begin.AddYears(10);

                    var expected = Enumerable
                        .Range(0, 3660)
                        .Select(day => first.AddDays(day))
                        .Where(day => every.Contains((int)day.DayOfWeek))
                        .SelectMany(day => times.Select(time => InstantOf(place, day.ToDateTime(new TimeOnly(time.Item1, time.Item2)))))
                        .Where(at => !left.Contains(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, place).DateTime)))
                        .Where(at => at > begin && at <= end)
                        .Distinct()
                        .Order();

                    List<DateTimeOffset> found = [];
                    for (var at = schedule.FindNext(begin); at <= end; at = schedule.FindNext(at.Value))
                    {
                        found.Add(at.Value.ToUniversalTime());
                    }

                    Assert.Equal(expected, found);
                },
                iter: 8
            );
    }

    private static Campaigns.Schedules.Schedule Read(string zone, List<int> every, List<(int, int)> times, HashSet<DateOnly> except) =>
        ScheduleFileTests
            .ReadAsync(
                $$"""
                {"every": [{{string.Join(',', every.Select(day => $"\"{Days[day]}\""))}}],
                 "at": [{{string.Join(
                    ',',
                    times.Select(time => string.Create(CultureInfo.InvariantCulture, $"\"{time.Item1:00}:{time.Item2:00}\""))
                )}}],
                 "except": [{{string.Join(
                    ',',
                    except.Select(day => string.Create(CultureInfo.InvariantCulture, $"\"{day:yyyy-MM-dd}\""))
                )}}],
                 "timeZone": "{{zone}}", "list": "a.csv"}
                """
            )
            .GetAwaiter()
            .GetResult();

    /// <summary>A time that does not exist is the moment of the change; of one that exists twice the first.</summary>
    private static DateTimeOffset InstantOf(TimeZoneInfo zone, DateTime local)
    {
        if (zone.IsInvalidTime(local))
        {
            while (zone.IsInvalidTime(local))
            {
                local = local.AddMinutes(1);
            }
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
