using System.Buffers;
using UtfUnknown;

namespace Laaffic.Campaigns.Opening;

/// <summary>
/// Finds the encoding of a list that is neither ASCII nor UTF-8, and keeps watching whether what follows bears it out. Two
/// that know nothing of each other are asked: UTF.Unknown, and how likely somebody wrote what each encoding reads.
/// </summary>
internal sealed class EncodingDetector
{
    /// <summary>How many bytes are looked at to decide.</summary>
    public const int Window = 512 * 1024;

    // How much likelier the best reading must be than the next that differs from it, as a logarithm: so much if UTF.Unknown
    // says the same, and so much if it says something else, as it often does of Big5. Never was a wrong one ahead by more
    // than a few, in lists in twenty languages of one row to five hundred.
    private const float LeadIfAgreed = 6;
    private const float LeadAlone = 20;

    // How likely a byte must be, on average: words have -2 to -4.5, what is no text or in another encoding -5 to -8.
    private const float LeastLikelihood = -4.7f;

    // How many words may be UTF-8 in a list that is not: none, but for short ones in Chinese and Korean.
    private const double SomeUtf8 = 0.01;
    private const double SomeUtf8ByChance = 0.1;
    private const double MostlyUtf8 = 0.5;

    private const int RussianDos = 866;

    private const int MaxSample = 64 * 1024;

    private readonly EncodingEvidence _evidence = new();
    private readonly TextEncoding? _other;
    private int _weightWhenChecked;

    /// <summary>Decides.</summary>
    /// <param name="window">The list from a line's beginning on, with bytes beyond ASCII in it.</param>
    /// <param name="final">Whether nothing follows.</param>
    /// <param name="line">The number of the window's first line.</param>
    public EncodingDetector(ReadOnlySpan<byte> window, bool final, long line)
    {
        _evidence.Add(window, final);
        if (_evidence.Utf8Share >= MostlyUtf8)
        {
            Encoding = TextEncodings.Utf8;
            return;
        }

        _other = AskAnother(window);
        Encoding = FindSure();
        Doubt = Encoding is null ? Describe(window, line) : null;
    }

    /// <summary>The encoding; null if it is not certain. UTF-8 if that was meant, though it is damaged.</summary>
    public TextEncoding? Encoding { get; }

    /// <summary>Why the list cannot be read; null if it can.</summary>
    public UnreadableListException? Doubt { get; private set; }

    /// <summary>Takes in what follows the window.</summary>
    /// <param name="bytes">What follows.</param>
    /// <param name="final">Whether nothing follows it.</param>
    /// <param name="line">Finds the number of its first line.</param>
    public void Follow(ReadOnlySpan<byte> bytes, bool final, Func<long> line)
    {
        _evidence.Add(bytes, final);
        if (Doubt is not null || (!final && _evidence.Weight < _weightWhenChecked * 1.2))
        {
            return;
        }

        if (FindSure() is not { } sure || !_evidence.ReadAlike(sure, Encoding!))
        {
            Doubt = Describe(bytes, line());
        }
    }

    private TextEncoding? FindSure()
    {
        _weightWhenChecked = _evidence.Weight;
        var ranked = _evidence.Rank();
        if (ranked.Count == 0)
        {
            return null;
        }

        // What is close to it, other code pages of DOS, is not known here and would be taken for it.
        var best = ranked[0].Encoding;
        if (best.CodePage == RussianDos)
        {
            return null;
        }

        var someUtf8 = TextEncodings.MultiByte.Contains(best) ? SomeUtf8ByChance : SomeUtf8;
        if (ranked[0].Score < LeastLikelihood * _evidence.Weight || _evidence.Utf8Share > someUtf8)
        {
            return null;
        }

        var agreed = _other is not null && _evidence.ReadAlike(best, _other);
        return ranked.Count > 1 && ranked[0].Score - ranked[1].Score < (agreed ? LeadIfAgreed : LeadAlone) ? null : best;
    }

    private UnreadableListException Describe(ReadOnlySpan<byte> bytes, long line) =>
        EncodingDoubt.Describe(bytes, line, [.. _evidence.Rank().Select(one => one.Encoding)]);

    /// <summary>What UTF.Unknown makes of the lines that are not ASCII.</summary>
    private static TextEncoding? AskAnother(ReadOnlySpan<byte> window)
    {
        var sample = new ArrayBufferWriter<byte>();
        while (sample.WrittenCount < MaxSample && window.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var high)
        {
            window = window[(window[..high].LastIndexOfAny((byte)'\r', (byte)'\n') + 1)..];
            sample.Write(TextLines.Take(ref window));
            sample.Write("\n"u8);
        }
        return
            CharsetDetector.DetectFromBytes(sample.WrittenSpan).Detected?.EncodingName is { } name
            && TextEncodings.TryFind(name, out var found, out _)
            ? found
            : null;
    }
}
