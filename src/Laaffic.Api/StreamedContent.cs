using System.Buffers;

namespace Laaffic.Api;

/// <summary>A body that is streamed from where it is stored, once: another attempt is the client's decision alone.</summary>
internal sealed class StreamedContent(Stream body, long length, Func<bool>? mayComplete) : RequestContent(length)
{
    private const int BufferSize = 1024 * 1024;

    private readonly long _total = length;

    protected override bool CanBeRepeated => false;

    protected override async Task CopyAsync(Stream target, CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            var left = _total;
            for (int read; (read = await body.ReadAsync(buffer.AsMemory(0, BufferSize), cancellationToken)) > 0; left -= read)
            {
                if (read >= left && mayComplete?.Invoke() is false)
                {
                    GivenUp = true;
                    throw new OperationCanceledException("The request was given up before its last bytes.");
                }

                await target.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            body.Dispose();
        }

        base.Dispose(disposing);
    }
}
