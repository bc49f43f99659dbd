using System.Globalization;
using System.Text;
using System.Text.Json;
using Cronos;
using Laaffic.Api;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns.Schedules;

/// <summary>Reads the files of the container <c>schedules</c>.</summary>
internal static class ScheduleFile
{
    /// <summary>The most characters that one may have: it is kept in the ledger.</summary>
    public const int MaxLength = 30_000;

    private const string Every = "every",
        At = "at",
        Cron = "cron",
        Zone = "timeZone",
        Except = "except",
        List = "list",
        Newest = "newest",
        Profile = "profile",
        MaxListAge = "maxListAge",
        Grace = "grace",
        SameListAgain = "sameListAgain",
        Enabled = "enabled";

    private static readonly string[] Names =
    [
        Every,
        At,
        Cron,
        Zone,
        Except,
        List,
        Newest,
        Profile,
        MaxListAge,
        Grace,
        SameListAgain,
        Enabled,
    ];

    private const string EverySecond = "@every_second";
    private static readonly WallTimes NoTimes = new DailyTimes([], new HashSet<DayOfWeek>());
    private static readonly string[] Days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
    private static readonly TimeSpan MinGrace = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxGrace = TimeSpan.FromDays(7);

    /// <summary>Reads one.</summary>
    /// <param name="text">Its content.</param>
    /// <param name="otherZone">Its zone unless it says one.</param>
    /// <param name="errors">Takes what is wrong with it, by line and field.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null if anything is.</returns>
    public static async Task<Schedule?> ReadAsync(
        string text,
        TimeZoneInfo otherZone,
        CampaignErrors errors,
        CancellationToken cancellationToken
    )
    {
        if (text.Length > MaxLength)
        {
            errors.Add(null, null, $"The file has {text.Length} characters; a schedule has at most {MaxLength}.");
            return null;
        }

        var draft = new SettingsDraft();
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(text));
        await JsonCampaignReader.ReadSettingsAsync(content, errors, draft, cancellationToken);
        return errors.Count > 0 ? null : Read(draft, otherZone, errors);
    }

    private static Schedule? Read(SettingsDraft draft, TimeZoneInfo otherZone, CampaignErrors errors)
    {
        var given = SettingsGroup.TakeAll(draft, Names, errors);
        var schedule = new Schedule
        {
            Times = ReadTimes(given, errors),
            Clock = new(ReadZone(given, errors) ?? otherZone),
            Except = ReadExcept(given, errors),
            List = ReadPath(given, List, errors),
            Newest = ReadPath(given, Newest, errors),
            Profile = given.Text(Profile, errors) ?? ProfileReader.Default,
            MaxListAge = ReadDuration(given, MaxListAge, TimeSpan.FromMinutes(1), TimeSpan.FromDays(3650), errors),
            Grace = ReadDuration(given, Grace, MinGrace, MaxGrace, errors) ?? Schedule.DefaultGrace,
            SameListAgain = ReadBoolean(given, SameListAgain, errors) ?? false,
            Enabled = ReadBoolean(given, Enabled, errors) ?? true,
        };
        if (given.ContainsKey(List) == given.ContainsKey(Newest))
        {
            errors.Add(
                List,
                given.TryGetValue(Newest, out var newest) ? newest.Origin.Line : null,
                given.ContainsKey(List)
                    ? "stands beside newest: give one of them"
                    : "is missing: it names the list in the container lists, such as \"overdue.csv\"; or newest names a folder of it, such as "
                        + "\"overdue/\", of which the newest list is taken"
            );
        }

        if (given.TryGetValue(Profile, out var profile) && profile.Text is { } name && ProfileNames.FindFault(name) is { } fault)
        {
            profile.Refuse(errors, fault);
        }

        if (errors.Count == 0 && (schedule with { Enabled = true }).FindNext(DateTimeOffset.UnixEpoch.AddYears(56)) is null)
        {
            errors.Add(given.ContainsKey(Cron) ? Cron : At, null, "there is no such time within ten years, so nothing would ever be made");
        }

        return errors.Count > 0 ? null : schedule;
    }

    private static WallTimes ReadTimes(IReadOnlyDictionary<string, GivenSetting> given, CampaignErrors errors)
    {
        if (given.TryGetValue(Cron, out var cron))
        {
            foreach (var other in (string[])[Every, At])
            {
                if (given.TryGetValue(other, out var setting))
                {
                    setting.Refuse(errors, "stands beside cron: give cron, or every and at");
                }
            }

            return ReadCron(cron, errors);
        }

        var days = given.TryGetValue(Every, out var every)
            ? ReadTexts(every, errors, text => Array.IndexOf(Days, text) is >= 0 and var day ? day : (int?)null, "days such as \"Mon\"")
            : [.. Enumerable.Range(0, Days.Length)];
        List<TimeOnly> times = [];
        if (given.TryGetValue(At, out var at))
        {
            times = ReadTexts(at, errors, text => ReadTime(text), "times of day such as \"09:00\"");
        }
        else
        {
            errors.Add(At, null, "is missing: it holds the times of day, such as [\"09:00\"]; or cron says when");
        }

        return new DailyTimes([.. times.Distinct().Order()], days.Select(day => (DayOfWeek)day).ToHashSet());

        static TimeOnly? ReadTime(string text) =>
            TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;
    }

    private static WallTimes ReadCron(GivenSetting cron, CampaignErrors errors)
    {
        var text = cron.Text ?? "";
        try
        {
            var expression = CronExpression.Parse(text);
            if (!text.Contains(EverySecond, StringComparison.OrdinalIgnoreCase))
            {
                return new CronTimes(expression, text);
            }

            cron.Refuse(errors, "a schedule makes one campaign a minute at most");
        }
        catch (Exception e) when (e is CronFormatException or MissingSeedException)
        {
            cron.Refuse(
                errors,
                "must be an expression of five fields: minute, hour, day of the month, month, day of the week; \"0 9 * * MON-FRI\" is nine "
                    + $"o'clock from Monday to Friday. {e.Message}"
            );
        }

        return NoTimes;
    }

    private static TimeZoneInfo? ReadZone(IReadOnlyDictionary<string, GivenSetting> given, CampaignErrors errors)
    {
        if (given.Text(Zone, errors) is not { } id)
        {
            return null;
        }

        // An abbreviation or an offset names no place, so it has no summer time.
        if (TimeZoneInfo.TryFindSystemTimeZoneById(id, out var zone) && zone.HasIanaId && (id.Contains('/') || id == "UTC"))
        {
            return zone;
        }

        given[Zone].Refuse(errors, $"'{CampaignErrors.Shown(id)}' is no time zone: write it as \"Asia/Taipei\" or \"Europe/Berlin\"");
        return null;
    }

    private static HashSet<DateOnly> ReadExcept(IReadOnlyDictionary<string, GivenSetting> given, CampaignErrors errors) =>
        given.TryGetValue(Except, out var except)
            ?
            [
                .. ReadTexts(
                    except,
                    errors,
                    text =>
                        DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var day)
                            ? day
                            : (DateOnly?)null,
                    "dates such as \"2027-01-01\"",
                    mayBeEmpty: true
                ),
            ]
            : [];

    private static string? ReadPath(IReadOnlyDictionary<string, GivenSetting> given, string name, CampaignErrors errors)
    {
        if (given.Text(name, errors) is not { } path)
        {
            return null;
        }

        var isFolder = name == Newest;
        if (path.EndsWith('/') != isFolder || !BlobNames.CanBeRead(isFolder ? path + "list.csv" : path))
        {
            given[name]
                .Refuse(
                    errors,
                    isFolder
                        ? "must be a folder in the container lists, with a slash at its end: \"overdue/\""
                        : "must be the path of a list in the container lists: \"overdue.csv\" or \"crm/overdue.xlsx\""
                );
        }

        return path;
    }

    private static TimeSpan? ReadDuration(
        IReadOnlyDictionary<string, GivenSetting> given,
        string name,
        TimeSpan least,
        TimeSpan most,
        CampaignErrors errors
    )
    {
        if (!given.TryGetValue(name, out var setting))
        {
            return null;
        }

        if (TryReadDuration(setting.Text, out var duration) && duration >= least && duration <= most)
        {
            return duration;
        }

        setting.Refuse(
            errors,
            $"must be a duration from {Shown(least)} to {Shown(most)}: \"02:00:00\" is two hours, \"36:00:00\" or \"1.12:00:00\" a day and a half"
        );
        return null;

        static string Shown(TimeSpan span) => span.TotalDays >= 1 ? $"{span.TotalDays:0} days" : $"{span.TotalMinutes:0} minute";
    }

    private static bool TryReadDuration(string? text, out TimeSpan duration)
    {
        if (TimeSpan.TryParseExact(text, ["c", @"hh\:mm", @"d\.hh\:mm"], CultureInfo.InvariantCulture, out duration))
        {
            return text!.Contains(':', StringComparison.Ordinal); // 7 would be a week
        }

        // More hours than a day has, as the app's settings may have too.
        var parts = text?.Split(':') ?? [];
        var isLong =
            parts.Length is 2 or 3
            && parts[0].Length <= 5
            && parts[1..].All(part => part.Length == 2)
            && parts.All(part => part.Length > 0 && part.All(char.IsAsciiDigit));
        var numbers = isLong ? parts.Select(part => int.Parse(part, CultureInfo.InvariantCulture)).ToArray() : [];
        duration = isLong ? new TimeSpan(numbers[0], numbers[1], numbers.ElementAtOrDefault(2)) : default;
        return isLong && numbers[1..].All(number => number < 60);
    }

    private static bool? ReadBoolean(IReadOnlyDictionary<string, GivenSetting> given, string name, CampaignErrors errors)
    {
        if (!given.TryGetValue(name, out var setting))
        {
            return null;
        }

        if (setting.Value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return setting.Value.GetBoolean();
        }

        setting.Refuse(errors, "must be true or false, without quotes");
        return null;
    }

    private static List<T> ReadTexts<T>(
        GivenSetting setting,
        CampaignErrors errors,
        Func<string, T?> read,
        string what,
        bool mayBeEmpty = false
    )
        where T : struct
    {
        var values = new List<T>();
        IEnumerable<JsonElement> written =
            setting.Value.ValueKind == JsonValueKind.Array ? setting.Value.EnumerateArray() : [setting.Value];
        foreach (var value in written)
        {
            var text = value.ValueKind == JsonValueKind.String ? JsonValues.Text(value) : null;
            if (text is not null && read(text) is { } one)
            {
                values.Add(one);
                continue;
            }

            setting.Refuse(errors, $"must be a list of {what}{(text is null ? "" : $", not '{CampaignErrors.Shown(text)}'")}");
            return [];
        }

        if (values.Count == 0 && !mayBeEmpty)
        {
            setting.Refuse(errors, $"must be a list of {what}, and not empty");
        }

        return values;
    }
}
