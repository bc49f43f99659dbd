namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>
/// Watches how much memory is really in use: again and again it collects all garbage and measures what is left. Only of
/// use while no other test runs.
/// </summary>
public sealed class LiveHeap : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly ManualResetEventSlim stop = new();
    private readonly Thread watcher;
    private readonly long before = GC.GetTotalMemory(forceFullCollection: true);
    private long peak;

    public LiveHeap()
    {
        watcher = new Thread(Watch) { IsBackground = true, Name = nameof(LiveHeap) };
        watcher.Start();
    }

    /// <summary>The most that was in use so far beyond what was at the beginning, in MB.</summary>
    public long GrowthMb => (Interlocked.Read(ref peak) - before) / (1024 * 1024);

    /// <summary>How often it was measured.</summary>
    public int Measurements { get; private set; }

    public void Dispose()
    {
        stop.Set();
        watcher.Join();
        stop.Dispose();
    }

    private void Watch()
    {
        do
        {
            GC.Collect();
            Interlocked.Exchange(ref peak, Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false)));
            Measurements++;
        }
        while (!stop.Wait(Pause));
    }
}
