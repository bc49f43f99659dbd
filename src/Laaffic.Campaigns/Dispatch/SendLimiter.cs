namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// How many tasks this instance sends at once, of all campaigns together: when Laaffic turns out to be busy, no more than these were
/// sent in vain, and whoever came first was sent first.
/// </summary>
internal sealed class SendLimiter(CampaignOptions options) : IDisposable
{
    private readonly SemaphoreSlim _slots = new(Math.Max(options.MaxConcurrentCampaigns, options.MaxConcurrentTasks));

    public void Dispose() => _slots.Dispose();

    /// <summary>Waits for a slot, which is given back when the result is disposed of.</summary>
    public async Task<IDisposable> EnterAsync(CancellationToken cancellationToken)
    {
        await _slots.WaitAsync(cancellationToken);
        return new Slot(_slots);
    }

    private sealed class Slot(SemaphoreSlim slots) : IDisposable
    {
        public void Dispose() => slots.Release();
    }
}
