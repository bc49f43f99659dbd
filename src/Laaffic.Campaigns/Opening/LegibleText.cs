using System.Globalization;

namespace Laaffic.Campaigns.Opening;

/// <summary>Which characters somebody may have written.</summary>
internal static class LegibleText
{
    /// <summary>Stands for bytes that are no character. Unicode promises that it never is one.</summary>
    public const char None = '\uFFFF';

    /// <summary>Where a text stops to be legible: at bytes that are no character, or one without a meaning; negative if nowhere.</summary>
    public static int IndexOfIllegible(ReadOnlySpan<char> text)
    {
        var control = text.IndexOfAnyInRange('\u0080', '\u009F');
        var nothing = (control < 0 ? text : text[..control]).IndexOfAnyInRange('\uE000', '\uF8FF');
        return nothing < 0 ? control : nothing;
    }

    /// <summary>Whether a character beyond ASCII has a meaning that all know: no control, nothing private, nothing unassigned.</summary>
    public static bool IsLegible(char c) =>
        char.GetUnicodeCategory(c) is not (UnicodeCategory.Control or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);

    /// <summary>Whether a symbol stands right before or after letters in ordinary texts, as quotes and dashes do.</summary>
    public static bool StandsAtLetters(char c) =>
        c
            is '\u00A0'
                or '\u00AD'
                or '·'
                or '¿'
                or '¡'
                or '\u200C'
                or '\u200D'
                or '\u200E'
                or '\u200F'
                or 'ª'
                or 'º'
                or '،'
                or '؟'
                or '؛'
                or '…'
        || char.GetUnicodeCategory(c)
            is UnicodeCategory.InitialQuotePunctuation
                or UnicodeCategory.FinalQuotePunctuation
                or UnicodeCategory.DashPunctuation
                or UnicodeCategory.OpenPunctuation;
}
