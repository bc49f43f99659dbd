using System.Text;

namespace Laaffic.Campaigns.Opening;

/// <summary>Says which encodings a list may be in, and how a line of it would read in each.</summary>
internal static class EncodingDoubt
{
    private const int MaxCandidates = 4;
    private const int MaxShown = 60;
    private const int BeforeDifference = 20;

    /// <summary>The message to whoever made the list.</summary>
    /// <param name="bytes">A part of the list that begins with a line.</param>
    /// <param name="line">That line's number.</param>
    /// <param name="candidates">The encodings in which it may be, the likeliest first.</param>
    public static UnreadableListException Describe(ReadOnlySpan<byte> bytes, long line, IReadOnlyList<TextEncoding> candidates)
    {
        if (candidates.Count == 0)
        {
            SkipAscii(ref bytes, ref line);
            return new UnreadableListException(
                line,
                $"The file is not UTF-8, as line {line} shows, and in none of the other encodings that are known here: it is damaged, or "
                    + "no text. Save it as CSV UTF-8."
            );
        }

        var encodings = candidates
            .Take(MaxCandidates)
            .Select(one => (one.Name, Text: one.Open(DecoderFallback.ReplacementFallback)))
            .ToArray();
        while (true)
        {
            SkipAscii(ref bytes, ref line);
            var row = TextLines.Take(ref bytes).ToArray();
            var texts = Array.ConvertAll(encodings, one => one.Text.GetString(row));
            if (texts.Length == 1 || !bytes.ContainsAnyInRange((byte)0x80, (byte)0xFF) || texts[0] != texts[1])
            {
                var difference = texts.Length > 1 ? texts[0].AsSpan().CommonPrefixLength(texts[1]) : 0;
                var readings = encodings.Zip(texts, (one, text) => $"{one.Name}: \u201C{Shown(text, difference)}\u201D");
                return new UnreadableListException(
                    line,
                    $"The file is not UTF-8, and it is not certain in which encoding it was saved; texts read in a wrong one would be "
                        + $"spoken wrongly. Line {line} would read, in {string.Join("; in ", readings)}. Put the encoding in which it "
                        + $"reads right on a line before the header row, as in '# encoding: {encodings[0].Name.ToLowerInvariant()}', or in "
                        + $"the profile, as in \"list\": {{\"encoding\": \"{encodings[0].Name.ToLowerInvariant()}\"}}; or save the file as "
                        + "CSV UTF-8."
                );
            }
            line++;
        }
    }

    private static void SkipAscii(ref ReadOnlySpan<byte> bytes, ref long line)
    {
        var high = Math.Max(0, bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF));
        var start = bytes[..high].LastIndexOfAny((byte)'\r', (byte)'\n') + 1;
        line += TextLines.CountEnds(bytes[..start]);
        bytes = bytes[start..];
    }

    /// <summary>A part of a line with what matters, and without what could tell whose number it is.</summary>
    private static string Shown(string text, int difference)
    {
        var shown = new StringBuilder(text.Length);
        var i = 0;
        while (i < text.Length)
        {
            var run = 0;
            while (i + run < text.Length && char.IsDigit(text[i + run]))
            {
                run++;
            }

            if (run == 0)
            {
                shown.Append(char.IsControl(text[i]) ? ' ' : text[i]);
                i++;
                continue;
            }
            var hidden = run < 5 ? 0 : run - 2;
            shown.Append('•', hidden).Append(text, i + hidden, run - hidden);
            i += run;
        }
        var from = shown.Length <= MaxShown ? 0 : Math.Clamp(difference - BeforeDifference, 0, shown.Length - MaxShown);
        var length = Math.Min(MaxShown, shown.Length - from);
        return (from > 0 ? "…" : "") + shown.ToString(from, length).Trim() + (from + length < shown.Length ? "…" : "");
    }
}
