namespace Laaffic.Simulator;

/// <summary>Where a task stands, with the numbers of the query's <c>status</c>. The platform's others never occur here.</summary>
public enum SimulatedTaskStatus
{
    /// <summary>Accepted, its <c>sendTime</c> not yet reached.</summary>
    Waiting = 0,

    /// <summary>Being called.</summary>
    Calling = 1,

    /// <summary>Finished: no longer one of the tasks at once.</summary>
    Finished = 2,

    /// <summary>Cancelled through the cancel endpoint.</summary>
    Cancelled = 4,
}
