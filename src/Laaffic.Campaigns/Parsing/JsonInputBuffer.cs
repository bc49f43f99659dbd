using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Laaffic.Campaigns.Parsing;

/// <summary>
/// The bytes of a JSON file, a buffer full at a time, checked to be UTF-8 and with their lines counted. Positions are
/// indexes into the buffer and hold until it is filled again.
/// </summary>
internal sealed class JsonInputBuffer(Stream content, int capacity) : IDisposable
{
    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(capacity);
    private int _end;
    private int _checkedTo;
    private bool _begun;
    private long _lineOfBuffer = 1;
    private long _charactersBeforeBuffer;
    private long _bytesBeforeBuffer;
    private int _counted;
    private long _lineOfCounted = 1;

    /// <summary>Where the bytes that were not consumed yet begin. What stands before may be dropped when the buffer is filled.</summary>
    public int Start { get; private set; }

    /// <summary>The end of the bytes in the buffer.</summary>
    public int End => _end;

    /// <summary>The bytes that were not consumed yet.</summary>
    public ReadOnlySpan<byte> Unread => _buffer.AsSpan(Start.._end);

    /// <summary>Whether nothing that can be used follows the buffer.</summary>
    public bool Ended { get; private set; }

    /// <summary>Why the bytes after the buffer's end cannot be used; null if there are none.</summary>
    public string? Fault { get; private set; }

    /// <summary>Consumes bytes.</summary>
    public void Consume(int bytes) => Start += bytes;

    /// <summary>The bytes between two positions.</summary>
    public ReadOnlySpan<byte> Slice(int from, int to) => _buffer.AsSpan(from..to);

    /// <summary>
    /// Reads until the buffer is full, making it larger if it was, so that what is found in it does not depend on how the source
    /// cuts itself into pieces.
    /// </summary>
    public async ValueTask FillAsync(CancellationToken cancellationToken)
    {
        if (Start > 0)
        {
            DropConsumed();
        }
        else if (_end == _buffer.Length)
        {
            Enlarge();
        }

        var room = _buffer.Length - _end;
        var read = await content.ReadAtLeastAsync(_buffer.AsMemory(_end, room), room, throwOnEndOfStream: false, cancellationToken);
        _end += read;
        Ended = read < room;
        if (!_begun)
        {
            Begin();
        }

        if (Fault is null)
        {
            CheckUtf8();
        }
    }

    /// <summary>The physical line of a position, from 1. Fast for rising positions.</summary>
    public long LineOf(int position)
    {
        if (position < _counted)
        {
            (_counted, _lineOfCounted) = (0, _lineOfBuffer);
        }

        _lineOfCounted += _buffer.AsSpan(_counted..position).Count((byte)'\n');
        _counted = position;
        return _lineOfCounted;
    }

    /// <summary>The column of a position in characters, from 1.</summary>
    public long ColumnOf(int position)
    {
        var lineStart = LineStartOf(position);
        return 1 + Encoding.UTF8.GetCharCount(_buffer.AsSpan(lineStart..position)) + (lineStart == 0 ? _charactersBeforeBuffer : 0);
    }

    /// <summary>The position of a byte on a line, both counted from 0 in the whole file; the buffer's end if it is not in it.</summary>
    public int PositionOf(long line, long byteOnLine)
    {
        var position = 0;
        for (var at = _lineOfBuffer - 1; at < line; at++)
        {
            var feed = _buffer.AsSpan(position.._end).IndexOf((byte)'\n');
            if (feed < 0)
            {
                return _end;
            }

            position += feed + 1;
        }
        return (int)Math.Clamp(position + byteOnLine - (line == _lineOfBuffer - 1 ? _bytesBeforeBuffer : 0), 0, _end);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private int LineStartOf(int position) => _buffer.AsSpan(0, position).LastIndexOf((byte)'\n') + 1;

    private void Enlarge()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _end).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private void DropConsumed()
    {
        var lineStart = LineStartOf(Start);
        _charactersBeforeBuffer = ColumnOf(Start) - 1;
        _bytesBeforeBuffer = Start - lineStart + (lineStart == 0 ? _bytesBeforeBuffer : 0);
        _lineOfBuffer = LineOf(Start);
        (_counted, _lineOfCounted) = (0, _lineOfBuffer);
        _buffer.AsSpan(Start.._end).CopyTo(_buffer);
        (_end, _checkedTo, Start) = (_end - Start, _checkedTo - Start, 0);
    }

    private void Begin()
    {
        _begun = true;
        var text = _buffer.AsSpan(0, _end);
        if (text.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            text[3..].CopyTo(text);
            _end -= 3;
        }
        else if (
            text.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
            || text.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
            || (text.Length >= 2 && (text[0] == 0) != (text[1] == 0))
        )
        {
            EndAt(0, "The file is UTF-16. Save it as UTF-8.");
        }
    }

    private void CheckUtf8()
    {
        var fresh = _buffer.AsSpan(_checkedTo.._end);
        var whole = Ended ? fresh.Length : fresh.Length - CutOff(fresh);
        if (Utf8.IsValid(fresh[..whole]))
        {
            _checkedTo += whole;
            return;
        }
        var at = _checkedTo;
        while (Rune.DecodeFromUtf8(_buffer.AsSpan(at.._end), out _, out var length) == OperationStatus.Done)
        {
            at += length;
        }

        EndAt(at, $"The file is not UTF-8: byte 0x{_buffer[at]:X2} does not belong there. Save it as UTF-8.");
    }

    /// <summary>How many bytes at the end are the beginning of a character whose rest is not in the buffer yet.</summary>
    private static int CutOff(ReadOnlySpan<byte> bytes)
    {
        for (var back = Math.Min(3, bytes.Length); back > 0; back--)
        {
            if (Rune.DecodeFromUtf8(bytes[^back..], out _, out _) == OperationStatus.NeedMoreData)
            {
                return back;
            }
        }
        return 0;
    }

    /// <summary>What stands before is still read, so that errors are found in the order of the file.</summary>
    private void EndAt(int position, string fault)
    {
        _end = position;
        _checkedTo = Math.Min(_checkedTo, _end);
        Ended = true;
        Fault = fault;
    }
}
