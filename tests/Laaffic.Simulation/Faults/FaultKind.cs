namespace Laaffic.Simulation.Faults;

/// <summary>What happens to one request.</summary>
internal enum FaultKind
{
    None,

    /// <summary>It takes effect and is answered, but late.</summary>
    Slow,

    /// <summary>It is answered with an error of the server's (or of a gateway's) and has no effect.</summary>
    Refused,

    /// <summary>No connection can be made.</summary>
    Unreachable,

    /// <summary>It never arrives, and no answer comes.</summary>
    Swallowed,

    /// <summary>It takes effect, but the connection breaks before the answer comes.</summary>
    ReplyLost,

    /// <summary>It takes effect, and no answer comes.</summary>
    ReplySwallowed,

    /// <summary>It takes effect, but a gateway answers with an error of its own.</summary>
    ErrorThoughDone,

    /// <summary>A gateway delivers it twice, and gives the second answer.</summary>
    Repeated,

    /// <summary>A gateway delivers it a second time some seconds later; the first answer has long been given.</summary>
    RepeatedLater,

    /// <summary>429, without effect.</summary>
    TooMany,

    /// <summary>A page of a firewall or a wrong address: 401, 403, 404 or 405, not JSON.</summary>
    Firewall,
}
