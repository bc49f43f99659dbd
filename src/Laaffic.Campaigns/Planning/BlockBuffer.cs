using System.Buffers;

namespace Laaffic.Campaigns.Planning;

/// <summary>Gathers the bytes of a block in pooled memory, which grows with them and is kept from block to block.</summary>
internal sealed class BlockBuffer : IBufferWriter<byte>, IDisposable
{
    /// <summary>From this many bytes on a block is to be stored: large, since each costs a round trip.</summary>
    public const int BlockSize = 4 * 1024 * 1024 - 256 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(32 * 1024);

    /// <summary>How many bytes it holds.</summary>
    public int Count { get; private set; }

    /// <inheritdoc/>
    public void Advance(int count) => Count += count;

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsMemory(Count);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Ensure(sizeHint);
        return _bytes.AsSpan(Count);
    }

    /// <summary>The bytes as a stream, valid until it is cleared.</summary>
    public Stream OpenRead() => new MemoryStream(_bytes, 0, Count, writable: false);

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> more)
    {
        if (more.Length > _bytes.Length - Count)
        {
            Enlarge(more.Length);
        }

        more.CopyTo(_bytes.AsSpan(Count));
        Count += more.Length;
    }

    /// <summary>Takes out the bytes between two positions.</summary>
    public void Remove(int start, int end)
    {
        _bytes.AsSpan(end..Count).CopyTo(_bytes.AsSpan(start));
        Count -= end - start;
    }

    /// <summary>Forgets the bytes.</summary>
    public void Clear() => Count = 0;

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        Count = 0;
    }

    private void Ensure(int sizeHint)
    {
        if (_bytes.Length - Count < Math.Max(sizeHint, 256))
        {
            Enlarge(sizeHint);
        }
    }

    private void Enlarge(int sizeHint)
    {
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, Count + sizeHint));
        _bytes.AsSpan(0, Count).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
