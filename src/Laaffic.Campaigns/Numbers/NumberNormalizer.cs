using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Laaffic.Api;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// Turns a number as people write it into the 6-18 digits that the API takes: white space, dashes, dots and parentheses
/// are removed, and one leading <c>+</c> or <c>00</c>, after which there must be a country code. Anything else is refused with
/// the reason; nothing is guessed, since a wrong guess calls someone else, or the same person again.
/// </summary>
internal static class NumberNormalizer
{
    private const string ExportAgain = "format the column as text, enter the numbers again and export again";

    /// <summary>Normalises one number. Allocates nothing unless the number is refused.</summary>
    /// <param name="utf8">The number as it was written, valid UTF-8.</param>
    /// <param name="digits">Receives the digits; at least <see cref="CalleeRules.MaxDigits"/> + 2 bytes.</param>
    /// <param name="length">How many digits there are: 6-18.</param>
    /// <param name="reason">Why the number is refused, as the end of a sentence about it.</param>
    public static bool TryNormalize(ReadOnlySpan<byte> utf8, Span<byte> digits, out int length, [NotNullWhen(false)] out string? reason)
    {
        reason = null;
        if (
            utf8.Length is >= CalleeRules.MinDigits and <= CalleeRules.MaxDigits
            && !utf8.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && !utf8.StartsWith("00"u8)
        )
        {
            utf8.CopyTo(digits);
            length = utf8.Length;
            return true;
        }
        return TryNormalizeWritten(utf8, digits, out length, out reason);
    }

    /// <summary>
    /// The digits as one number, leading zeros included: a 1 is put before them, so that 0123456 and 123456 differ.
    /// Never 0, and 18 digits fit.
    /// </summary>
    public static ulong Key(ReadOnlySpan<byte> digits)
    {
        ulong key = 1;
        foreach (var digit in digits)
        {
            key = key * 10 + (ulong)(digit - '0');
        }

        return key;
    }

    private static bool TryNormalizeWritten(
        ReadOnlySpan<byte> utf8,
        Span<byte> digits,
        out int length,
        [NotNullWhen(false)] out string? reason
    )
    {
        var rest = Trim(utf8);
        var room = CalleeRules.MaxDigits + 2;
        length = 0;
        if (rest.IsEmpty)
        {
            reason = "the number is empty";
            return false;
        }
        if (SpreadsheetDamage(rest) is { } damage)
        {
            reason = damage;
            return false;
        }

        var plus = false;
        var count = 0;
        var zeroInBrackets = ZeroInBrackets.No;
        while (Rune.DecodeFromUtf8(rest, out var rune, out var consumed) == OperationStatus.Done)
        {
            rest = rest[consumed..];
            if (rune.Value is >= '0' and <= '9')
            {
                if (count < room)
                {
                    digits[count] = (byte)rune.Value;
                }

                count++;
                zeroInBrackets = zeroInBrackets == ZeroInBrackets.Opened && rune.Value == '0' ? ZeroInBrackets.Zero : ZeroInBrackets.No;
            }
            else if (rune.Value == '+' && count == 0 && !plus)
            {
                plus = true;
                zeroInBrackets = ZeroInBrackets.No;
            }
            else if (rune.Value == ')' && zeroInBrackets == ZeroInBrackets.Zero)
            {
                // Whether the 0 belongs to the number differs by country, so that to keep it or to drop it is a guess.
                reason = "the number contains (0), a 0 that is not dialled from abroad: leave it out";
                return false;
            }
            else if (rune.Value == '(')
            {
                zeroInBrackets = ZeroInBrackets.Opened;
            }
            else if (!IsSeparator(rune))
            {
                reason = IsLineBreak(rune)
                    ? "the number contains a line break: one number a cell"
                    : $"the number contains {Describe(rune)}";
                return false;
            }
        }
        var zeros = !plus && count >= 2 && digits.StartsWith("00"u8);
        if (zeros)
        {
            digits[2..Math.Min(count, room)].CopyTo(digits);
            count -= 2;
        }
        if (count is < CalleeRules.MinDigits or > CalleeRules.MaxDigits)
        {
            reason = $"the number has {Count(count)}; {CalleeRules.MinDigits} to {CalleeRules.MaxDigits} are needed, country code first";
            return false;
        }
        if ((plus || zeros) && digits[0] == '0')
        {
            reason = $"a 0 follows the {(plus ? "+" : "00")}, and no country code begins with 0";
            return false;
        }
        length = count;
        reason = null;
        return true;
    }

    private static string Count(int digits) =>
        digits switch
        {
            0 => "no digits",
            1 => "1 digit",
            _ => string.Create(CultureInfo.InvariantCulture, $"{digits} digits"),
        };

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> utf8)
    {
        while (Rune.DecodeFromUtf8(utf8, out var first, out var consumed) == OperationStatus.Done && Rune.IsWhiteSpace(first))
        {
            utf8 = utf8[consumed..];
        }

        while (Rune.DecodeLastFromUtf8(utf8, out var last, out var consumed) == OperationStatus.Done && Rune.IsWhiteSpace(last))
        {
            utf8 = utf8[..^consumed];
        }

        return utf8;
    }

    private static bool IsSeparator(Rune rune) =>
        rune.Value is '.' or '(' or ')' or '-' or ' ' or 0x2212 // minus sign
        || (Rune.IsWhiteSpace(rune) && !IsLineBreak(rune))
        || Rune.GetUnicodeCategory(rune) == UnicodeCategory.DashPunctuation;

    private static bool IsLineBreak(Rune rune) => rune.Value is '\n' or '\r' or '\v' or '\f' or 0x85 or 0x2028 or 0x2029;

    private static string Describe(Rune rune) =>
        Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Control
            or UnicodeCategory.Format
            or UnicodeCategory.NonSpacingMark
            or UnicodeCategory.PrivateUse
            or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.EnclosingMark => $"the invisible character U+{rune.Value:X4}",
            _ => $"'{rune}'",
        };

    /// <summary>
    /// What a spreadsheet makes of a long number: 8.6132E+12, or a float's decimals (8613200000007.0), where removing the
    /// dot would give another, callable number. Decimals are told from a dot between groups by their length, 1 or 2, or
    /// by being zeros only.
    /// </summary>
    private static string? SpreadsheetDamage(ReadOnlySpan<byte> utf8)
    {
        var rest = utf8[0] is (byte)'+' or (byte)'-' ? utf8[1..] : utf8;
        var whole = CountDigits(rest);
        if (whole == 0)
        {
            return null;
        }

        rest = rest[whole..];
        ReadOnlySpan<byte> fraction = [];
        if (rest.Length > 0 && rest[0] is (byte)'.' or (byte)',')
        {
            fraction = rest.Slice(1, CountDigits(rest[1..]));
            rest = rest[(1 + fraction.Length)..];
        }
        if (rest.IsEmpty)
        {
            return whole >= CalleeRules.MinDigits && fraction.Length > 0 && (fraction.Length <= 2 || !fraction.ContainsAnyExcept((byte)'0'))
                ? $"{Encoding.UTF8.GetString(utf8)} is a number with decimals, as a spreadsheet writes it: {ExportAgain}"
                : null;
        }
        if (rest[0] is not ((byte)'e' or (byte)'E'))
        {
            return null;
        }

        rest = rest[1..];
        if (rest.Length > 0 && rest[0] is (byte)'+' or (byte)'-')
        {
            rest = rest[1..];
        }

        return rest.Length is > 0 and <= 3 && CountDigits(rest) == rest.Length && utf8.Length <= 40
            ? $"{Encoding.UTF8.GetString(utf8)} is a number that a spreadsheet has shortened, its last digits are lost: {ExportAgain}"
            : null;
    }

    /// <summary>How far the number has come in <c>(0)</c>.</summary>
    private enum ZeroInBrackets
    {
        No,
        Opened,
        Zero,
    }

    private static int CountDigits(ReadOnlySpan<byte> utf8)
    {
        var end = utf8.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? utf8.Length : end;
    }
}
