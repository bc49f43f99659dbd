using System.Diagnostics.CodeAnalysis;
using Laaffic.Api;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// Turns a number as people write it into the 6-18 digits that the API takes: what only decorates it is removed, and one leading
/// <c>+</c> or <c>00</c>, after which there must be a country code. Anything else is refused with the reason; nothing is guessed,
/// since a wrong guess calls someone else, or the same person again. <see cref="RegionalNumbers"/> completes national numbers.
/// </summary>
internal static class NumberNormalizer
{
    /// <summary>Normalises one number. Allocates nothing unless the number is refused or written in more than 256 bytes.</summary>
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
        return WrittenNumber.TryRead(utf8, digits, allowsNational: false, out length, out _, out reason);
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
}
