using System.Buffers;
using System.Globalization;
using System.Text;

namespace Laaffic.Campaigns.Parsing;

/// <summary>Small things about texts in UTF-8.</summary>
internal static class Utf8Text
{
    /// <summary>Without white space, and characters that nobody sees, at both ends.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> utf8)
    {
        while (Rune.DecodeFromUtf8(utf8, out var first, out var consumed) == OperationStatus.Done && IsUnseen(first))
        {
            utf8 = utf8[consumed..];
        }

        while (Rune.DecodeLastFromUtf8(utf8, out var last, out var consumed) == OperationStatus.Done && IsUnseen(last))
        {
            utf8 = utf8[..^consumed];
        }

        return utf8;
    }

    private static bool IsUnseen(Rune rune) =>
        Rune.IsWhiteSpace(rune) || (!rune.IsAscii && Rune.GetUnicodeCategory(rune) == UnicodeCategory.Format);
}
