namespace Laaffic.Simulator;

/// <summary>One request that reached the simulator, as far as it has got.</summary>
/// <param name="At">When it arrived, by the simulator's clock.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Path">The path, decoded.</param>
/// <param name="Endpoint">The endpoint; null when there is none under that method and path.</param>
/// <param name="ContentLength">What the request gave as its length in bytes; null when it gave none.</param>
public sealed record ReceivedCall(DateTimeOffset At, string Method, string Path, ApiEndpoint? Endpoint, long? ContentLength)
{
    /// <summary>A create's <c>taskName</c> or a query's <c>searchCondition</c>, once read; null when it could not be.</summary>
    public string? TaskName { get; init; }

    /// <summary>The HTTP status answered; null while there is no answer.</summary>
    public int? HttpStatus { get; init; }

    /// <summary>The API status answered (0, -37, …); null while there is no answer or when a fault's answer had none.</summary>
    public int? Status { get; init; }

    /// <summary>Whether the connection ended without an answer: closed by a fault, or lost while the request was read.</summary>
    public bool Closed { get; init; }
}
