namespace Microsoft.Azure.Functions.Worker;

/// <summary>What a timer's function learns about its schedule.</summary>
public class TimerInfo
{
    /// <summary>The occurrences around this call; <see langword="null"/> where they are not remembered.</summary>
    public ScheduleStatus? ScheduleStatus { get; set; }

    /// <summary>Whether this call makes up for an occurrence that was missed.</summary>
    public bool IsPastDue { get; set; }
}
