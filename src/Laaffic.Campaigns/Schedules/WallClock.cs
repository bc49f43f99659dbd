namespace Laaffic.Campaigns.Schedules;

/// <summary>
/// What the clock on the wall of a zone shows, and when. It only asks a zone for its offset at an instant: what .NET says of a time on
/// the wall is wrong in zones whose winter is the exception (Europe/Dublin, Africa/Casablanca), and so is what is built upon it.
/// </summary>
internal sealed class WallClock(TimeZoneInfo zone)
{
    /// <summary>More than an offset can be, or change at once: zones have been moved over the date line.</summary>
    private static readonly TimeSpan MaxShift = TimeSpan.FromHours(26);

    /// <summary>The zone.</summary>
    public TimeZoneInfo Zone { get; } = zone;

    /// <summary>What the clock shows at an instant, with the zone's offset.</summary>
    public DateTimeOffset At(DateTimeOffset instant) => instant.ToOffset(OffsetAt(instant.UtcDateTime));

    /// <summary>
    /// When it shows a time. One that it skips is the instant of the change; one that it shows twice has two instants.
    /// </summary>
    public (DateTimeOffset First, DateTimeOffset? Second) InstantsOf(DateTime wall)
    {
        var (before, after) = (OffsetAt(wall - MaxShift), OffsetAt(wall + MaxShift));
        var (early, late) = (wall - before, wall - after);
        var (isEarly, isLate) = (OffsetAt(early) == before, OffsetAt(late) == after);
        if (isEarly)
        {
            return (At(Utc(early)), isLate && late != early ? At(Utc(late)) : null);
        }

        return (At(Utc(isLate ? late : ChangeBetween(wall - MaxShift, wall + MaxShift))), null);
    }

    /// <summary>The time on the wall from which on to look for instants after this one: near a change of the clocks, well before it.</summary>
    public DateTime BeginAfter(DateTimeOffset instant)
    {
        var offset = OffsetAt(instant.UtcDateTime);
        var isSteady = OffsetAt(instant.UtcDateTime - MaxShift) == offset && OffsetAt(instant.UtcDateTime + MaxShift) == offset;
        var wall = instant.UtcDateTime + offset;
        return isSteady ? wall : wall - MaxShift;
    }

    private DateTime ChangeBetween(DateTime from, DateTime to)
    {
        var before = OffsetAt(from);
        while (to - from > TimeSpan.FromSeconds(1))
        {
            var middle = from + (to - from) / 2;
            (from, to) = OffsetAt(middle) == before ? (middle, to) : (from, middle);
        }

        return new DateTime(to.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond); // zones change on whole seconds
    }

    private TimeSpan OffsetAt(DateTime utc) => Zone.GetUtcOffset(DateTime.SpecifyKind(utc, DateTimeKind.Utc));

    private static DateTimeOffset Utc(DateTime utc) => new(utc.Ticks, TimeSpan.Zero);
}
