using Laaffic.Simulation.Instances;

namespace Laaffic.Simulation.Time;

/// <summary>The clock of one instance: it is off by some time, runs a little fast or slow, and may jump.</summary>
internal sealed class InstanceClock(Scheduler scheduler, ProcessState process, TimeSpan offset, double rate) : TimeProvider
{
    private readonly DateTimeOffset _born = scheduler.Now;
    private TimeSpan _ahead = offset;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Somebody, or a time service, sets the wall clock. Timers do not notice.</summary>
    public void Jump(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => _born + _ahead + (scheduler.Now - _born) * rate;

    public override long GetTimestamp() => (long)((scheduler.Now - _born).Ticks * rate);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new VirtualTimer(scheduler, process, rate, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class VirtualTimer(Scheduler scheduler, ProcessState process, double rate, TimerCallback callback, object? state)
        : ITimer
    {
        private ScheduledEvent? _next;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            if (_disposed)
            {
                return false;
            }

            _next?.Cancel();
            _next = dueTime == Timeout.InfiniteTimeSpan ? null : scheduler.After(dueTime / rate, () => process.Deliver(() => Fire(period)));
            return true;
        }

        public void Dispose()
        {
            _disposed = true;
            _next?.Cancel();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(TimeSpan period)
        {
            if (_disposed)
            {
                return;
            }

            if (period > TimeSpan.Zero)
            {
                Change(period, period);
            }

            callback(state);
        }
    }
}
