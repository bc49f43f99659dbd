namespace Laaffic.Campaigns.Ingestion;

/// <summary>Large campaigns are read one at a time in an instance: memory grows with the numbers in them.</summary>
internal sealed class LargeInputLimiter(CampaignOptions options, TimeProvider time) : IDisposable
{
    private const long Large = 32 * 1024 * 1024;

    private readonly SemaphoreSlim _slot = new(1);

    /// <summary>Waits for its turn if the input is large; dispose what is returned when it is read.</summary>
    /// <param name="length">Bytes; null if that is not known, which counts as large.</param>
    /// <param name="onWaiting">Called now and then while it waits, to renew what must not expire. What it throws ends the waiting.</param>
    /// <param name="ct">Ends the waiting.</param>
    public async Task<IDisposable?> WaitAsync(long? length, Func<CancellationToken, ValueTask> onWaiting, CancellationToken ct)
    {
        if (length < Large)
        {
            return null;
        }

        using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var waiting = _slot.WaitAsync(ending.Token);
        try
        {
            while (await Task.WhenAny(waiting, Task.Delay(options.LeaseDuration / 4, time, ending.Token)) != waiting)
            {
                await onWaiting(ct);
            }

            await waiting;
            await onWaiting(ct);
        }
        catch
        {
            await ending.CancelAsync();
            await waiting.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (waiting.IsCompletedSuccessfully)
            {
                _slot.Release();
            }

            throw;
        }

        await ending.CancelAsync();
        return new Slot(_slot);
    }

    /// <inheritdoc/>
    public void Dispose() => _slot.Dispose();

    private sealed class Slot(SemaphoreSlim turn) : IDisposable
    {
        public void Dispose() => turn.Release();
    }
}
