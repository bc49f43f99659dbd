using System.Buffers;
using System.Net;
using System.Text;
using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Rows;

/// <summary>
/// Goes through XML tag by tag, several times faster than a full reader, to find what would be too much for one: a document
/// type, a text or a tag of any length, endless nesting. What is not well-formed otherwise is left to the full reader.
/// </summary>
internal sealed class XmlScanner(Stream stream, CancellationToken cancellationToken) : IDisposable
{
    /// <summary>Bytes of a tag, or of the text, comments and so on between two: more than the longest text of a cell.</summary>
    private const int MaxToken = 512 * 1024;

    private const int MaxDepth = 64;
    private const int MaxInQuotes = 256;

    private readonly byte[] _buffer = ArrayPool<byte>.Shared.Rent(MaxToken);
    private int _textStart;
    private int _tagStart;
    private int _tagEnd;
    private int _nameStart;
    private int _nameEnd;
    private int _end;
    private long _dropped;
    private bool _begun;

    /// <summary>How many elements are open after the tag.</summary>
    public int Depth { get; private set; }

    /// <summary>How many bytes stand before what follows the tag.</summary>
    public long Position => _dropped + _tagEnd;

    /// <summary>Whether the tag begins an element.</summary>
    public bool IsStart { get; private set; }

    /// <summary>Whether the tag begins an element and ends it.</summary>
    public bool IsEmpty { get; private set; }

    /// <summary>The tag's name, without prefix.</summary>
    public ReadOnlySpan<byte> Name => _buffer.AsSpan(_nameStart, _nameEnd - _nameStart);

    /// <summary>What stands before the tag and after the last one, as it is written.</summary>
    public ReadOnlySpan<byte> Text => _buffer.AsSpan(_textStart, _tagStart - _textStart);

    /// <summary>The tag's attributes, as they are written.</summary>
    public ReadOnlySpan<byte> Attributes => _buffer.AsSpan(_nameEnd, _tagEnd - 1 - _nameEnd);

    /// <summary>Goes on to the next tag. False at the end.</summary>
    public bool Read()
    {
        if (!_begun)
        {
            Begin();
        }

        _textStart = _tagEnd;
        var at = _textStart;
        while (true)
        {
            var next = _buffer.AsSpan(at, _end - at).IndexOf((byte)'<');
            if (next >= 0)
            {
                at += next;
            }
            else if (!Find("<"u8, ref at))
            {
                return Depth == 0 ? false : throw Broken();
            }
            while (_end - at < 2)
            {
                if (!Fill(ref at))
                {
                    throw Broken();
                }
            }
            if (_buffer[at + 1] == '?')
            {
                Require("?>"u8, ref at);
            }
            else if (_buffer[at + 1] == '!')
            {
                SkipDeclaration(ref at);
            }
            else
            {
                break;
            }
        }
        ReadTag(at);
        return true;
    }

    /// <summary>The value of an attribute, without entities; null if the tag does not have it.</summary>
    /// <param name="name">Its name, without prefix.</param>
    public string? GetAttribute(ReadOnlySpan<byte> name)
    {
        var attributes = new XmlAttributes(Attributes);
        while (attributes.Next())
        {
            var own = attributes.Name[(attributes.Name.IndexOf((byte)':') + 1)..];
            if (own.SequenceEqual(name))
            {
                return WebUtility.HtmlDecode(Encoding.UTF8.GetString(attributes.Value));
            }
        }
        return null;
    }

    /// <summary>What is thrown for XML that cannot be read.</summary>
    public static UnreadableListException Broken() =>
        new(null, "The spreadsheet is damaged: open it in the spreadsheet program and save it again as .xlsx.");

    /// <inheritdoc/>
    public void Dispose() => ArrayPool<byte>.Shared.Return(_buffer);

    private void Begin()
    {
        _begun = true;
        var at = 0;
        while (_end < 1024 && Fill(ref at)) { }
        var head = _buffer.AsSpan(0, _end);
        if (head.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
        {
            _tagEnd = 3;
            head = head[3..];
        }
        var declared = head.IndexOf("encoding"u8);
        var stop = head.IndexOf("?>"u8);
        var other =
            declared >= 0
            && declared < stop
            && !Encoding.ASCII.GetString(head[declared..stop]).Contains("utf-8", StringComparison.OrdinalIgnoreCase);
        if (other || head.Contains((byte)0))
        {
            throw new UnreadableListException(
                null,
                "The spreadsheet is written in an unusual encoding: open it in the spreadsheet program and save it again as .xlsx."
            );
        }
    }

    private void SkipDeclaration(ref int at)
    {
        while (_end - at < 9 && Fill(ref at)) { }
        var start = _buffer.AsSpan(at, _end - at);
        if (start.StartsWith("<!--"u8))
        {
            at += 4;
            Require("-->"u8, ref at);
        }
        else if (start.StartsWith("<![CDATA["u8))
        {
            Require("]]>"u8, ref at);
        }
        else
        {
            throw new UnreadableListException(
                null,
                "The spreadsheet holds a DTD, which no spreadsheet program writes: open it in one and save it again as .xlsx."
            );
        }
    }

    private void ReadTag(int at)
    {
        var end = EndOfTag(ref at);
        _tagStart = at;
        _tagEnd = end + 1;
        IsStart = _buffer[at + 1] != '/';
        IsEmpty = IsStart && _buffer[end - 1] == '/';
        _nameStart = at + (IsStart ? 1 : 2);
        // Names are too short to be searched by anything but a loop.
        var i = _nameStart;
        while (i < end && _buffer[i] > ' ' && _buffer[i] != '/')
        {
            if (_buffer[i++] == ':')
            {
                _nameStart = i;
            }
        }
        _nameEnd = i;
        Depth +=
            IsEmpty ? 0
            : IsStart ? 1
            : -1;
        if (Depth is < 0 or > MaxDepth)
        {
            throw Broken();
        }
    }

    /// <summary>Where the tag's &gt; is, which may also stand in an attribute.</summary>
    private int EndOfTag(ref int at)
    {
        var from = at + 1;
        // Each one makes the tag be looked at anew.
        var inQuotes = 0;
        while (inQuotes < MaxInQuotes)
        {
            var found = _buffer.AsSpan(from, _end - from).IndexOf((byte)'>');
            var end = found < 0 ? _end : from + found;
            if (found >= 0 && IsOutsideOfQuotes(_buffer.AsSpan(at, end - at)))
            {
                return end;
            }

            var scanned = (found < 0 ? end : end + 1) - at;
            if (found < 0 && !Fill(ref at))
            {
                throw Broken();
            }

            inQuotes += found < 0 ? 0 : 1;
            from = at + scanned;
        }
        throw Broken();
    }

    private static bool IsOutsideOfQuotes(ReadOnlySpan<byte> tag)
    {
        var first = tag.IndexOfAny((byte)'"', (byte)'\'');
        if (first < 0)
        {
            return true;
        }
        if (tag[first..].IndexOf((byte)'\'') < 0)
        {
            return (tag[first..].Count((byte)'"') & 1) == 0;
        }

        byte open = 0;
        foreach (var c in tag[first..])
        {
            open =
                open == c ? (byte)0
                : open == 0 && c is (byte)'"' or (byte)'\'' ? c
                : open;
        }
        return open == 0;
    }

    private void Require(ReadOnlySpan<byte> what, ref int at)
    {
        if (!Find(what, ref at))
        {
            throw Broken();
        }

        at += what.Length;
    }

    private bool Find(ReadOnlySpan<byte> what, ref int at)
    {
        while (true)
        {
            var found = _buffer.AsSpan(at, _end - at).IndexOf(what);
            if (found >= 0)
            {
                at += found;
                return true;
            }

            at = Math.Max(at, _end - what.Length + 1);
            if (!Fill(ref at))
            {
                return false;
            }
        }
    }

    /// <summary>Reads more, after what has not been used up. False at the end.</summary>
    private bool Fill(ref int at)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (_textStart > 0 || _tagEnd > 0)
        {
            // Only the text and the tag that are being read matter.
            var start = _textStart;
            _buffer.AsSpan(start, _end - start).CopyTo(_buffer);
            _end -= start;
            at -= start;
            _tagEnd -= start;
            _tagStart = Math.Max(0, _tagStart - start);
            _textStart = 0;
            _dropped += start;
        }
        if (_end == _buffer.Length)
        {
            throw new UnreadableListException(null, "The spreadsheet holds a text that is longer than a cell can hold.");
        }

        var read = stream.Read(_buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}

/// <summary>The attributes of a tag, one by one.</summary>
/// <param name="rest">The tag from behind its name, without its end.</param>
internal ref struct XmlAttributes(ReadOnlySpan<byte> rest)
{
    private ReadOnlySpan<byte> _rest = rest;

    /// <summary>The attribute's name, with its prefix.</summary>
    public ReadOnlySpan<byte> Name { get; private set; }

    /// <summary>The attribute's value as it is written.</summary>
    public ReadOnlySpan<byte> Value { get; private set; }

    /// <summary>Goes on to the next attribute. False if there is none.</summary>
    public bool Next()
    {
        var equals = _rest.IndexOf((byte)'=');
        if (equals < 0)
        {
            return false;
        }

        Name = _rest[..equals].Trim(" \t\r\n"u8);
        _rest = _rest[(equals + 1)..].TrimStart(" \t\r\n"u8);
        if (_rest.IsEmpty || _rest[0] is not ((byte)'"' or (byte)'\''))
        {
            throw XmlScanner.Broken();
        }

        var close = _rest[1..].IndexOf(_rest[0]);
        if (close < 0)
        {
            throw XmlScanner.Broken();
        }

        Value = _rest.Slice(1, close);
        _rest = _rest[(close + 2)..];
        return true;
    }
}
