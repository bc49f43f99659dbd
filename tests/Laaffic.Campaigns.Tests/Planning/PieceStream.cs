namespace Laaffic.Campaigns.Tests.Planning;

/// <summary>Hands out bytes in small pieces, asynchronously, and does something before each.</summary>
internal sealed class PieceStream(byte[] content, int most, Action? before = null) : MemoryStream(content)
{
    private int _reads;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await Task.Yield();
        before?.Invoke();
        cancellationToken.ThrowIfCancellationRequested();
        return Read(buffer.Span[..Math.Min(buffer.Length, _reads++ % most + 1)]);
    }
}
