using System.IO.Pipelines;

namespace Laaffic.Campaigns.Rows;

/// <summary>Reads a stream on a thread of its own, some way ahead of whoever reads here: to unpack and to scan at the same time.</summary>
internal sealed class ReadAhead : IDisposable
{
    private const int BlockBytes = 64 * 1024,
        MaxBytesAhead = 1024 * 1024;

    private readonly Pipe _pipe = new(
        new PipeOptions(
            pauseWriterThreshold: MaxBytesAhead,
            resumeWriterThreshold: MaxBytesAhead / 2,
            minimumSegmentSize: BlockBytes,
            useSynchronizationContext: false
        )
    );

    private readonly Task _reading;

    /// <param name="stream">What is read; not disposed of.</param>
    public ReadAhead(Stream stream)
    {
        Content = _pipe.Reader.AsStream();
        _reading = Task.Run(() => ReadAsync(stream));
    }

    /// <summary>What was read; what the stream throws is thrown here.</summary>
    public Stream Content { get; }

    /// <summary>Ends the reading.</summary>
    public void Dispose()
    {
        Content.Dispose(); // then the writer is told that nobody reads
        _reading.GetAwaiter().GetResult();
    }

    private async Task ReadAsync(Stream stream)
    {
        Exception? failure = null;
        try
        {
            int read;
            while ((read = stream.Read(_pipe.Writer.GetSpan(BlockBytes)[..BlockBytes])) > 0)
            {
                _pipe.Writer.Advance(read);
                if ((await _pipe.Writer.FlushAsync()).IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        await _pipe.Writer.CompleteAsync(failure);
    }
}
