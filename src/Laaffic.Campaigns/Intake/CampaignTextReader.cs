using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Laaffic.Campaigns.Intake;

/// <summary>The bytes of a file are not text. Says where, and what to do.</summary>
internal sealed class BrokenTextException(long line, string message) : Exception(message)
{
    /// <summary>The physical line, from 1.</summary>
    public long Line { get; } = line;
}

/// <summary>
/// Reads a file's bytes as text: strict UTF-8, with or without its mark, or UTF-16 with its mark. A carriage return
/// without a line feed becomes a line feed, since the CSV reader takes one for a line's end or for data depending on where
/// it stands in its buffer; it never ends what a read returns. Text before a broken byte is returned first, then
/// <see cref="BrokenTextException"/> is thrown.
/// </summary>
internal sealed class CampaignTextReader(Stream stream) : TextReader
{
    /// <summary>How much can be looked at ahead, in UTF-16 units.</summary>
    public const int Capacity = 64 * 1024;

    private readonly char[] chars = new char[Capacity];
    private readonly byte[] bytes = new byte[Capacity];
    private int charStart;
    private int charEnd;
    private int byteStart;
    private int byteEnd;
    private bool begun;
    private bool ended;
    private bool heldReturn;
    private bool flushed;
    private long lineFeeds;
    private Decoder? utf16;
    private BrokenTextException? broken;

    /// <summary>
    /// What comes next, without consuming it: <see cref="Capacity"/> units (or one less), or all there is. Nothing is thrown
    /// for a broken byte unless nothing stands before it.
    /// </summary>
    public async ValueTask<ReadOnlyMemory<char>> PeekAsync(CancellationToken cancellationToken)
    {
        while (charEnd - charStart < Capacity - 1 && await FillAsync(cancellationToken))
        {
        }
        if (charStart == charEnd && broken is not null)
            throw broken;
        return chars.AsMemory(charStart, charEnd - charStart);
    }

    /// <summary>Whether nothing follows what <see cref="PeekAsync"/> returned, be it for the end or for a broken byte.</summary>
    public bool AtEnd => broken is not null || (ended && byteStart == byteEnd && !heldReturn);

    /// <summary>What is wrong with the text after what can be read; null if nothing was found so far.</summary>
    public BrokenTextException? Broken => broken;

    /// <summary>Consumes this many units of what was peeked at.</summary>
    public void Skip(int count) => charStart += count;

    /// <inheritdoc/>
    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
    {
        while (charStart == charEnd)
        {
            if (!await FillAsync(cancellationToken))
                return broken is null ? 0 : throw broken;
        }
        var count = Math.Min(buffer.Length, charEnd - charStart);
        chars.AsMemory(charStart, count).CopyTo(buffer);
        charStart += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(char[] buffer, int index, int count) => throw new NotSupportedException();

    /// <summary>Appends to what can be read. False if there is nothing more, or no room.</summary>
    private async ValueTask<bool> FillAsync(CancellationToken cancellationToken)
    {
        if (broken is not null)
            return false;
        if (charStart > 0)
        {
            chars.AsSpan(charStart..charEnd).CopyTo(chars);
            charEnd -= charStart;
            charStart = 0;
        }
        if (!ended && byteEnd - byteStart < bytes.Length / 2)
        {
            bytes.AsSpan(byteStart..byteEnd).CopyTo(bytes);
            byteEnd -= byteStart;
            byteStart = 0;
            // Full buffers make the reading independent of how the source cuts itself into pieces.
            var read = await stream.ReadAtLeastAsync(bytes.AsMemory(byteEnd), bytes.Length - byteEnd, throwOnEndOfStream: false, cancellationToken);
            byteEnd += read;
            ended = byteEnd < bytes.Length;
        }
        if (!begun)
            Begin();

        var from = charEnd;
        if (heldReturn && charEnd < chars.Length)
        {
            chars[charEnd++] = '\r';
            heldReturn = false;
        }
        if (byteStart < byteEnd || (ended && utf16 is not null && !flushed))
            Decode();
        Clean(from);
        return charEnd > from || (heldReturn && charEnd < chars.Length);
    }

    private void Begin()
    {
        begun = true;
        var start = bytes.AsSpan(0, byteEnd);
        if (start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]))
            byteStart = 3;
        else if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
            (utf16, byteStart) = (new UnicodeEncoding(bigEndian: false, byteOrderMark: false, throwOnInvalidBytes: true).GetDecoder(), 2);
        else if (start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]))
            (utf16, byteStart) = (new UnicodeEncoding(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true).GetDecoder(), 2);
    }

    private void Decode()
    {
        var source = bytes.AsSpan(byteStart..byteEnd);
        var target = chars.AsSpan(charEnd);
        int read, written;
        if (utf16 is not null)
        {
            try
            {
                utf16.Convert(source, target, flush: ended, out read, out written, out flushed);
            }
            catch (DecoderFallbackException)
            {
                broken = new BrokenTextException(lineFeeds + 1, "The file begins as UTF-16 but is not valid UTF-16 on this line or after it. Save it as CSV UTF-8.");
                return;
            }
        }
        else
        {
            var status = Utf8.ToUtf16(source, target, out read, out written, replaceInvalidSequences: false, isFinalBlock: ended);
            if (status == OperationStatus.InvalidData)
            {
                var line = lineFeeds + 1 + target[..written].Count('\n');
                broken = new BrokenTextException(line, $"The file is not UTF-8: byte 0x{source[read]:X2} on line {line} does not belong there. Save it as CSV UTF-8.");
            }
        }
        byteStart += read;
        charEnd += written;
    }

    /// <summary>Mends lone carriage returns in what was appended and stops at a NUL.</summary>
    private void Clean(int from)
    {
        if (charEnd > from && chars[charEnd - 1] == '\r' && broken is null && !(ended && byteStart == byteEnd))
        {
            // Whether a line feed follows is not known yet.
            charEnd--;
            heldReturn = true;
        }
        for (var at = from; ;)
        {
            var found = chars.AsSpan(at, charEnd - at).IndexOfAny('\r', '\0');
            if (found < 0)
                break;
            at += found;
            if (chars[at] == '\0')
            {
                charEnd = at;
                heldReturn = false;
                var line = lineFeeds + 1 + chars.AsSpan(from, at - from).Count('\n');
                broken = new BrokenTextException(line, $"There is a NUL character on line {line}: the file is damaged, or it is UTF-16 without a mark. Save it as CSV UTF-8.");
                break;
            }
            if (at + 1 == charEnd || chars[at + 1] != '\n')
                chars[at] = '\n';
            at++;
        }
        lineFeeds += chars.AsSpan(from, charEnd - from).Count('\n');
    }
}
