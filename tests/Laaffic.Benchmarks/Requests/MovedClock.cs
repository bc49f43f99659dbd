namespace Laaffic.Benchmarks.Requests;

/// <summary>The system's clock, moved ahead.</summary>
internal sealed class MovedClock : TimeProvider
{
    /// <summary>By how much.</summary>
    public TimeSpan Ahead { get; set; }

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;
}
