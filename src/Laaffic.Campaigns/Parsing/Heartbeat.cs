namespace Laaffic.Campaigns.Parsing;

/// <summary>
/// Tells whoever waits for a plan that work goes on, so that a lease on it can be renewed. It says so after every read and
/// every stored block: whether that is often enough to do something is for the listener to decide.
/// </summary>
internal sealed class Heartbeat(Func<CancellationToken, ValueTask>? onProgress)
{
    /// <summary>Says so.</summary>
    public ValueTask BeatAsync(CancellationToken cancellationToken) => onProgress?.Invoke(cancellationToken) ?? ValueTask.CompletedTask;
}
