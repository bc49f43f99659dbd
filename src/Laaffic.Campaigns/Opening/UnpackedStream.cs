using System.IO.Hashing;

namespace Laaffic.Campaigns.Opening;

/// <summary>
/// What comes out of a packing, counted: more than the limits throws, and so does what is not what the packing says of it.
/// It owns the stream that it reads.
/// </summary>
/// <param name="inner">What unpacks.</param>
/// <param name="packed">How many packed bytes that took so far.</param>
/// <param name="expected">Length and CRC-32 that the content must have; null if the packing checks itself.</param>
/// <param name="limit">How many bytes there may be.</param>
internal sealed class UnpackedStream(
    Stream inner,
    Func<long> packed,
    (long Length, uint Crc)? expected,
    long limit = ListLimits.MaxUnpackedBytes
) : ForwardStream
{
    private readonly Crc32 _crc = new();
    private long _length;
    private bool _ended;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        int read;
        try
        {
            read = await inner.ReadAsync(buffer, cancellationToken);
        }
        catch (InvalidDataException)
        {
            throw Damaged();
        }
        Check(buffer.Span[..read]);
        return read;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (_ended || buffer.IsEmpty)
        {
            return 0;
        }

        int read;
        try
        {
            read = inner.Read(buffer);
        }
        catch (InvalidDataException)
        {
            throw Damaged();
        }
        Check(buffer[..read]);
        return read;
    }

    private void Check(ReadOnlySpan<byte> bytes)
    {
        _length += bytes.Length;
        if (bytes.IsEmpty)
        {
            _ended = true;
            if (expected is { } end && (_length != end.Length || _crc.GetCurrentHashAsUInt32() != end.Crc))
            {
                throw Damaged();
            }

            return;
        }
        if (_length > limit)
        {
            throw new UnreadableListException(null, $"Unpacked, it is larger than {limit >> 20} MB, the most that can be read.");
        }
        if (_length > ListLimits.FreeUnpackedBytes && _length / ListLimits.MaxRatio > packed())
        {
            throw new UnreadableListException(
                null,
                $"Unpacked, it is more than {ListLimits.MaxRatio} times as large as packed: no list is, so it is not unpacked any further."
            );
        }
        if (expected is { } whole)
        {
            if (_length > whole.Length)
            {
                throw Damaged();
            }

            _crc.Append(bytes);
        }
    }

    /// <summary>What is thrown for content that was not kept whole.</summary>
    public static UnreadableListException Damaged() =>
        new(null, "The file is damaged or incomplete: what is packed in it cannot be unpacked whole. Pack or copy it again.");

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await inner.DisposeAsync();
        await base.DisposeAsync();
    }
}
