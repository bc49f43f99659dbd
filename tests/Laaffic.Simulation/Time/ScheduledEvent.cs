namespace Laaffic.Simulation.Time;

/// <summary>Something that is to happen at a certain time, unless it is cancelled.</summary>
internal sealed class ScheduledEvent(Action action)
{
    private Action? _action = action;

    public bool IsCancelled => _action is null;

    public void Cancel() => _action = null;

    public void Run() => _action?.Invoke();
}
