using System.Text;
using Laaffic.Api;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// What a spreadsheet makes of a long number: 8.6132E+12, or a float's decimals (8613200000007.0), where removing the dot would give
/// another, callable number. Decimals are told from a dot between groups by their length, 1 or 2, or by being zeros only.
/// </summary>
internal static class SpreadsheetDamage
{
    private const string ExportAgain = "format the column as text, enter the numbers again and export again";

    /// <summary>Looks for such damage.</summary>
    /// <param name="text">The number in plain text, not empty.</param>
    /// <param name="utf8">The number as it was written, for the reason.</param>
    /// <returns>What happened to the number, as the end of a sentence about it; null if nothing did.</returns>
    public static string? Find(ReadOnlySpan<byte> text, ReadOnlySpan<byte> utf8)
    {
        var rest = text[0] is (byte)'+' or (byte)'-' ? text[1..] : text;
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
                ? $"{Written(utf8)} is a number with decimals, as a spreadsheet writes it: {ExportAgain}"
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

        return rest.Length is > 0 and <= 3 && CountDigits(rest) == rest.Length && text.Length <= 40
            ? $"{Written(utf8)} is a number that a spreadsheet has shortened, its last digits are lost: {ExportAgain}"
            : null;
    }

    // As it was written, not in plain text: reports tell it from the rest of the reason by that, to leave it out.
    private static string Written(ReadOnlySpan<byte> utf8) => Encoding.UTF8.GetString(utf8).Trim();

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }
}
