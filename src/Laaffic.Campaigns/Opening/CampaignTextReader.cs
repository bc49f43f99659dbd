using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Laaffic.Campaigns.Opening;

/// <summary>
/// Reads a file's bytes as text, strictly: in the encoding that its mark or <see cref="Use"/> names, else in the one that is
/// found as soon as there is a byte that is not ASCII. A carriage return without a line feed becomes a line feed, since the
/// CSV reader takes one for a line's end or for data depending on where it stands in its buffer; it never ends what a read
/// returns. Text before a broken byte is returned first, then <see cref="UnreadableListException"/> is thrown.
/// </summary>
internal sealed class CampaignTextReader(Stream stream) : TextReader
{
    /// <summary>How much can be looked at ahead, in UTF-16 units.</summary>
    public const int Capacity = CampaignLimits.MaxRow;

    /// <summary>
    /// So many characters of a text in an encoding of several bytes are never UTF-8 by chance; of those of single bytes one is not.
    /// </summary>
    private const int MinUtf8Characters = 6;

    /// <summary>Returns, NUL, and what switches between characters in encodings of seven bits: shift out, shift in, escape.</summary>
    private static readonly SearchValues<char> ToLookAt = SearchValues.Create("\r\0\u000E\u000F\u001B");

    private readonly char[] _chars = new char[Capacity];
    private byte[] _bytes = new byte[Capacity];
    private int _charStart;
    private int _charEnd;
    private int _byteStart;
    private int _byteEnd;
    private bool _begun;
    private bool _ended;
    private bool _heldReturn;
    private long _lineFeeds;
    private TextEncoding? _named;
    private bool _yieldsToMark;
    private ByteDecoder? _decoder;
    private EncodingDetector? _detector;
    private UnreadableListException? _broken;

    /// <summary>
    /// What the text is read as, such as "UTF-8" or "GB18030"; null until that is known. A file that is all ASCII is UTF-8.
    /// </summary>
    public string? EncodingName =>
        _decoder is not null ? _decoder.Encoding.Name
        : _ended && _byteStart == _byteEnd && _broken is null ? (_named ?? TextEncodings.Utf8).Name
        : null;

    /// <summary>
    /// The encoding that a line <c># encoding: name</c> before the header row names, as it is written there; null if there is
    /// none. Nothing is consumed or decided.
    /// </summary>
    public async ValueTask<string?> FindNamedEncodingAsync(CancellationToken cancellationToken)
    {
        await ReadBytesAsync(cancellationToken);
        return NamedEncoding.Find(_bytes.AsSpan(_byteStart.._byteEnd));
    }

    /// <summary>Settles the encoding. To be called before anything is decoded.</summary>
    /// <param name="encoding">The encoding.</param>
    /// <param name="unlessMarked">Whether a mark in the text goes before it; else one that says another thing is an error.</param>
    public void Use(TextEncoding encoding, bool unlessMarked = false)
    {
        if (_begun)
        {
            throw new InvalidOperationException("Text was read already.");
        }

        (_named, _yieldsToMark) = (encoding, unlessMarked);
    }

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
            await ReadBytesAsync(cancellationToken);
        }
        if (!_begun)
        {
            Begin();
        }

        if (_decoder is null && AsciiLength() == 0 && _byteStart < _byteEnd && _broken is null)
        {
            if (_bytes.Length < EncodingDetector.Window)
            {
                Array.Resize(ref _bytes, EncodingDetector.Window);
                if (!_ended)
                {
                    await ReadBytesAsync(cancellationToken);
                }
            }
            Decide();
        }

        var from = _charEnd;
        if (_heldReturn && _charEnd < _chars.Length)
        {
            _chars[_charEnd++] = '\r';
            _heldReturn = false;
        }
        var fault = _broken is null ? Decode() : null;
        Clean(from, fault is not null || _broken is not null);
        if (_broken is null && fault is not null)
        {
            _broken = new UnreadableListException(_lineFeeds + 1, fault(_lineFeeds + 1));
        }

        return _charEnd > from || (_heldReturn && _charEnd < _chars.Length);
    }

    /// <summary>Fills the buffer of bytes: then it does not matter how the source cuts itself into pieces.</summary>
    private async ValueTask ReadBytesAsync(CancellationToken cancellationToken)
    {
        _bytes.AsSpan(_byteStart.._byteEnd).CopyTo(_bytes);
        _byteEnd -= _byteStart;
        _byteStart = 0;
        var before = _byteEnd;
        _byteEnd += await stream.ReadAtLeastAsync(
            _bytes.AsMemory(_byteEnd),
            _bytes.Length - _byteEnd,
            throwOnEndOfStream: false,
            cancellationToken
        );
        _ended = _byteEnd < _bytes.Length;
        if (_detector is not null)
        {
            _detector.Follow(_bytes.AsSpan(before.._byteEnd), _ended, () => LineOf(before));
            _broken ??= _detector.Doubt;
        }
    }

    private void Begin()
    {
        _begun = true;
        var start = _bytes.AsSpan(_byteStart.._byteEnd);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]) || start.StartsWith((ReadOnlySpan<byte>)[0, 0, 0xFE, 0xFF]))
        {
            _broken = new UnreadableListException(1, "The file begins with the mark of UTF-32, which is not read. Save it as CSV UTF-8.");
            return;
        }

        var (marked, length) =
            start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? (TextEncodings.Utf8, 3)
            : start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) ? (TextEncodings.Utf16LittleEndian, 2)
            : start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? (TextEncodings.Utf16BigEndian, 2)
            : ((TextEncoding?)null, 0);
        if (
            marked is not null
            && _named is not null
            && !_yieldsToMark
            && _named != marked
            && !(marked.IsUtf16 && _named == TextEncodings.Utf16)
        )
        {
            _broken = new UnreadableListException(
                1,
                $"The file begins with the mark of {marked}, but its encoding is named as {_named}: one of them is wrong. Leave the "
                    + $"name out, or save the file as CSV UTF-8."
            );
            return;
        }

        _byteStart += length;
        if (marked is not null)
        {
            _decoder = ByteDecoder.For(marked, "The file begins as");
        }
        else if (_named is { IsUtf16: true } or { IsUtf8: true })
        {
            _decoder = NamedDecoder(_named);
        }
    }

    private static ByteDecoder NamedDecoder(TextEncoding named) =>
        ByteDecoder.For(named == TextEncodings.Utf16 ? TextEncodings.Utf16LittleEndian : named, "The file is named as");

    /// <summary>How much of the file can be read before its encoding must be known: whole lines, as a line is read as one.</summary>
    private int AsciiLength()
    {
        var bytes = _bytes.AsSpan(_byteStart.._byteEnd);
        var high = bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF);
        return high < 0 ? bytes.Length : bytes[..high].LastIndexOfAny((byte)'\r', (byte)'\n') + 1;
    }

    /// <summary>Finds the encoding, now that it matters.</summary>
    private void Decide()
    {
        var window = _bytes.AsSpan(_byteStart.._byteEnd);
        if (_named is not null)
        {
            _decoder = NamedDecoder(_named);
            if (IsUtf8(window, _ended) && Characters(window) >= (_named.IsSingleByte ? 1 : MinUtf8Characters))
            {
                _broken = new UnreadableListException(
                    LineOf(_byteStart),
                    $"The encoding is named as {_named}, but this text is UTF-8, and would be read wrongly. Put the line "
                        + $"'# encoding: utf-8' before the header row, or take the name out."
                );
            }

            return;
        }

        if (IsUtf8(window, _ended))
        {
            _decoder = ByteDecoder.For(TextEncodings.Utf8, "");
            return;
        }

        var line = LineOf(_byteStart);
        if (window.IndexOf((byte)0) is >= 0 and var nul)
        {
            _broken = Nul(line + TextLines.CountEnds(window[..nul]));
            return;
        }

        var detector = new EncodingDetector(window, _ended, line);
        _broken = detector.Doubt;
        if (detector.Encoding is { } found)
        {
            _detector = found.IsUtf8 ? null : detector;
            _decoder = ByteDecoder.For(found, "The file begins like");
        }
    }

    /// <summary>How many characters are not ASCII in what is UTF-8.</summary>
    private static int Characters(ReadOnlySpan<byte> utf8)
    {
        var count = 0;
        foreach (var one in utf8)
        {
            count += one >= 0xC0 ? 1 : 0; // a lead byte
        }

        return count;
    }

    /// <summary>Whether bytes are UTF-8, the last character of which may be cut off unless they are all.</summary>
    private static bool IsUtf8(ReadOnlySpan<byte> bytes, bool final)
    {
        if (!final)
        {
            // What is cut off begins with a lead byte among the last three.
            var lead = bytes[^Math.Min(3, bytes.Length)..].LastIndexOfAnyInRange((byte)0xC0, (byte)0xFF);
            bytes = lead < 0 ? bytes : bytes[..^(Math.Min(3, bytes.Length) - lead)];
        }

        return Utf8.IsValid(bytes);
    }

    /// <summary>The number of the line in which a byte stands that is not decoded yet.</summary>
    private long LineOf(int place) => _lineFeeds + 1 + (_heldReturn ? 1 : 0) + TextLines.CountEnds(_bytes.AsSpan(_byteStart..place));

    private Func<long, string>? Decode()
    {
        var bytes = _bytes.AsSpan(_byteStart.._byteEnd);
        var target = _chars.AsSpan(_charEnd);
        Func<long, string>? fault = null;
        if (_decoder is null)
        {
            Ascii.ToUtf16(bytes[..Math.Min(AsciiLength(), target.Length)], target, out var length);
            _byteStart += length;
            _charEnd += length;
        }
        // A character may need two units.
        else if (target.Length > 1 && (bytes.Length > 0 || (_ended && _decoder.IsPending)))
        {
            fault = _decoder.Decode(bytes, target, _ended, out var read, out var written);
            _byteStart += read;
            _charEnd += written;
        }
        return fault;
    }

    /// <summary>Fixes lone carriage returns in what was appended and stops at a NUL.</summary>
    private void Clean(int from, bool isLast)
    {
        if (_charEnd > from && _chars[_charEnd - 1] == '\r' && !isLast && !(_ended && _byteStart == _byteEnd))
        {
            // Whether a line feed follows is not known yet.
            _charEnd--;
            _heldReturn = true;
        }
        var at = from;
        while (true)
        {
            var found = _chars.AsSpan(at, _charEnd - at).IndexOfAny(ToLookAt);
            if (found < 0)
            {
                break;
            }

            at += found;
            if (_chars[at] != '\r')
            {
                var line = _lineFeeds + 1 + _chars.AsSpan(from, at - from).Count('\n');
                _broken = _chars[at] == '\0' ? Nul(line) : Shift(line);
                _charEnd = at;
                _heldReturn = false;
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

    private static UnreadableListException Shift(long line) =>
        new(
            line,
            $"There is a control character on line {line} that no list has: the file is damaged, or in an encoding that is not read, such as "
                + $"ISO-2022-JP. Save it as CSV UTF-8."
        );

    private UnreadableListException Nul(long line) =>
        new(
            line,
            _decoder is { Encoding.IsUtf16: true }
                ? $"There is a NUL character on line {line}: the file is damaged. Save it as CSV UTF-8."
                : $"There is a NUL character on line {line}: the file is damaged, or it is UTF-16 without a mark. Save it as CSV UTF-8, or "
                    + "put \"list\": {\"encoding\": \"utf-16le\"} in the profile."
        );
}
