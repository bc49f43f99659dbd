namespace Laaffic.Campaigns.Ingestion;

/// <summary>
/// Large campaigns are read one at a time in an instance: memory grows with the numbers in them. A request waits for its turn; a file
/// leaves, to hold no slot of the trigger or of the timer, and whoever had the turn takes it next.
/// </summary>
internal sealed class LargeInputLimiter : IDisposable
{
    private const long Large = 32 * 1024 * 1024;

    private readonly SemaphoreSlim _slot = new(1);
    private readonly Lock _lock = new();
    private readonly Queue<string> _waiting = [];

    /// <summary>Waits for its turn if the input is large; dispose what is returned when it is read.</summary>
    /// <param name="length">Bytes; null if that is not known, which counts as large.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    public async Task<IDisposable?> WaitAsync(long? length, CancellationToken cancellationToken)
    {
        if (length < Large)
        {
            return null;
        }

        await _slot.WaitAsync(cancellationToken);
        return new Turn(_slot);
    }

    /// <summary>Whether a file may be read now. If not, it is remembered as waiting.</summary>
    /// <param name="path">The file.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="turn">To be disposed when it is read; null if it is not large.</param>
    public bool TryEnter(string path, long length, out IDisposable? turn)
    {
        turn = null;
        if (length < Large)
        {
            return true;
        }

        if (_slot.Wait(0, CancellationToken.None))
        {
            turn = new Turn(_slot);
            return true;
        }

        lock (_lock)
        {
            if (!_waiting.Contains(path))
            {
                _waiting.Enqueue(path);
            }
        }

        return false;
    }

    /// <summary>A file that waits and may be read now; null if there is none.</summary>
    public string? TakeWaiting()
    {
        lock (_lock)
        {
            return _slot.CurrentCount > 0 && _waiting.TryDequeue(out var path) ? path : null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _slot.Dispose();

    private sealed class Turn(SemaphoreSlim slot) : IDisposable
    {
        private SemaphoreSlim? _slot = slot;

        public void Dispose() => Interlocked.Exchange(ref _slot, null)?.Release();
    }
}
