using System.Text;

namespace Laaffic.Campaigns.Opening;

/// <summary>Finds the line that names a list's encoding, before the list can be decoded.</summary>
internal static class NamedEncoding
{
    private static readonly char[] Delimiters = [',', ';', '\t', '|', ' '];

    /// <summary>
    /// What a line <c># encoding: name</c> before the header row names, be the line quoted by a spreadsheet or in UTF-16; null
    /// if there is none.
    /// </summary>
    /// <param name="start">The list's first bytes.</param>
    public static string? Find(ReadOnlySpan<byte> start)
    {
        ReadOnlySpan<byte> rest = WithoutNuls(start);
        while (!rest.IsEmpty)
        {
            var line = Encoding.Latin1.GetString(TextLines.Take(ref rest)).Trim();
            var isQuoted = line.StartsWith("\"#", StringComparison.Ordinal);
            if (isQuoted || line.StartsWith('#'))
            {
                var comment = isQuoted ? line[2..].Split('"')[0] : line[1..].TrimEnd(Delimiters);
                var colon = comment.IndexOf(':', StringComparison.Ordinal);
                if (colon >= 0 && comment.AsSpan(..colon).Trim().Equals("encoding", StringComparison.OrdinalIgnoreCase))
                {
                    return comment[(colon + 1)..].Trim() is { Length: > 0 } name ? name : null;
                }
            }
            else if (line.Trim(Delimiters).Length > 0 && !line.StartsWith("sep=", StringComparison.OrdinalIgnoreCase))
            {
                return null;
            }
        }
        return null;
    }

    /// <summary>ASCII text without its mark, and without the NULs that UTF-16 would put in.</summary>
    private static byte[] WithoutNuls(ReadOnlySpan<byte> start)
    {
        var text =
            start.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? start[3..]
            : start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) ? start[2..]
            : start;
        return text.Contains((byte)0) ? [.. text.ToArray().Where(value => value != 0)] : text.ToArray();
    }
}
