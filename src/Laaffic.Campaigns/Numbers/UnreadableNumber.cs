using System.Collections.Frozen;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Laaffic.Campaigns.Numbers;

/// <summary>Says why a text cannot be read as one number, to somebody who is to correct it.</summary>
internal static partial class UnreadableNumber
{
    /// <summary>The reason where there are several numbers.</summary>
    public const string MoreThanOne = "there is more than one number: one number a cell";

    /// <summary>The reason where there are only dashes and the like.</summary>
    public const string OnlyPunctuation = "there is no number, only punctuation";

    private const string Extension = "the number contains an extension, which cannot be dialled: leave it out";
    private const string Missing = "there is no number: the cell only says that there is none";
    private const string FormulaError = "there is no number: a formula of the spreadsheet has failed";

    /// <summary>What a number has at least where two of them are told from one in parts.</summary>
    private const int MinDigitsOfOne = 7;

    /// <summary>Enough of a text to see what it is; a cell may hold far more.</summary>
    private const int MostLookedAt = 120;

    private const int MostLettersNamed = 20;

    // cspell:disable
    private static readonly FrozenSet<string> MissingNumbers = FrozenSet.ToFrozenSet(
        [
            .. (string[])["n/a", "na", "n.a", "n.a.", "null", "nil", "none", "nan", "no", "unknown", "undefined", "missing", "empty"],
            .. (string[])["blank", "tbd", "tba", "no number", "no phone", "not available", "not provided", "not applicable"],
            .. (string[])["keine", "unbekannt", "aucun", "ninguno", "nessuno", "tidak ada", "yok", "нет", "无", "無", "没有", "なし"],
        ],
        StringComparer.OrdinalIgnoreCase
    );

    // After the number and its decoration: ext. 5, x5, #5, доб. 5, 转5, ;ext=5.
    [GeneratedRegex(
        """
            ^[,;]*\s*(?:\#|ext|extn|extension|xtn|x|p|w|p/w|anexo|ramal|poste|pesawat|psw|interno|int|durchwahl|dw|dahili|klapka|wewn?
            |доб|добавочный|вн|внутр|внутренний|转|轉|分机|分機|內線|内线|内線|내선|ต่อ|تحويلة)[\s.:=()\#-]*[0-9]{1,7}[^\p{L}0-9]*$
            """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace | RegexOptions.NonBacktracking
    )]
    private static partial Regex NamedExtension();

    // Commas and semicolons are pauses to a dialler: 12025550101,,5.
    [GeneratedRegex(@"^(?:[,;]\s*)+[0-9]{1,5}[\s#]*$", RegexOptions.NonBacktracking)]
    private static partial Regex Pauses();

    // What may stand between two numbers, and then the second one, up to where a third could begin.
    [GeneratedRegex(
        """
            ^\s*(?:[/;,|&\\+、\n]+|(?:or|and|oder|und|ou|et|o|y|e|atau|dan|veya|ve|или|и)[^\p{L}]|或|和|及|と|または)\s*
            (?<second>[^/;,|&\\、\n]*)
            """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.IgnorePatternWhitespace
    )]
    private static partial Regex SecondNumber();

    // cspell:enable

    /// <summary>Says why a text cannot be read further.</summary>
    /// <param name="text">The text, in plain text.</param>
    /// <param name="at">Where the character begins that no number has there.</param>
    /// <param name="digitsBefore">How many digits come before.</param>
    /// <returns>The reason, as the end of a sentence about the number. It holds no digits of the text.</returns>
    public static string Explain(ReadOnlySpan<byte> text, int at, int digitsBefore)
    {
        if (text.Length <= MostLookedAt && FindPlaceholder(text) is { } placeholder)
        {
            return placeholder;
        }

        var rest = Encoding.UTF8.GetString(text.Slice(at, Math.Min(text.Length - at, MostLookedAt)));
        if (digitsBefore >= MinDigitsOfOne && CountDigits(SecondNumber().Match(rest).Groups["second"].Value) >= MinDigitsOfOne)
        {
            return MoreThanOne;
        }

        if (digitsBefore >= MinDigitsOfOne && (NamedExtension().IsMatch(rest) || Pauses().IsMatch(rest)))
        {
            return Extension;
        }

        return rest[0] == '\n'
            ? "the number contains a line break: one number a cell"
            : $"the number contains {Name(rest, isPart: text.ContainsAnyInRange((byte)'0', (byte)'9'))}";
    }

    /// <summary>Whether a text of too many digits is made of several numbers with white space between them.</summary>
    public static bool IsMoreThanOne(ReadOnlySpan<byte> text)
    {
        var numbers = 0;
        foreach (var part in text.Split((byte)' '))
        {
            var digits = CountDigits(text[part]);
            if (digits is > 0 and < MinDigitsOfOne)
            {
                return false;
            }

            numbers += digits > 0 ? 1 : 0;
        }
        return numbers > 1;
    }

    private static string? FindPlaceholder(ReadOnlySpan<byte> text)
    {
        var cell = Encoding.UTF8.GetString(text);
        if (cell.ToUpperInvariant() is "#N/A" or "#REF!" or "#VALUE!" or "#NAME?" or "#DIV/0!" or "#NUM!" or "#NULL!" or "#ERROR!")
        {
            return FormulaError;
        }

        return MissingNumbers.Contains(cell.Trim("()<>[]-.!\" ".ToCharArray())) ? Missing
            : cell.All(c => c == '\n' || c is >= ' ' and <= '~' && !char.IsAsciiLetterOrDigit(c)) ? OnlyPunctuation
            : null;
    }

    /// <summary>Names the letters that a text begins with, or its first character.</summary>
    /// <param name="rest">The text.</param>
    /// <param name="isPart">Whether there is more in the cell: of one without digits only the first letter is named.</param>
    private static string Name(string rest, bool isPart)
    {
        var letters = 0;
        while (letters < rest.Length && (char.IsLetter(rest[letters]) || letters > 0 && char.GetUnicodeCategory(rest[letters]) is Mark))
        {
            letters++;
        }

        return isPart && letters is > 1 and <= MostLettersNamed ? $"'{rest[..letters]}'" : Describe(rest.EnumerateRunes().First());
    }

    private const UnicodeCategory Mark = UnicodeCategory.NonSpacingMark;

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

    private static int CountDigits(ReadOnlySpan<char> text)
    {
        var count = 0;
        foreach (var c in text)
        {
            count += char.IsAsciiDigit(c) ? 1 : 0;
        }

        return count;
    }

    private static int CountDigits(ReadOnlySpan<byte> text)
    {
        var count = 0;
        foreach (var c in text)
        {
            count += c is >= (byte)'0' and <= (byte)'9' ? 1 : 0;
        }

        return count;
    }
}
