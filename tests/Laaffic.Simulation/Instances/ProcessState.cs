using Laaffic.Simulation.Time;

namespace Laaffic.Simulation.Instances;

/// <summary>
/// Whether an instance's process lives. Whatever comes to it from outside, answers and timers, comes through here: to a
/// dead process nothing, to a frozen one when it goes on. What it had sent before takes effect all the same.
/// </summary>
internal sealed class ProcessState(Scheduler scheduler)
{
    private readonly List<Action> _waiting = [];

    public bool IsDead { get; private set; }

    public bool IsFrozen { get; private set; }

    public void Deliver(Action action)
    {
        if (IsDead)
        {
            return;
        }

        if (IsFrozen)
        {
            _waiting.Add(action);
        }
        else
        {
            action();
        }
    }

    public void Kill()
    {
        IsDead = true;
        _waiting.Clear();
    }

    public void Freeze() => IsFrozen = true;

    public void GoOn()
    {
        if (!IsFrozen)
        {
            return;
        }

        IsFrozen = false;
        // In any order: the threads of a process that goes on race.
        foreach (var action in _waiting)
        {
            scheduler.After(TimeSpan.Zero, () => Deliver(action));
        }

        _waiting.Clear();
    }

    /// <summary>Waits in virtual time. For ever, if the process dies.</summary>
    public Task DelayAsync(TimeSpan delay, CancellationToken cancellationToken) =>
        WaitAsync<bool>(done => scheduler.After(delay, () => done(true)), cancellationToken);

    /// <summary>Waits until somebody calls what <paramref name="begin"/> is given.</summary>
    public Task<T> WaitAsync<T>(Action<Action<T>> begin, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var answer = new PendingAnswer<T>(this);
        begin(answer.Give);
        return answer.WaitAsync(cancellationToken);
    }
}
