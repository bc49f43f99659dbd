using System.Buffers;
using System.Globalization;
using System.Text;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// Rewrites a number in ASCII as far as it means the same: digits of all scripts, all kinds of dashes, spaces and line breaks, full-width
/// forms. Marks that cannot be seen go. What has no such meaning stays, to be refused by its own name.
/// </summary>
internal static class PlainText
{
    private const int Dropped = -1;
    private const int Kept = 0;

    /// <summary>Rewrites a number.</summary>
    /// <param name="utf8">The number as it was written.</param>
    /// <param name="plain">Receives it, at least as long as <paramref name="utf8"/>: nothing becomes longer.</param>
    /// <returns>The part of <paramref name="plain"/> that was written, without blanks at either end.</returns>
    public static ReadOnlySpan<byte> Write(ReadOnlySpan<byte> utf8, Span<byte> plain)
    {
        var length = 0;
        while (!utf8.IsEmpty)
        {
            if (utf8[0] < 0x80)
            {
                plain[length++] = utf8[0] switch
                {
                    (byte)'\t' => (byte)' ',
                    (byte)'\r' or (byte)'\v' or (byte)'\f' => (byte)'\n',
                    var other => other,
                };
                utf8 = utf8[1..];
                continue;
            }
            var isValid = Rune.DecodeFromUtf8(utf8, out var rune, out var consumed) == OperationStatus.Done;
            var ascii = isValid ? AsciiOf(rune) : '?'; // it must not become longer
            if (ascii > 0)
            {
                plain[length++] = (byte)ascii;
            }
            else if (ascii == Kept)
            {
                utf8[..consumed].CopyTo(plain[length..]);
                length += consumed;
            }

            utf8 = utf8[consumed..];
        }
        return plain[..length].Trim(" \n"u8);
    }

    private static int AsciiOf(Rune rune) =>
        rune.Value switch
        {
            >= 0xFF01 and <= 0xFF5E => rune.Value - 0xFEE0, // full-width forms
            0xAD or 0x61C or 0x180E or (>= 0x200B and <= 0x200F) or (>= 0x202A and <= 0x202E) => Dropped,
            0x2060 or (>= 0x2066 and <= 0x2069) or 0xFEFF => Dropped,
            0x85 or 0x2028 or 0x2029 => '\n',
            0x2800 or 0x3164 => ' ', // the empty pattern of Braille and the Hangul filler
            0x2212 or 0x2043 or 0x2D7 => '-', // minus sign, hyphen bullet, modifier minus
            0x30FC or 0xFF70 => '-', // what a Japanese keyboard gives for a dash
            0xB7 or 0xFE52 => '.',
            0xFE59 => '(',
            0xFE5A => ')',
            0xFE62 => '+',
            0x2018 or 0x2019 or 0x2BC => '\'',
            _ => Rune.GetUnicodeCategory(rune) switch
            {
                UnicodeCategory.DecimalDigitNumber => '0' + (int)Rune.GetNumericValue(rune),
                UnicodeCategory.DashPunctuation => '-',
                _ => Rune.IsWhiteSpace(rune) ? ' ' : Kept,
            },
        };
}
