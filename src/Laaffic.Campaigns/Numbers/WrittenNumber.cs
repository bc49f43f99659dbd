using System.Diagnostics.CodeAnalysis;
using Laaffic.Api;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// The digits of a number as people write it: with or without white space, dashes, dots and parentheses, after a <c>+</c> or <c>00</c>,
/// in the wrapping of spreadsheets (<c>'12…</c>, <c>="12…"</c>) or of links (<c>tel:12…</c>).
/// </summary>
internal static class WrittenNumber
{
    /// <summary>Room for the most digits and the 00 before them.</summary>
    public const int Room = CalleeRules.MaxDigits + 2;

    private const int MaxOnStack = 256;

    /// <summary>Reads one number. Allocates nothing unless the number is refused or written in more than 256 bytes.</summary>
    /// <param name="utf8">The number as it was written, valid UTF-8.</param>
    /// <param name="digits">Receives the digits, without a leading 00; at least <see cref="Room"/> bytes.</param>
    /// <param name="allowsNational">Whether one without + and 00 may be within a country: shorter than 6 digits, or after (0).</param>
    /// <param name="length">How many digits there are: 6-18; 1-18 if national ones are allowed and it may be one.</param>
    /// <param name="isInternational">Whether a + or 00 stood before the digits.</param>
    /// <param name="reason">Why the number is refused, as the end of a sentence about it.</param>
    public static bool TryRead(
        ReadOnlySpan<byte> utf8,
        Span<byte> digits,
        bool allowsNational,
        out int length,
        out bool isInternational,
        [NotNullWhen(false)] out string? reason
    )
    {
        var text = Unwrap(PlainText.Write(utf8, utf8.Length <= MaxOnStack ? stackalloc byte[MaxOnStack] : new byte[utf8.Length]));
        reason = text.IsEmpty ? "the number is empty" : SpreadsheetDamage.Find(text, utf8);
        if (reason is not null)
        {
            (length, isInternational) = (0, false);
            return false;
        }

        reason = ReadDigits(text, digits, allowsNational, out length, out var plus);
        var zeros = reason is null && !plus && length >= 2 && digits.StartsWith("00"u8);
        if (zeros)
        {
            digits[2..Math.Min(length, Room)].CopyTo(digits);
            length -= 2;
        }
        isInternational = plus || zeros;
        reason ??= CheckLength(text, length, min: allowsNational && !isInternational ? 1 : CalleeRules.MinDigits);
        if (reason is null && isInternational && digits[0] == '0')
        {
            reason = $"a 0 follows the {(plus ? "+" : "00")}, and no country code begins with 0";
        }
        return reason is null;
    }

    /// <summary>Removes what tells a spreadsheet that this is text, and what tells a browser that this is a number.</summary>
    private static ReadOnlySpan<byte> Unwrap(ReadOnlySpan<byte> text)
    {
        if (text.StartsWith("'"u8))
        {
            text = Trim(text[1..]);
        }

        if (text.Length >= 3 && text.StartsWith("=\""u8) && text[^1] == '"')
        {
            text = Trim(text[2..^1]);
        }

        return text.Length >= 4 && System.Text.Ascii.EqualsIgnoreCase(text[..4], "tel:"u8) ? Trim(text[4..]) : text;
    }

    private static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> text) => text.Trim(" \n"u8);

    /// <summary>Takes the digits out of the text. Counts them all, though only <see cref="Room"/> are kept.</summary>
    /// <returns>Why that cannot be done; null if it can.</returns>
    private static string? ReadDigits(ReadOnlySpan<byte> text, Span<byte> digits, bool allowsNational, out int count, out bool plus)
    {
        (count, plus) = (0, false);
        var zeroInBrackets = ZeroInBrackets.No;
        for (var i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case >= (byte)'0' and <= (byte)'9':
                    if (count < Room)
                    {
                        digits[count] = text[i];
                    }

                    count++;
                    zeroInBrackets = zeroInBrackets == ZeroInBrackets.Opened && text[i] == '0' ? ZeroInBrackets.Zero : ZeroInBrackets.No;
                    break;
                case (byte)'+' when count == 0 && !plus:
                    plus = true;
                    zeroInBrackets = ZeroInBrackets.No;
                    break;
                case (byte)')' when zeroInBrackets == ZeroInBrackets.Zero && !(allowsNational && !plus && count == 1):
                    // Whether the 0 belongs to the number differs by country, so that to keep it or to drop it is a guess.
                    return "the number contains (0), a 0 that is not dialled from abroad: leave it out";
                case (byte)'(':
                    zeroInBrackets = ZeroInBrackets.Opened;
                    break;
                case (byte)'.' or (byte)')' or (byte)'-' or (byte)' ':
                    break;
                default:
                    return UnreadableNumber.Explain(text, i, count);
            }
        }
        return null;
    }

    private static string? CheckLength(ReadOnlySpan<byte> text, int length, int min) =>
        length switch
        {
            0 => text.ContainsAnyInRange((byte)'0', (byte)'9') ? TooFewOrMany("no digits") : UnreadableNumber.OnlyPunctuation,
            > CalleeRules.MaxDigits when UnreadableNumber.IsMoreThanOne(text) => UnreadableNumber.MoreThanOne,
            > CalleeRules.MaxDigits => TooFewOrMany(FormattableString.Invariant($"{length} digits")),
            1 when min > 1 => TooFewOrMany("1 digit"),
            _ => length < min ? TooFewOrMany(FormattableString.Invariant($"{length} digits")) : null,
        };

    private static string TooFewOrMany(string digits) =>
        $"the number has {digits}; {CalleeRules.MinDigits} to {CalleeRules.MaxDigits} are needed, country code first";

    /// <summary>How far the number has come in <c>(0)</c>.</summary>
    private enum ZeroInBrackets
    {
        No,
        Opened,
        Zero,
    }
}
