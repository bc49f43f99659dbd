using System.IO.Compression;

namespace Laaffic.Campaigns.Opening;

/// <summary>
/// What is packed in a gzip, all its members, whole or an error. <see cref="GZipStream"/> takes a cut file for one that ends,
/// and passes over what follows the last member that it knows. So a member is put behind the file here: only if the file
/// ends where a member does, and all of it was read, does the content end in what is in that member.
/// </summary>
internal sealed class GzipContent : ForwardStream
{
    private static readonly byte[] Seal = Guid.NewGuid().ToByteArray();
    private static readonly byte[] PackedSeal = Pack(Seal);

    private readonly GZipStream _unpacking;
    private readonly byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;
    private bool _ended;

    /// <summary>Unpacks a gzip, which is not disposed of.</summary>
    public GzipContent(Stream packed) => _unpacking = new GZipStream(new Sealed(packed), CompressionMode.Decompress);

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!_ended && _end - _start <= Seal.Length)
        {
            _buffer.AsSpan(_start.._end).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
            var read = await _unpacking.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _end += read;
            _ended = read == 0;
        }
        if (_ended && !_buffer.AsSpan(_start.._end).SequenceEqual(Seal))
        {
            throw UnpackedStream.Damaged();
        }

        var count = Math.Min(buffer.Length, _end - _start - Seal.Length);
        _buffer.AsMemory(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _unpacking.Dispose();
        }

        base.Dispose(disposing);
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var packing = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            packing.Write(content);
        }
        return packed.ToArray();
    }

    /// <summary>A file and the member behind it.</summary>
    private sealed class Sealed(Stream file) : ForwardStream
    {
        private bool _fileEnded;
        private int _sealRead;

        /// <inheritdoc/>
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_fileEnded)
            {
                var read = await file.ReadAsync(buffer, cancellationToken);
                if (read > 0)
                {
                    return read;
                }

                _fileEnded = true;
            }
            var count = Math.Min(buffer.Length, PackedSeal.Length - _sealRead);
            PackedSeal.AsMemory(_sealRead, count).CopyTo(buffer);
            _sealRead += count;
            return count;
        }
    }
}
