using System.Buffers;
using System.Security.Cryptography;

namespace Laaffic.Campaigns.Opening;

/// <summary>
/// Reads a campaign's source forward, hashes every byte that passes and says now and then that work goes on. It does not
/// own the source.
/// </summary>
internal sealed class InputStream(Stream inner, Func<CancellationToken, ValueTask> onProgress) : ForwardStream
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var read = await inner.ReadAsync(buffer, cancellationToken);
        _hash.AppendData(buffer.Span[..read]);
        await onProgress(cancellationToken);
        return read;
    }

    /// <summary>Reads what is left of the source.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            while (await ReadAsync(buffer, cancellationToken) > 0) { }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>SHA-256 of the bytes read so far, in lower-case hexadecimal digits.</summary>
    public string ContentHash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }
}
