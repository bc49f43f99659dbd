namespace Laaffic.Api;

/// <summary>A stream, read forward once, in which some bytes are replaced by others.</summary>
/// <param name="inner">The stream, disposed with this one.</param>
/// <param name="offset">Where the replaced bytes begin.</param>
/// <param name="length">How many they are.</param>
/// <param name="replacement">What stands in their place.</param>
internal sealed class SplicedStream(Stream inner, long offset, int length, byte[] replacement) : Stream
{
    private long _before = offset;
    private int _skip = length;
    private int _replaced;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_before > 0)
        {
            var read = await inner.ReadAsync(_before < buffer.Length ? buffer[..(int)_before] : buffer, cancellationToken);
            _before -= read;
            return read;
        }

        while (_skip > 0)
        {
            var skipped = await inner.ReadAsync(_skip < buffer.Length ? buffer[.._skip] : buffer, cancellationToken);
            if (skipped == 0)
            {
                return 0;
            }

            _skip -= skipped;
        }

        if (_replaced == replacement.Length)
        {
            return await inner.ReadAsync(buffer, cancellationToken);
        }

        var given = Math.Min(buffer.Length, replacement.Length - _replaced);
        replacement.AsMemory(_replaced, given).CopyTo(buffer);
        _replaced += given;
        return given;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("A body is read asynchronously.");

    public override void Flush() { }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }
}
