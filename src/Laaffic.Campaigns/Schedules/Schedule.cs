namespace Laaffic.Campaigns.Schedules;

/// <summary>When campaigns are made by the clock, and of what: the content of a file in the container <c>schedules</c>.</summary>
internal sealed record Schedule
{
    /// <summary>How late a campaign may be made unless the file says otherwise.</summary>
    public static readonly TimeSpan DefaultGrace = TimeSpan.FromHours(1);

    /// <summary>Its times. Each instant counts once.</summary>
    public required WallTimes Times { get; init; }

    /// <summary>The clock of its times and dates.</summary>
    public required WallClock Clock { get; init; }

    /// <summary>Days, in its zone, on which nothing is made.</summary>
    public required IReadOnlySet<DateOnly> Except { get; init; }

    /// <summary>The list's path in the container <c>lists</c>; null if it is the newest of a folder.</summary>
    public string? List { get; init; }

    /// <summary>The folder whose newest list it is, with the slash at its end; null if the list is named.</summary>
    public string? Newest { get; init; }

    /// <summary>The profile that the list is read with.</summary>
    public required string Profile { get; init; }

    /// <summary>How long before the occurrence the list may have been written; null: at any time.</summary>
    public TimeSpan? MaxListAge { get; init; }

    /// <summary>How late a campaign may be made.</summary>
    public required TimeSpan Grace { get; init; }

    /// <summary>Whether the list that the campaign before was made of is called again.</summary>
    public bool SameListAgain { get; init; }

    /// <summary>Whether anything is made.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>
    /// The first occurrence after an instant. When the clocks go forward, a time that does not exist is the instant of the change;
    /// when they go back, one that exists twice is the first of the two, unless the expression says <c>*</c>, a range or a step of
    /// hours or minutes (as Cronos documents it).
    /// </summary>
    /// <returns>Null if there is none within ten years, or it is not enabled.</returns>
    public DateTimeOffset? FindNext(DateTimeOffset after)
    {
        if (!Enabled)
        {
            return null;
        }

        DateTimeOffset? next = null;
        var end = after.AddYears(MaxYears);
        var wall = Times.FindFrom(Clock.BeginAfter(after));
        while (wall is { } time)
        {
            var (first, second) = Clock.InstantsOf(time);
            if (first >= end || next <= first)
            {
                break; // those that follow come later still
            }

            var day = first.Date;
            if (Except.Contains(DateOnly.FromDateTime(day)))
            {
                wall = Times.FindFrom(time.Date == day ? day.AddDays(1) : time.AddMinutes(1));
                continue;
            }

            next =
                first > after ? first
                : Times.CountTwice && second > after ? Earlier(next, second.Value)
                : next;
            wall = Times.FindFrom(time.AddMinutes(1));
        }

        return next < end ? next : null;
    }

    private const int MaxYears = 10;

    private static DateTimeOffset Earlier(DateTimeOffset? one, DateTimeOffset other) => one < other ? one.Value : other;
}
