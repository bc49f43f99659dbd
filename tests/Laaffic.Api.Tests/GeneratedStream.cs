namespace Laaffic.Api.Tests;

/// <summary>A forward-only stream of spaces, which counts what is read and can fail on the way.</summary>
internal sealed class GeneratedStream(long length, long failsAt = long.MaxValue) : Stream
{
    private long _given;

    public long Given => Interlocked.Read(ref _given);

    public bool Disposed { get; private set; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_given >= failsAt)
        {
            throw new IOException("storage is gone");
        }

        var count = (int)Math.Min(buffer.Length, length - _given);
        buffer[..count].Fill((byte)' ');
        Interlocked.Add(ref _given, count);
        return count;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return ValueTask.FromResult(Read(buffer.Span));
    }

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        Disposed = true;
        base.Dispose(disposing);
    }
}
