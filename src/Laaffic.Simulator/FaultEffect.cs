namespace Laaffic.Simulator;

/// <summary>What a <see cref="Fault"/> does to a request.</summary>
public enum FaultEffect
{
    /// <summary>Nothing but <see cref="Fault.Delay"/>: the true answer comes late.</summary>
    None,

    /// <summary>Answers HTTP 200 with <see cref="Fault.Status"/> in the endpoint's documented form.</summary>
    Status,

    /// <summary>Answers <see cref="Fault.HttpStatus"/> with <see cref="Fault.Body"/> as it stands.</summary>
    Reply,

    /// <summary>Closes the connection without an answer, once the request was read.</summary>
    Close,

    /// <summary>
    /// Closes the connection before the body was read. The name is not known then, so it needs a null
    /// <see cref="Fault.TaskName"/>, and never accepts first.
    /// </summary>
    CloseBeforeReading,
}
