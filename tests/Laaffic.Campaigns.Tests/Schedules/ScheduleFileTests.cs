using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Schedules;

namespace Laaffic.Campaigns.Tests.Schedules;

public sealed class ScheduleFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_schedule_may_say_everything()
    {
        var schedule = await ReadAsync(
            """
            {"every": ["Mon", "Tue", "Wed", "Thu", "Fri"], "at": ["09:00", "15:00"], "timeZone": "Asia/Taipei",
             "except": ["2027-01-01"], "newest": "overdue/", "profile": "a/reminders", "maxListAge": "20:00:00",
             "grace": "02:00:00", "sameListAgain": true, "enabled": true}
            """
        );

        Assert.Equal(
            ("Asia/Taipei", null, "overdue/", "a/reminders"),
            (schedule.Clock.Zone.Id, schedule.List, schedule.Newest, schedule.Profile)
        );
        Assert.Equal((TimeSpan.FromHours(20), TimeSpan.FromHours(2), true), (schedule.MaxListAge, schedule.Grace, schedule.SameListAgain));
        // Thursday the 31st; the 1st is left out, then comes a weekend.
        Assert.Equal(
            ["2026-12-31 09:00", "2026-12-31 15:00", "2027-01-04 09:00"],
            Next(schedule, new(2026, 12, 30, 15, 0, 0, TimeSpan.FromHours(8)), 3)
        );
    }

    [Fact]
    public async Task What_it_does_not_say_has_a_value()
    {
        var schedule = await ReadAsync("""{"at": "09:00", "list": "overdue.csv"}""");

        Assert.Equal(("UTC", "default", TimeSpan.FromHours(1)), (schedule.Clock.Zone.Id, schedule.Profile, schedule.Grace));
        Assert.Equal((false, true, null), (schedule.SameListAgain, schedule.Enabled, schedule.MaxListAge));
        Assert.Equal(["2027-01-02 09:00", "2027-01-03 09:00"], Next(schedule, new(2027, 1, 1, 9, 0, 0, TimeSpan.Zero), 2));
    }

    [Theory]
    [InlineData("0 9 * * MON-FRI", "2027-01-04 09:00")]
    [InlineData("0 9 L * *", "2027-01-31 09:00")]
    [InlineData("*/20 * * * *", "2027-01-02 00:20")]
    [InlineData("@daily", "2027-01-03 00:00")]
    public async Task A_schedule_may_be_an_expression(string cron, string next) =>
        Assert.Equal(
            [next],
            Next(await ReadAsync($$"""{"cron": "{{cron}}", "list": "a.csv"}"""), new(2027, 1, 2, 0, 0, 0, TimeSpan.Zero), 1)
        );

    [Theory]
    [InlineData("20:00:00", 20), InlineData("02:00", 2), InlineData("1.12:00:00", 36), InlineData("24:00:00", 24), InlineData("36:00", 36)]
    public async Task A_duration_may_have_days_or_more_hours_than_a_day(string written, int hours) =>
        Assert.Equal(
            TimeSpan.FromHours(hours),
            (await ReadAsync($$"""{"at": ["09:00"], "list": "a.csv", "maxListAge": "{{written}}"}""")).MaxListAge
        );

    /// <summary>With summer time from 2 to 3 on 28 March, and 3 to 2 on 31 October.</summary>
    [Theory]
    [InlineData("\"at\": [\"02:30\"]", "2027-03-27T12:00Z", "2027-03-28T01:00Z", "2027-03-29T00:30Z")]
    [InlineData("\"at\": [\"02:30\", \"03:00\"]", "2027-03-27T12:00Z", "2027-03-28T01:00Z", "2027-03-29T00:30Z")]
    [InlineData("\"at\": [\"02:30\"]", "2027-10-30T12:00Z", "2027-10-31T00:30Z", "2027-11-01T01:30Z")]
    [InlineData("\"cron\": \"30 2 * * *\"", "2027-10-30T12:00Z", "2027-10-31T00:30Z", "2027-11-01T01:30Z")]
    [InlineData("\"cron\": \"30 * * * *\"", "2027-10-30T23:30Z", "2027-10-31T00:30Z", "2027-10-31T01:30Z")]
    public async Task When_the_clocks_change_each_time_comes_as_the_documents_say(string times, string after, string first, string second)
    {
        var schedule = await ReadAsync($$"""{ {{times}}, "timeZone": "Europe/Berlin", "list": "a.csv"}""");

        var next = schedule.FindNext(Instant(after))!.Value;
        Assert.Equal(Instant(first), next);
        Assert.Equal(Instant(second), schedule.FindNext(next));

        static DateTimeOffset Instant(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Theory]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "atz": 1}""", "atz", 1, "did you mean at?")]
    [InlineData("{\"at\": [\"09:00\"],\n\"list\": \"a.csv\",\n\"numberInfoList\": []}", "numberInfoList", 3, "unknown field")]
    [InlineData("""{"list": "a.csv"}""", "at", null, "is missing")]
    [InlineData("{\"list\": \"a.csv\",\n\"at\": [\"9:00\"]}", "at", 2, "not '9:00'")]
    [InlineData("""{"list": "a.csv", "at": []}""", "at", 1, "not empty")]
    [InlineData("""{"list": "a.csv", "at": ["24:00"]}""", "at", 1, "not '24:00'")]
    [InlineData("""{"list": "a.csv", "at": ["09:00"], "every": ["Monday"]}""", "every", 1, "such as \"Mon\"")]
    [InlineData("""{"list": "a.csv", "at": ["09:00"], "every": []}""", "every", 1, "not empty")]
    [InlineData("""{"list": "a.csv", "at": ["09:00"], "cron": "0 9 * * *"}""", "at", 1, "stands beside cron")]
    [InlineData("""{"list": "a.csv", "cron": "0 0 9 * * *"}""", "cron", 1, "five fields")]
    [InlineData("""{"list": "a.csv", "cron": "H 9 * * *"}""", "cron", 1, "five fields")]
    [InlineData("""{"list": "a.csv", "cron": 9}""", "cron", 1, "five fields")]
    [InlineData("""{"list": "a.csv", "cron": "0 0 30 2 *"}""", "cron", null, "no such time")]
    [InlineData("""{"list": "a.csv", "at": ["09:00"], "timeZone": "CST"}""", "timeZone", 1, "no time zone")]
    [InlineData("""{"list": "a.csv", "at": ["09:00"], "timeZone": "Asia/Taipeh"}""", "timeZone", 1, "no time zone")]
    [InlineData("""{"list": "a.csv", "at": ["09:00"], "except": ["1.1.2027"]}""", "except", 1, "2027-01-01")]
    [InlineData("""{"list": "a.csv", "at": ["09:00"], "except": ["2027-02-29"]}""", "except", 1, "not '2027-02-29'")]
    [InlineData("""{"at": ["09:00"]}""", "list", null, "is missing")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "newest": "b/"}""", "list", 1, "stands beside newest")]
    [InlineData("""{"at": ["09:00"], "list": "a/"}""", "list", 1, "path of a list")]
    [InlineData("""{"at": ["09:00"], "newest": "a"}""", "newest", 1, "slash at its end")]
    [InlineData("""{"at": ["09:00"], "list": "../a.csv"}""", "list", 1, "path of a list")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "profile": "../x"}""", "profile", 1, "cannot be a profile's name")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "grace": "2h"}""", "grace", 1, "02:00:00")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "grace": "2"}""", "grace", 1, "02:00:00")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "grace": "8.00:00:00"}""", "grace", 1, "to 7 days")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "maxListAge": "-20:00:00"}""", "maxListAge", 1, "must be a duration")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "maxListAge": "24"}""", "maxListAge", 1, "must be a duration")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "maxListAge": "24:60:00"}""", "maxListAge", 1, "must be a duration")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "maxListAge": "1.24:00:00"}""", "maxListAge", 1, "must be a duration")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "maxListAge": "99999999999:00"}""", "maxListAge", 1, "must be a duration")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "maxListAge": "24:0:0"}""", "maxListAge", 1, "must be a duration")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "maxListAge": "87600:00:01"}""", "maxListAge", 1, "must be a duration")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv", "enabled": "yes"}""", "enabled", 1, "true or false")]
    [InlineData("""[]""", null, 1, "must hold one JSON object")]
    [InlineData("""{"at": ["09:00"], "list": "a.csv",}""", null, 1, "a comma too many")]
    [InlineData("", null, 1, "The file is empty")]
    [InlineData("{\"at\": [\"09:00\"], \"list\": \"a.csv\"} {}", null, 1, "after the end")]
    public async Task What_is_wrong_is_said_with_its_field_and_line(string text, string? field, int? line, string message)
    {
        var errors = new CampaignErrors();

        Assert.Null(await ScheduleFile.ReadAsync(text, TimeZoneInfo.Utc, errors, Token));

        var error = Assert.Single(errors.List);
        Assert.Equal((field, line), (error.Field, error.Line));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    internal static async Task<Schedule> ReadAsync(string text)
    {
        var errors = new CampaignErrors();
        var schedule = await ScheduleFile.ReadAsync(text, TimeZoneInfo.Utc, errors, Token);
        Assert.Empty(errors.List);
        return schedule!;
    }

    private static IEnumerable<string> Next(Schedule schedule, DateTimeOffset after, int count)
    {
        for (var i = 0; i < count; i++)
        {
            after = schedule.FindNext(after)!.Value;
            yield return after.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture);
        }
    }
}
