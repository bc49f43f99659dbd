namespace Laaffic.Campaigns.Submission;

/// <summary>How long to wait before the next attempt.</summary>
internal static class Backoff
{
    /// <summary>
    /// <paramref name="initial"/>, doubled with each failure after the first, never above <paramref name="max"/>, spread by a
    /// fifth either way so that tasks refused together do not come back together.
    /// </summary>
    public static TimeSpan After(int failures, TimeSpan initial, TimeSpan max)
    {
        var doublings = Math.Clamp(failures - 1, 0, 30);
        var delay = Math.Min(initial.TotalMilliseconds * Math.Pow(2, doublings), max.TotalMilliseconds);
        return TimeSpan.FromMilliseconds(Math.Min(delay * (0.8 + 0.4 * Random.Shared.NextDouble()), max.TotalMilliseconds));
    }
}
