using System.Buffers;
using System.Text;

namespace Laaffic.Campaigns.Mapping;

/// <summary>
/// Keeps a spreadsheet from taking a text for a formula: where one would begin, an apostrophe is put before it. A cell begins
/// also within a text, since where the spreadsheet's separator is another one, quotes do not keep a text in one cell.
/// </summary>
internal static class FormulaGuard
{
    /// <summary>Writes a text in UTF-8 with its apostrophes, and quotes doubled.</summary>
    public static void Write(IBufferWriter<byte> target, ReadOnlySpan<byte> text)
    {
        var (written, beginsCell) = (0, true);
        for (var i = 0; i < text.Length; i++)
        {
            var character = text[i];
            var isGuarded = beginsCell && character != ' ' && BeginsFormula(text[i..], i == 0);
            if (isGuarded || character == '"')
            {
                target.Write(text[written..i]);
                target.Write(isGuarded ? "'"u8 : "\""u8);
                written = i;
            }

            if (isGuarded && character == '\'')
            {
                i += Apostrophes(text[i..]); // to the formula itself
                character = text[i];
            }

            beginsCell = BeginsCellAfter(beginsCell, (char)character);
        }

        target.Write(text[written..]);
    }

    /// <summary>The text without the apostrophes that <see cref="Write"/> has put into it.</summary>
    public static string Remove(ReadOnlySpan<char> guarded)
    {
        var text = new StringBuilder(guarded.Length);
        var beginsCell = true;
        for (var i = 0; i < guarded.Length; i++)
        {
            if (beginsCell && guarded[i] == '\'' && BeginsFormula(Encoding.UTF8.GetBytes(guarded[i..].ToString()), i == 0))
            {
                var apostrophes = guarded[i..].IndexOfAnyExcept('\'');
                text.Append('\'', apostrophes - 1);
                i += apostrophes;
            }

            text.Append(guarded[i]);
            beginsCell = BeginsCellAfter(beginsCell, guarded[i]);
        }

        return text.ToString();
    }

    /// <summary>Whether a formula stands there, or one with apostrophes before it.</summary>
    private static bool BeginsFormula(ReadOnlySpan<byte> rest, bool isFirst)
    {
        rest = rest[Apostrophes(rest)..];
        return !rest.IsEmpty && (rest[0] is (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@' || (isFirst && IsBreak((char)rest[0])));
    }

    private static int Apostrophes(ReadOnlySpan<byte> rest)
    {
        var end = rest.IndexOfAnyExcept((byte)'\'');
        return end < 0 ? rest.Length : end;
    }

    private static bool BeginsCellAfter(bool beginsCell, char character) =>
        character == ';' || IsBreak(character) || (beginsCell && character is '"' or ' ');

    private static bool IsBreak(char character) => character is '\t' or '\r' or '\n';
}
