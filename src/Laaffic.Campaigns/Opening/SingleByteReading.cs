using System.Globalization;
using System.Text;

namespace Laaffic.Campaigns.Opening;

/// <summary>How an encoding with a byte a character reads a list, and how likely somebody wrote what it reads.</summary>
internal sealed class SingleByteReading
{
    private const float MixedScripts = -5;
    private const float CapitalWithinWord = -4;
    private const float SymbolAtLetter = -2.5f;
    private const float CapitalAtStart = -0.5f;
    private const float SmallAtStart = -0.9f;

    // Of any Latin language, roughly: vowels and consonants alternate. From the row's kind to the column's: vowel, consonant.
    private static readonly float[,] Alternation =
    {
        { -1.6f, -0.22f },
        { -0.45f, -1.0f },
    };

    private const Kind HaveCapitals = Kind.Latin | Kind.Cyrillic | Kind.Greek;

    private readonly char[] _chars = new char[256];
    private readonly Kind[] _kinds = new Kind[256];
    private readonly float[][] _languages;

    /// <summary>Knows what the encoding makes of each byte.</summary>
    public SingleByteReading(TextEncoding encoding)
    {
        Encoding = encoding;
        var decoder = encoding.Open(new DecoderReplacementFallback("\uFFFF"));
        for (var value = 0; value < 256; value++)
        {
            var c = decoder.GetString([(byte)value])[0];
            _chars[value] = value > 127 && !LegibleText.IsLegible(c) ? LegibleText.None : c;
            _kinds[value] = KindOf(c);
        }
        _languages =
        [
            .. Languages.Letters.Where(letters => letters.Count(c => _chars.Contains(c)) >= letters.Length * 0.8).Select(Likelihood),
        ];
    }

    [Flags]
    private enum Kind : short
    {
        Other = 0,
        Letter = 1,
        Upper = 2,
        Vowel = 4,
        Latin = 8,
        Cyrillic = 16,
        Greek = 32,
        Hebrew = 64,
        Arabic = 128,
        Thai = 256,
        Scripts = Latin | Cyrillic | Greek | Hebrew | Arabic | Thai,
    }

    /// <summary>The encoding.</summary>
    public TextEncoding Encoding { get; }

    /// <summary>What a byte is read as; <see cref="LegibleText.None"/> if nothing that anybody would write.</summary>
    public char this[byte value] => _chars[value];

    /// <summary>The logarithm of how likely a list has these bytes, were it in this encoding; null if it cannot be.</summary>
    /// <param name="bytes">How often each byte occurs.</param>
    /// <param name="pairs">How often one byte follows another, where one of them is not ASCII: first * 256 + second.</param>
    public float? Score(ReadOnlySpan<int> bytes, Dictionary<int, int> pairs)
    {
        for (var value = 128; value < 256; value++)
        {
            if (bytes[value] > 0 && _chars[value] == LegibleText.None)
            {
                return null;
            }
        }

        var best = float.NegativeInfinity;
        foreach (var language in _languages)
        {
            var sum = 0f;
            for (var value = 128; value < 256; value++)
            {
                sum += bytes[value] * language[value];
            }

            best = Math.Max(best, sum);
        }
        foreach (var (pair, count) in pairs)
        {
            best += count * Join(pair >> 8, pair & 255);
        }

        return best;
    }

    private float Join(int first, int second)
    {
        var (a, b) = (_kinds[first], _kinds[second]);
        if ((a & b & Kind.Letter) == 0)
        {
            var other =
                (a & Kind.Letter) != 0 ? second
                : (b & Kind.Letter) != 0 ? first
                : 0;
            var isFree = other < 128 ? !IsOddAtLetter((char)other) : LegibleText.StandsAtLetters(_chars[other]);
            var start =
                (b & Kind.Letter) == 0 || (b & HaveCapitals) == 0 ? 0
                : (b & Kind.Upper) != 0 ? CapitalAtStart
                : SmallAtStart;
            return start + (isFree ? 0 : SymbolAtLetter);
        }
        var scripts = a & b & Kind.Scripts;
        return (scripts == 0 ? MixedScripts : 0)
            + ((b & Kind.Upper) != 0 && (a & Kind.Upper) == 0 && (a & HaveCapitals) != 0 ? CapitalWithinWord : 0)
            + (scripts == Kind.Latin ? Alternation[(a & Kind.Vowel) != 0 ? 0 : 1, (b & Kind.Vowel) != 0 ? 0 : 1] : 0);
    }

    /// <summary>Whether an ASCII character hardly ever stands at a letter beyond ASCII, but may be half of another character.</summary>
    private static bool IsOddAtLetter(char c) => char.IsAsciiDigit(c) || c is '@' or '[' or '\\' or ']' or '^' or '`' or '{' or '}' or '~';

    /// <summary>The logarithm of each byte's share among those of a language that are not ASCII.</summary>
    private float[] Likelihood(string letters)
    {
        var total = Enumerable.Range(0, letters.Length).Sum(rank => 1 / (rank + 1.5));
        var shares = new float[256];
        for (var value = 128; value < 256; value++)
        {
            var c = _chars[value];
            var rank = letters.IndexOf(c, StringComparison.Ordinal);
            var upper = rank < 0 && char.IsUpper(c);
            rank = upper ? letters.IndexOf(char.ToLowerInvariant(c), StringComparison.Ordinal) : rank;
            var share =
                rank >= 0 ? 0.95 / (rank + 1.5) / total
                : (_kinds[value] & Kind.Letter) != 0 ? 0.02 / 60
                : LegibleText.StandsAtLetters(c) ? 0.02 / 20
                : 0.005 / 60;
            shares[value] = (float)Math.Log(share);
        }
        return shares;
    }

    private static Kind KindOf(char c)
    {
        if (c is >= '\u0300' and <= '\u036F')
        {
            return Kind.Letter | Kind.Vowel | Kind.Latin;
        }

        if (!char.IsLetter(c) && char.GetUnicodeCategory(c) != UnicodeCategory.NonSpacingMark || c is 'ª' or 'º' or 'µ' or 'ƒ')
        {
            return Kind.Other;
        }

        var script = c switch
        {
            < '\u0250' => Kind.Latin,
            >= '\u0370' and < '\u0400' => Kind.Greek,
            < '\u0530' => Kind.Cyrillic,
            < '\u0600' => Kind.Hebrew,
            < '\u0700' => Kind.Arabic,
            _ => Kind.Thai,
        };
        var plain = char.ToLowerInvariant(c.ToString().Normalize(NormalizationForm.FormD)[0]);
        return Kind.Letter
            | script
            | (char.IsUpper(c) ? Kind.Upper : 0)
            | ("aeiouyøæœı".Contains(plain, StringComparison.Ordinal) ? Kind.Vowel : 0);
    }
}
