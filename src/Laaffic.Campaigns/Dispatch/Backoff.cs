namespace Laaffic.Campaigns.Dispatch;

/// <summary>How long to wait before the next attempt: exponential back-off with jitter.</summary>
internal sealed class Backoff(CampaignOptions options, Random random)
{
    /// <summary>
    /// <see cref="CampaignOptions.InitialDelay"/>, doubled with each failure after the first, never above
    /// <paramref name="max"/> (if that is null, above <see cref="CampaignOptions.MaxDelay"/>), with a jitter of a fifth either
    /// way so that tasks refused together do not come back together.
    /// </summary>
    public TimeSpan After(int failures, TimeSpan? max = null)
    {
        var longest = (max ?? options.MaxDelay).TotalMilliseconds;
        var doublings = Math.Clamp(failures - 1, 0, 30);
        var delay = Math.Min(options.InitialDelay.TotalMilliseconds * Math.Pow(2, doublings), longest);
        return TimeSpan.FromMilliseconds(Math.Min(delay * (0.8 + 0.4 * random.NextDouble()), longest));
    }

    /// <summary>The same, but at least as long as was asked for, up to <see cref="CampaignOptions.MaxDelay"/>.</summary>
    public TimeSpan After(int failures, TimeSpan? atLeast, TimeSpan? max)
    {
        var delay = After(failures, max);
        return atLeast > delay ? (atLeast.Value < options.MaxDelay ? atLeast.Value : options.MaxDelay) : delay;
    }

    /// <summary>Some part of a time span.</summary>
    public TimeSpan Jitter(TimeSpan most) => most * random.NextDouble();
}
