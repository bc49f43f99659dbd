namespace Laaffic.Simulation.Api;

/// <summary>What the vendor's pages leave open about the API, or differ in.</summary>
internal sealed record ApiSwitches
{
    /// <summary>How long the list needs to show a new task.</summary>
    public TimeSpan ListLag { get; init; }

    /// <summary>How long the rows of a new task are being imported: its numCnt grows meanwhile.</summary>
    public TimeSpan ImportTime { get; init; }

    /// <summary>Whether a task shows the status "submitting" while it is imported, or the one it has afterwards.</summary>
    public bool ShowsSubmitting { get; init; }

    /// <summary>Every so many numbers one is dropped on import: numCnt is less than was sent. 0 drops none.</summary>
    public int DropsOneOf { get; init; }

    public NameRule Names { get; init; }

    /// <summary>Whether a name that exists is answered -20 rather than -41.</summary>
    public bool SaysExistsAs20 { get; init; }

    /// <summary>Whether "nothing found" is <c>data: null</c>.</summary>
    public bool NullForNothing { get; init; }

    /// <summary>How often the list answers <c>null</c> although there is something.</summary>
    public double NullThoughThere { get; init; }

    /// <summary>How many unfinished tasks there may be.</summary>
    public int MostTasksAtOnce { get; init; } = int.MaxValue;

    /// <summary>Until a task is finished.</summary>
    public TimeSpan TaskDuration { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The balance does for tasks of so many callees; larger ones are refused with -10.</summary>
    public int BalanceLastsFor { get; init; } = int.MaxValue;

    /// <summary>Tasks with long texts that are taken on a day.</summary>
    public int LongTextsADay { get; init; } = int.MaxValue;

    /// <summary>The zone of the list's times.</summary>
    public TimeSpan Zone { get; init; }
}
