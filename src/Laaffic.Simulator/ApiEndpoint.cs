namespace Laaffic.Simulator;

/// <summary>The endpoints of the voice API that the simulator has.</summary>
public enum ApiEndpoint
{
    /// <summary><c>POST /voice/group/call/send/agent</c>.</summary>
    Create,

    /// <summary><c>POST /voice/group/call/query</c>.</summary>
    Query,

    /// <summary><c>POST /voice/group/call/cancel</c>.</summary>
    Cancel,

    /// <summary><c>GET /v3/getBalance</c>.</summary>
    Balance,
}
