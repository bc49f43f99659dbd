namespace Laaffic.Simulator;

/// <summary>
/// The faults to come. Each request takes the first one that fits it, and a fault that has happened
/// <see cref="Fault.Times"/> times is gone; however many requests come at once, it never happens more often.
/// </summary>
public sealed class FaultPlan
{
    private readonly Lock _gate = new();
    private readonly List<Fault> _faults = [];

    internal FaultPlan() { }

    /// <summary>The faults that have not happened as often as they should yet; their Times say how often they still will.</summary>
    public IReadOnlyList<Fault> Pending
    {
        get
        {
            lock (_gate)
            {
                return [.. _faults];
            }
        }
    }

    /// <summary>Adds a fault after those there are.</summary>
    /// <exception cref="ArgumentException">The fault is impossible; the message says why.</exception>
    public void Add(Fault fault)
    {
        ArgumentNullException.ThrowIfNull(fault);
        if (fault.Mistake() is { } mistake)
        {
            throw new ArgumentException(mistake, nameof(fault));
        }

        lock (_gate)
        {
            _faults.Add(fault);
        }
    }

    /// <summary>Removes all faults. Requests that have already taken one go on with it.</summary>
    public void Clear()
    {
        lock (_gate)
        {
            _faults.Clear();
        }
    }

    /// <summary>The fault a request meets before its body is read. One for all names that comes earlier keeps its turn.</summary>
    internal Fault? TakeBeforeReading(ApiEndpoint endpoint)
    {
        lock (_gate)
        {
            var index = _faults.FindIndex(fault => fault.TaskName is null && FitsEndpoint(fault, endpoint));
            return index >= 0 && _faults[index].Effect is FaultEffect.CloseBeforeReading ? TakeAt(index) : null;
        }
    }

    /// <summary>The fault a request meets once it was read.</summary>
    internal Fault? Take(ApiEndpoint endpoint, string? taskName)
    {
        lock (_gate)
        {
            var index = _faults.FindIndex(fault => FitsEndpoint(fault, endpoint) && (fault.TaskName is null || fault.TaskName == taskName));
            return index >= 0 ? TakeAt(index) : null;
        }
    }

    private static bool FitsEndpoint(Fault fault, ApiEndpoint endpoint) => fault.Endpoint is null || fault.Endpoint == endpoint;

    private Fault TakeAt(int index)
    {
        var fault = _faults[index];
        if (fault.Times is 1)
        {
            _faults.RemoveAt(index);
        }
        else if (fault.Times is { } times)
        {
            _faults[index] = fault with { Times = times - 1 };
        }

        return fault;
    }
}
