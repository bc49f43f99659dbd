namespace Laaffic.Campaigns.Opening;

/// <summary>A stream whose first bytes can be looked at before it is read. It does not own the stream that it reads.</summary>
internal sealed class PeekStream(Stream inner) : ForwardStream
{
    private const int Capacity = 4096;

    private readonly byte[] _head = new byte[Capacity];
    private int _start;
    private int _end;

    /// <summary>How many bytes were taken from the stream that it reads.</summary>
    public long BytesTaken { get; private set; }

    /// <summary>The first bytes: 4096, or all there are. To be called once, before reading.</summary>
    public async ValueTask<ReadOnlyMemory<byte>> PeekAsync(CancellationToken cancellationToken)
    {
        _end = await inner.ReadAtLeastAsync(_head, Capacity, throwOnEndOfStream: false, cancellationToken);
        BytesTaken = _end;
        return _head.AsMemory(0, _end);
    }

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_start < _end)
        {
            var count = Math.Min(buffer.Length, _end - _start);
            _head.AsMemory(_start, count).CopyTo(buffer);
            _start += count;
            return count;
        }

        var read = await inner.ReadAsync(buffer, cancellationToken);
        BytesTaken += read;
        return read;
    }
}
