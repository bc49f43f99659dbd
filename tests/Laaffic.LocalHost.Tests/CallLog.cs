using System.Collections.Concurrent;

namespace Laaffic.LocalHost.Tests;

/// <summary>What the functions under test were called with, in order, and how many calls ran at once at most.</summary>
public sealed class CallLog
{
    private readonly Lock _lock = new();
    private int _running;

    public ConcurrentQueue<string> Calls { get; } = new();

    public int MostAtOnce { get; private set; }

    public int Count(string call) => Calls.Count(made => made == call);

    public async Task RunAsync(string call, Func<Task> body)
    {
        lock (_lock)
        {
            MostAtOnce = Math.Max(MostAtOnce, ++_running);
        }

        Calls.Enqueue(call);
        try
        {
            await body();
        }
        finally
        {
            lock (_lock)
            {
                _running--;
            }
        }
    }
}
