using System.Collections.Concurrent;
using System.Globalization;
using Cronos;
using CsCheck;
using Laaffic.Campaigns.Schedules;

namespace Laaffic.Campaigns.Tests.Schedules;

/// <summary>Occurrences over ten years against a simple reading: each stretch of time that has one offset, each day of it, each time.</summary>
public sealed class ScheduleTimesTests
{
    /// <summary>
    /// With and without summer time, of half an hour, at midnight, over the date line; and those where winter is the exception, or the
    /// month of Ramadan.
    /// </summary>
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
        "Europe/Dublin",
        "Africa/Casablanca",
        "Africa/El_Aaiun",
        "America/Nuuk",
        "Asia/Gaza",
    ];

    private static readonly ConcurrentDictionary<string, List<Stretch>> Stretches = [];

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

                    var expected = OccurrencesIn(zone, begin, end, countTwice: false, local => IsOne(local))
                        .Where(at => !left.Contains(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, place).DateTime)));

                    List<DateTimeOffset> found = [];
                    for (var at = schedule.FindNext(begin); at <= end; at = schedule.FindNext(at.Value))
                    {
                        found.Add(at.Value.ToUniversalTime());
                    }

                    Assert.Equal(expected, found);

                    bool IsOne(DateTime local) =>
                        every.Contains((int)local.DayOfWeek)
                        && times.Exists(time => (time.Item1, time.Item2) == (local.Hour, local.Minute));
                },
                iter: 30
            );
    }

    [Theory]
    [InlineData("0 * * * *", true)]
    [InlineData("@hourly", true)]
    [InlineData("@Hourly", true)]
    [InlineData("15,45 0-3 * * *", true)]
    [InlineData("30 0/1 * * SUN", true)]
    [InlineData("15,45 1,2 * * *", false)]
    public void Those_of_an_interval_count_twice_when_the_clocks_go_back(string cron, bool countTwice)
    {
        var begin = new DateTimeOffset(2027, 1, 2, 0, 0, 0, TimeSpan.Zero);
        foreach (var zone in Zones)
        {
            var schedule = Read($$"""{"cron": "{{cron}}", "timeZone": "{{zone}}", "list": "a.csv"}""");
            var expression = CronExpression.Parse(cron);

            var expected = OccurrencesIn(zone, begin, begin.AddYears(1), countTwice, IsOne);

            List<DateTimeOffset> found = [];
            for (var at = schedule.FindNext(begin); at <= begin.AddYears(1); at = schedule.FindNext(at.Value))
            {
                found.Add(at.Value.ToUniversalTime());
            }

            Assert.True(expected.SequenceEqual(found), $"{zone}: {expected.Except(found).Concat(found.Except(expected)).FirstOrDefault()}");

            bool IsOne(DateTime local) =>
                expression.GetNextOccurrence(DateTime.SpecifyKind(local, DateTimeKind.Utc), inclusive: true) == local;
        }
    }

    [Theory]
    [InlineData("Europe/Dublin", "01:30", "2027-03-28T00:59:00Z", "2027-03-28T01:00:00Z")]
    [InlineData("Europe/Dublin", "01:30", "2027-10-30T23:00:00Z", "2027-10-31T00:30:00Z")]
    [InlineData("Africa/Casablanca", "02:30", "2027-02-06T23:00:00Z", "2027-02-07T01:30:00Z")]
    [InlineData("Africa/Casablanca", "02:30", "2027-03-13T23:00:00Z", "2027-03-14T02:00:00Z")]
    [InlineData("Pacific/Apia", "09:00", "2011-12-30T00:00:00Z", "2011-12-30T10:00:00Z")]
    public void Changes_are_those_of_the_time_zone_database(string zone, string at, DateTimeOffset after, DateTimeOffset next)
    {
        var schedule = Read($$"""{"at": ["{{at}}"], "timeZone": "{{zone}}", "list": "a.csv"}""");

        Assert.Equal(next, schedule.FindNext(after));
    }

    [Fact]
    public void Where_Cronos_is_right_they_are_those_of_Cronos()
    {
        Gen.Select(
                Gen.OneOf("Asia/Taipei", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe"),
                Gen.OneOf("0", "*/20", "5,35", "10-12", "*"),
                Gen.OneOf("*", "2", "1-3", "0/2", "1,2,23"),
                Gen.OneOf("* * *", "L * *", "1W * *", "29 * *", "*/9 * SUN", "* 3,10 SUN", "* 4/6 *", "* * MON#1"),
                Gen.Int[0, 5_000_000]
            )
            .Sample(
                (zone, minute, hour, days, minutes) =>
                {
                    var cron = $"{minute} {hour} {days}";
                    var place = TimeZoneInfo.FindSystemTimeZoneById(zone);
                    var schedule = Read($$"""{"cron": "{{cron}}", "timeZone": "{{zone}}", "list": "a.csv"}""");
                    var at = new DateTimeOffset(2024, 1, 2, 0, 0, 0, TimeSpan.Zero).AddMinutes(minutes);
                    for (var i = 0; i < 100; i++)
                    {
                        var next = CronExpression.Parse(cron).GetNextOccurrence(at, place);
                        Assert.Equal(next, schedule.FindNext(at));
                        at = next!.Value;
                    }
                },
                iter: 100
            );
    }

    [Fact]
    public void Thousands_of_days_without_are_skipped_at_once()
    {
        var days = Enumerable.Range(0, 2000).Select(day => $"\"{new DateOnly(2026, 1, 1).AddDays(day):yyyy-MM-dd}\"");
        var schedule = Read(
            $$"""{"cron": "* * * * *", "timeZone": "Europe/Dublin", "except": [{{string.Join(',', days)}}], "list": "a.csv"}"""
        );
        var looked = 0;
        var counting = schedule with { Times = new CountedTimes(schedule.Times, () => looked++) };

        Assert.Equal(new DateTime(2031, 6, 24), counting.FindNext(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero))!.Value.DateTime);
        Assert.InRange(looked, 2000, 2010);
    }

    private sealed record CountedTimes(WallTimes Times, Action OnLook) : WallTimes
    {
        public override bool CountTwice => Times.CountTwice;

        public override DateTime? FindFrom(DateTime wall)
        {
            OnLook();
            return Times.FindFrom(wall);
        }
    }

    private static Campaigns.Schedules.Schedule Read(string zone, List<int> every, List<(int, int)> times, HashSet<DateOnly> except) =>
        Read(
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
        );

    private static Campaigns.Schedules.Schedule Read(string text) => ScheduleFileTests.ReadAsync(text).GetAwaiter().GetResult();

    /// <summary>A time that does not exist is the moment of the change; of one that exists twice the first, or both.</summary>
    private static List<DateTimeOffset> OccurrencesIn(
        string zone,
        DateTimeOffset begin,
        DateTimeOffset end,
        bool countTwice,
        Func<DateTime, bool> isOne
    )
    {
        SortedSet<DateTimeOffset> found = [];
        DateTime? shown = null;
        foreach (var (from, to, offset) in Stretches.GetOrAdd(zone, StretchesOf))
        {
            var local = from.UtcDateTime + offset;
            for (var skipped = shown ?? local; skipped < local; skipped = skipped.AddMinutes(1))
            {
                Add(skipped, from);
            }

            var last = to.UtcDateTime + offset;
            if (to < begin || from > end)
            {
                shown = last;
                continue;
            }

            for (; local < last; local = local.AddMinutes(1))
            {
                if (countTwice || shown is null || local >= shown)
                {
                    Add(local, new DateTimeOffset(local.Ticks, offset).ToUniversalTime());
                }
            }

            shown = last;
        }

        return [.. found];

        void Add(DateTime local, DateTimeOffset at)
        {
            if (at > begin && at <= end && isOne(local))
            {
                found.Add(at);
            }
        }
    }

    /// <summary>All offsets of a zone, one after the other.</summary>
    private static List<Stretch> StretchesOf(string zone)
    {
        var place = TimeZoneInfo.FindSystemTimeZoneById(zone);
        var end = new DateTimeOffset(2035, 1, 1, 0, 0, 0, TimeSpan.Zero);
        List<Stretch> stretches = [];
        var from = new DateTimeOffset(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var offset = place.GetUtcOffset(from);
        for (var at = from; at < end; at = at.AddMinutes(15))
        {
            if (place.GetUtcOffset(at) is var other && other != offset)
            {
                stretches.Add(new(from, at, offset));
                (from, offset) = (at, other);
            }
        }

        return [.. stretches, new(from, end, offset)];
    }

    /// <summary>A time in which a zone has one offset.</summary>
    private sealed record Stretch(DateTimeOffset From, DateTimeOffset To, TimeSpan Offset);
}
