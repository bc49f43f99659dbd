namespace Laaffic.Simulator;

/// <summary>Every request that arrived, in order, kept up to date while it is worked on.</summary>
internal sealed class CallLog
{
    private readonly Lock _gate = new();
    private readonly List<ReceivedCall> _calls = [];

    public IReadOnlyList<ReceivedCall> Calls
    {
        get
        {
            lock (_gate)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Enters a request.</summary>
    /// <returns>The index under which it is updated.</returns>
    public int Add(ReceivedCall call)
    {
        lock (_gate)
        {
            _calls.Add(call);
            return _calls.Count - 1;
        }
    }

    public void Update(int index, Func<ReceivedCall, ReceivedCall> change)
    {
        lock (_gate)
        {
            _calls[index] = change(_calls[index]);
        }
    }

    public int Count(ApiEndpoint endpoint)
    {
        lock (_gate)
        {
            return _calls.Count(call => call.Endpoint == endpoint);
        }
    }
}
