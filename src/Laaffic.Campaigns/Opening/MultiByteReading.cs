using System.Text;

namespace Laaffic.Campaigns.Opening;

/// <summary>How an encoding of Chinese, Japanese or Korean reads a list, and how likely somebody wrote what it reads.</summary>
internal sealed class MultiByteReading
{
    private const float AtLatinLetter = -2;
    private const float Unheard = -16;

    // A list of people with names in Cyrillic or Greek, which all these encodings have, is rare.
    private const float ForeignList = -10;
    private static readonly float ForeignLetter = (float)Math.Log(0.9 / 66);

    private readonly Encoding _encoding;
    private readonly float[] _likelihood = new float[char.MaxValue + 1];
    private char[] _chars = new char[1024];
    private float _own;
    private float _foreign = ForeignList;
    private bool _isExcluded;

    /// <summary>Knows how likely each character of the encoding is.</summary>
    public MultiByteReading(TextEncoding encoding)
    {
        Encoding = encoding;
        _encoding = encoding.Open(new DecoderReplacementFallback(LegibleText.None.ToString()));
        Array.Fill(_likelihood, Unheard, 128, _likelihood.Length - 128);
        Span<char> chars = stackalloc char[4];
        Span<byte> pair = stackalloc byte[2];
        for (var lead = 0x81; lead < 0xFF; lead++)
        {
            for (var trail = 0x40; trail < 0xFF; trail++)
            {
                (pair[0], pair[1]) = ((byte)lead, (byte)trail);
                if (_encoding.GetChars(pair, chars) == 1 && chars[0] != LegibleText.None)
                {
                    _likelihood[chars[0]] = Likelihood(lead, trail, chars[0]);
                }
            }
        }
        if (encoding.CodePage is 932 or 51932)
        {
            Array.Fill(_likelihood, (float)Math.Log(0.02 / 63), '\uFF61', 63);
        }

        var (common, share) = encoding.CodePage switch
        {
            54936 => (Languages.Simplified, 0.75),
            950 => (Languages.Traditional, 0.75),
            949 => (Languages.Hangul, 0.88),
            _ => (Languages.Kanji, 0.42),
        };
        var distinct = common.Distinct().ToArray();
        foreach (var c in distinct)
        {
            _likelihood[c] = (float)Math.Log(share / distinct.Length);
        }
    }

    /// <summary>The encoding.</summary>
    public TextEncoding Encoding { get; }

    /// <summary>The sum of all that was added; null once something cannot be in this encoding.</summary>
    public float? Score => _isExcluded ? null : Math.Max(_own, _foreign);

    /// <summary>Reads a part of the list that begins and ends at characters.</summary>
    public void Add(ReadOnlySpan<byte> part)
    {
        if (_isExcluded)
        {
            return;
        }

        if (_chars.Length < part.Length + 1)
        {
            _chars = new char[part.Length + 1];
        }

        var text = _chars.AsSpan(0, _encoding.GetChars(part, _chars));
        if (text.Contains(LegibleText.None) || LegibleText.IndexOfIllegible(text) >= 0)
        {
            _isExcluded = true;
            return;
        }

        var before = '\0';
        foreach (var c in text)
        {
            _own += _likelihood[c];
            _foreign += c is >= '\u0386' and <= '\u0451' ? ForeignLetter : _likelihood[c];
            if ((c < 128) != (before < 128) && char.IsAsciiLetter((char)Math.Min(c, before)))
            {
                _own += AtLatinLetter;
                _foreign += AtLatinLetter;
            }

            before = c;
        }
    }

    private float Likelihood(int lead, int trail, char c)
    {
        var share = Encoding.CodePage switch
        {
            54936 => trail < 0xA1 || lead is < 0xA1 or > 0xF7 ? 0.002 / 12_000
            : lead >= 0xD8 ? 0.05 / 3000
            : lead >= 0xB0 ? 0.19 / 3000
            : lead is 0xA1 or 0xA3 ? 0.02 / 150
            : 0.0005 / 500,
            950 => lead is >= 0xA4 and <= 0xC6 ? 0.22 / 4700
            : lead >= 0xC9 ? 0.01 / 7650
            : 0.02 / 400,
            949 => lead is >= 0xB0 and <= 0xC8 && trail >= 0xA1 ? 0.1 / 2000
            : lead is >= 0xA1 and <= 0xA3 && trail >= 0xA1 ? 0.01 / 280
            : lead >= 0xCA && trail >= 0xA1 ? 0.002 / 4900
            : 0.001 / 9000,
            _ => c is >= '\u3041' and <= '\u3096' ? 0.28 / 70
            : c is >= '\u30A1' and <= '\u30FE' ? 0.15 / 86
            : lead is >= 0x81 and < 0x88 && Encoding.CodePage == 932 || lead is > 0xA0 and < 0xB0 ? 0.03 / 300
            : IsLevelOne(lead, trail) ? 0.1 / 2400
            : 0.03 / 3800,
        };
        return (float)Math.Log(share);
    }

    private bool IsLevelOne(int lead, int trail) =>
        Encoding.CodePage == 932 ? lead is >= 0x88 and < 0x98 || (lead == 0x98 && trail < 0x73) : lead is >= 0xB0 and <= 0xCF;
}
