namespace Laaffic.Simulation.Time;

/// <summary>
/// Virtual time and all that is to happen in it. Everything runs on the thread pool's only thread: the next event comes
/// when nothing that the last one set off is left to do, so that a seed gives one order of events.
/// </summary>
/// <param name="start">Where time begins.</param>
/// <param name="random">Decides which of two events of one instant comes first.</param>
internal sealed class Scheduler(DateTimeOffset start, Random random) : IThreadPoolWorkItem
{
    private readonly PriorityQueue<ScheduledEvent, (long Ticks, int Order, long Number)> _events = new();
    private TaskCompletionSource? _running;
    private Func<bool>? _isOver;
    private long _number;

    public DateTimeOffset Start { get; } = start;

    /// <summary>The true time, which no instance's clock need show.</summary>
    public DateTimeOffset Now { get; private set; } = start;

    public TimeSpan Elapsed => Now - Start;

    /// <summary>How many events have happened.</summary>
    public long Events { get; private set; }

    /// <summary>Called at each event with a word on it, to compare two runs of a seed.</summary>
    public Action<DateTimeOffset>? OnEvent { get; set; }

    public ScheduledEvent At(DateTimeOffset when, Action action)
    {
        var scheduled = new ScheduledEvent(action);
        if (when < Now)
        {
            when = Now;
        }

        _events.Enqueue(scheduled, (when.UtcTicks, random.Next(), _number++));
        return scheduled;
    }

    public ScheduledEvent After(TimeSpan delay, Action action) => At(Now + delay, action);

    /// <summary>Lets time pass until the condition holds after an event. Only one may be under way.</summary>
    public Task RunAsync(Func<bool> until)
    {
        (_isOver, _running) = (until, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        return _running.Task;
    }

    public Task RunForAsync(TimeSpan time)
    {
        var over = false;
        After(time, () => over = true);
        return RunAsync(() => over);
    }

    void IThreadPoolWorkItem.Execute()
    {
        // What the last event set off is still queued: it goes first.
        if (ThreadPool.PendingWorkItemCount == 0)
        {
            if (_isOver!() || !TryNext(out var next))
            {
                _running!.SetResult();
                return;
            }

            try
            {
                next.Run();
            }
            catch (Exception e)
            {
                _running!.SetException(e);
                return;
            }
        }

        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private bool TryNext(out ScheduledEvent next)
    {
        while (_events.TryDequeue(out next!, out var at))
        {
            if (next.IsCancelled)
            {
                continue;
            }

            Now = new DateTimeOffset(at.Ticks, TimeSpan.Zero);
            Events++;
            OnEvent?.Invoke(Now);
            return true;
        }

        return false;
    }
}
