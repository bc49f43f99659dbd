using System.Globalization;

namespace Laaffic.Campaigns.Planning;

/// <summary>What the placeholders in a task name stand for.</summary>
/// <param name="File"><c>{file}</c>: the list's name, without its endings.</param>
/// <param name="At"><c>{date}</c>, yyyyMMdd, and <c>{time}</c>, HHmmss: when it came, or the occurrence of the schedule.</param>
/// <param name="Schedule"><c>{schedule}</c>: the schedule that made it; null if none did, and then it means nothing.</param>
internal sealed record NamePlaceholders(string File, DateTimeOffset At, string? Schedule = null)
{
    /// <summary>Whether this hour of the day was there before, as the clocks went back: <c>{time}</c> is HHmmss and a B.</summary>
    public bool IsHourAgain { get; init; }

    /// <summary>What a placeholder stands for; null if it means nothing.</summary>
    public string? Find(string placeholder) =>
        placeholder switch
        {
            "{file}" => File,
            "{date}" => At.ToString("yyyyMMdd", CultureInfo.InvariantCulture),
            "{time}" => At.ToString("HHmmss", CultureInfo.InvariantCulture) + (IsHourAgain ? "B" : ""),
            "{schedule}" => Schedule,
            _ => null,
        };

    /// <summary>Whether a name is one for the campaigns of a schedule, and no schedule makes this one.</summary>
    public bool IsForSchedule(string name) => Schedule is null && name.Contains("{schedule}", StringComparison.Ordinal);

    /// <summary>Those that mean something, for people.</summary>
    public string Known => Schedule is null ? "{file}, {date} and {time}" : "{schedule}, {file}, {date} and {time}";
}
