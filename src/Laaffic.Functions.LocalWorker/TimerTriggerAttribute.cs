namespace Microsoft.Azure.Functions.Worker;

/// <summary>Calls the function on a schedule.</summary>
/// <param name="schedule">Six NCRONTAB fields, the first of them seconds, or <c>%Name%</c> for the value of that app setting.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class TimerTriggerAttribute(string schedule) : Attribute
{
    /// <summary>The schedule as it was given.</summary>
    public string Schedule { get; private set; } = schedule;

    /// <summary>Whether occurrences are remembered across restarts.</summary>
    public bool UseMonitor { get; set; } = true;

    /// <summary>Whether the function is also called when the app starts.</summary>
    public bool RunOnStartup { get; set; }
}
