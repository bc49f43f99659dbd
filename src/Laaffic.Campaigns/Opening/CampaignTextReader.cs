using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Laaffic.Campaigns.Opening;

/// <summary>
/// Reads a file's bytes as text: strict UTF-8, with or without its mark, or UTF-16 with its mark. A carriage return
/// without a line feed becomes a line feed, since the CSV reader takes one for a line's end or for data depending on where
/// it stands in its buffer; it never ends what a read returns. Text before a broken byte is returned first, then
/// <see cref="UnreadableListException"/> is thrown.
/// </summary>
internal sealed class CampaignTextReader(Stream stream) : TextReader
{
    /// <summary>How much can be looked at ahead, in UTF-16 units.</summary>
    public const int Capacity = CampaignLimits.MaxRow;

    private readonly char[] _chars = new char[Capacity];
    private readonly byte[] _bytes = new byte[Capacity];
    private int _charStart;
    private int _charEnd;
    private int _byteStart;
    private int _byteEnd;
    private bool _begun;
    private bool _ended;
    private bool _heldReturn;
    private bool _flushed;
    private long _lineFeeds;
    private Decoder? _utf16;
    private UnreadableListException? _broken;

    /// <summary>
    /// What comes next, without consuming it: <see cref="Capacity"/> units (or one less), or all there is. Nothing is thrown
    /// for a broken byte unless nothing stands before it.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<char>> PeekAsync(CancellationToken cancellationToken)
    {
        while (_charEnd - _charStart < Capacity - 1 && await FillAsync(cancellationToken)) { }
        if (_charStart == _charEnd && _broken is not null)
        {
            throw _broken;
        }

        return _chars.AsMemory(_charStart, _charEnd - _charStart);
    }

    /// <summary>Whether nothing follows what <see cref="PeekAsync"/> returned, be it for the end or for a broken byte.</summary>
    public bool AtEnd => _broken is not null || (_ended && _byteStart == _byteEnd && !_heldReturn);

    /// <summary>What is wrong with the text after what can be read; null if nothing was found so far.</summary>
    public UnreadableListException? Broken => _broken;

    /// <summary>Consumes this many units of what was peeked at.</summary>
    public void Skip(int count) => _charStart += count;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
    {
        while (_charStart == _charEnd)
        {
            if (!await FillAsync(cancellationToken))
            {
                return _broken is null ? 0 : throw _broken;
            }
        }
        var count = Math.Min(buffer.Length, _charEnd - _charStart);
        _chars.AsMemory(_charStart, count).CopyTo(buffer);
        _charStart += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => throw new NotSupportedException();

    /// <summary>Appends to what can be read. False if there is nothing more, or no room.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (_broken is not null)
        {
            return false;
        }

        if (_charStart > 0)
        {
            _chars.AsSpan(_charStart.._charEnd).CopyTo(_chars);
            _charEnd -= _charStart;
            _charStart = 0;
        }
        if (!_ended && _byteEnd - _byteStart < _bytes.Length / 2)
        {
            _bytes.AsSpan(_byteStart.._byteEnd).CopyTo(_bytes);
            _byteEnd -= _byteStart;
            _byteStart = 0;
            // Full buffers make the reading independent of how the source cuts itself into pieces.
            var read = await stream.ReadAtLeastAsync(
                _bytes.AsMemory(_byteEnd),
                _bytes.Length - _byteEnd,
                throwOnEndOfStream: false,
                cancellationToken
            );
            _byteEnd += read;
            _ended = _byteEnd < _bytes.Length;
        }
        if (!_begun)
        {
            Begin();
        }

        var from = _charEnd;
        if (_heldReturn && _charEnd < _chars.Length)
        {
            _chars[_charEnd++] = '\r';
            _heldReturn = false;
        }
        if (_byteStart < _byteEnd || (_ended && _utf16 is not null && !_flushed))
        {
            Decode();
        }

        Clean(from);
        return _charEnd > from || (_heldReturn && _charEnd < _chars.Length);
    }

    private void Begin()
    {
        _begun = true;
        var start = _bytes.AsSpan(0, _byteEnd);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            _byteStart = 3;
        }
        else if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            (_utf16, _byteStart) = (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true).GetDecoder(), 2);
        }
        else if (start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
        {
            (_utf16, _byteStart) = (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true).GetDecoder(), 2);
        }
    }

    private void Decode()
    {
        var bytes = _bytes.AsSpan(_byteStart.._byteEnd);
        var target = _chars.AsSpan(_charEnd);
        int read,
            written;
        if (_utf16 is not null)
        {
            try
            {
                _utf16.Convert(bytes, target, flush: _ended, out read, out written, out _flushed);
            }
            catch (DecoderFallbackException)
            {
                _broken = new UnreadableListException(
                    _lineFeeds + 1,
                    "The file begins as UTF-16 but is not valid UTF-16 on this line or after it. Save it as CSV UTF-8."
                );
                return;
            }
        }
        else
        {
            var status = Utf8.ToUtf16(bytes, target, out read, out written, replaceInvalidSequences: false, isFinalBlock: _ended);
            if (status == OperationStatus.InvalidData)
            {
                var line = _lineFeeds + 1 + target[..written].Count('\n');
                _broken = new UnreadableListException(
                    line,
                    $"The file is not UTF-8: byte 0x{bytes[read]:X2} on line {line} does not belong there. Save it as CSV UTF-8."
                );
            }
        }
        _byteStart += read;
        _charEnd += written;
    }

    /// <summary>Fixes lone carriage returns in what was appended and stops at a NUL.</summary>
    private void Clean(int from)
    {
        if (_charEnd > from && _chars[_charEnd - 1] == '\r' && _broken is null && !(_ended && _byteStart == _byteEnd))
        {
            // Whether a line feed follows is not known yet.
            _charEnd--;
            _heldReturn = true;
        }
        var at = from;
        while (true)
        {
            var found = _chars.AsSpan(at, _charEnd - at).IndexOfAny('\r', '\0');
            if (found < 0)
            {
                break;
            }

            at += found;
            if (_chars[at] == '\0')
            {
                _charEnd = at;
                _heldReturn = false;
                var line = _lineFeeds + 1 + _chars.AsSpan(from, at - from).Count('\n');
                _broken = new UnreadableListException(
                    line,
                    $"There is a NUL character on line {line}: the file is damaged, or it is UTF-16 without a mark. Save it as CSV UTF-8."
                );
                break;
            }
            if (at + 1 == _charEnd || _chars[at + 1] != '\n')
            {
                _chars[at] = '\n';
            }

            at++;
        }
        _lineFeeds += _chars.AsSpan(from, _charEnd - from).Count('\n');
    }
}
