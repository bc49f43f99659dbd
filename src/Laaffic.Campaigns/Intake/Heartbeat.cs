namespace Laaffic.Campaigns.Intake;

/// <summary>Tells whoever waits for a plan that work goes on, so that a lease on it can be renewed.</summary>
internal sealed class Heartbeat(Func<CancellationToken, ValueTask>? onProgress, TimeProvider time)
{
    /// <summary>How long nothing is said while the source is read. A lease must last several times as long.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private long last = time.GetTimestamp();

    /// <summary>Says so if it was not said for a while.</summary>
    public ValueTask BeatAsync(CancellationToken cancellationToken) =>
        onProgress is null || time.GetElapsedTime(last) < Interval ? ValueTask.CompletedTask : BeatNowAsync(cancellationToken);

    /// <summary>Says so now, after something was stored.</summary>
    public ValueTask BeatNowAsync(CancellationToken cancellationToken)
    {
        last = time.GetTimestamp();
        return onProgress?.Invoke(cancellationToken) ?? ValueTask.CompletedTask;
    }
}
