namespace Laaffic.Campaigns.Opening;

/// <summary>
/// The lines of text that is still bytes. Line ends are the same bytes in all encodings but UTF-16, and never a part of
/// another character.
/// </summary>
internal static class TextLines
{
    /// <summary>Takes the first line, without its end, off some bytes.</summary>
    public static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOfAny((byte)'\r', (byte)'\n');
        if (end < 0)
        {
            var all = bytes;
            bytes = [];
            return all;
        }
        var line = bytes[..end];
        bytes = bytes[(end + (bytes[end..].StartsWith("\r\n"u8) ? 2 : 1))..];
        return line;
    }

    /// <summary>How many line ends there are.</summary>
    public static long CountEnds(ReadOnlySpan<byte> bytes)
    {
        var ends = 0L;
        while (bytes.ContainsAny((byte)'\r', (byte)'\n'))
        {
            Take(ref bytes);
            ends++;
        }
        return ends;
    }
}
