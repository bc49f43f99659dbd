namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>
/// Watches how much memory is really in use: again and again it collects all garbage and measures what is left. Only of
/// use while no other test runs.
/// </summary>
public sealed class LiveHeap : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _watcher;
    private readonly long _before = GC.GetTotalMemory(forceFullCollection: true);
    private long _peak;

    public LiveHeap()
    {
        _watcher = new Thread(Watch) { IsBackground = true, Name = nameof(LiveHeap) };
        _watcher.Start();
    }

    /// <summary>The most that was in use so far beyond what was at the beginning, in MB.</summary>
    public long GrowthMb => (Interlocked.Read(ref _peak) - _before) / (1024 * 1024);

    /// <summary>How often it was measured.</summary>
    public int Measurements { get; private set; }

    public void Dispose()
    {
        _stop.Set();
        _watcher.Join();
        _stop.Dispose();
    }

    private void Watch()
    {
        do
        {
            GC.Collect();
            Interlocked.Exchange(ref _peak, Math.Max(_peak, GC.GetTotalMemory(forceFullCollection: false)));
            Measurements++;
        } while (!_stop.Wait(Pause));
    }
}
