using System.Buffers;
using System.Text.Unicode;

namespace Laaffic.Campaigns.Opening;

/// <summary>
/// What a list's bytes beyond ASCII say about its encoding. Each distinct word counts once, so that what every row repeats
/// does not count for more than it says; memory is bounded.
/// </summary>
internal sealed class EncodingEvidence
{
    private const int MaxWords = 1 << 16;
    private const int MaxWord = CampaignLimits.MaxRow;

    // No encoding has them as a later byte of a character: a word can be read by itself.
    private static readonly SearchValues<byte> Between = SearchValues.Create([
        .. Enumerable.Range(0, 0x30).Concat(Enumerable.Range(0x3A, 6)).Select(value => (byte)value),
    ]);

    private readonly HashSet<int> _words = [];
    private readonly int[] _bytes = new int[256];
    private readonly Dictionary<int, int> _pairs = [];
    private readonly SingleByteReading[] _single = [.. TextEncodings.SingleByte.Select(encoding => new SingleByteReading(encoding))];
    private readonly MultiByteReading[] _multi = [.. TextEncodings.MultiByte.Select(encoding => new MultiByteReading(encoding))];
    private readonly ArrayBufferWriter<byte> _cut = new();
    private bool _skipping;
    private int _wordsOfUtf8;
    private int _wordsCounted;

    /// <summary>How many bytes beyond ASCII were counted.</summary>
    public int Weight { get; private set; }

    /// <summary>
    /// The share of words that are valid UTF-8, from 0 to 1. In a list that is not in part UTF-8 hardly any is, by chance.
    /// </summary>
    public double Utf8Share => _wordsCounted == 0 ? 0 : (double)_wordsOfUtf8 / _wordsCounted;

    /// <summary>Takes in what comes next.</summary>
    public void Add(ReadOnlySpan<byte> bytes, bool final)
    {
        if (_cut.WrittenCount > 0 || _skipping)
        {
            var end = bytes.IndexOfAny(Between);
            var rest = end < 0 ? bytes : bytes[..end];
            bytes = bytes[rest.Length..];
            if (!_skipping)
            {
                _cut.Write(rest);
            }

            if (end >= 0 || final)
            {
                AddWord(_cut.WrittenSpan);
                _cut.ResetWrittenCount();
                _skipping = false;
            }
            else if (_cut.WrittenCount > MaxWord)
            {
                _cut.ResetWrittenCount();
                _skipping = true;
            }
        }
        while (bytes.IndexOfAnyInRange((byte)0x80, (byte)0xFF) is >= 0 and var high)
        {
            var start = bytes[..high].LastIndexOfAny(Between) + 1;
            var length = bytes[high..].IndexOfAny(Between);
            if (length < 0 && !final)
            {
                _cut.Write(bytes[start..]);
                return;
            }

            var end = length < 0 ? bytes.Length : high + length;
            AddWord(bytes[start..end]);
            bytes = bytes[end..];
        }
    }

    /// <summary>
    /// The encodings in which the list may be, the likeliest first, with the logarithm of how likely. Those that read all that
    /// was taken in alike are one; the most widespread of them stands for them.
    /// </summary>
    public IReadOnlyList<(TextEncoding Encoding, float Score)> Rank()
    {
        var ranked = new List<(TextEncoding Encoding, float Score)>();
        var readings = new List<(SingleByteReading Reading, float Score)>();
        foreach (var reading in _single)
        {
            if (reading.Score(_bytes, _pairs) is not { } score)
            {
                continue;
            }

            var twin = readings.FindIndex(other => ReadAlike(other.Reading, reading));
            if (twin < 0)
            {
                readings.Add((reading, score));
            }
            else
            {
                readings[twin] = (readings[twin].Reading, Math.Max(readings[twin].Score, score));
            }
        }
        ranked.AddRange(readings.Select(one => (one.Reading.Encoding, one.Score)));
        ranked.AddRange(_multi.Where(reading => reading.Score is not null).Select(one => (one.Encoding, one.Score!.Value)));
        return [.. ranked.OrderByDescending(one => one.Score)];
    }

    /// <summary>Whether two encodings read all that was taken in alike.</summary>
    public bool ReadAlike(TextEncoding one, TextEncoding other) =>
        one == other
        || (
            Array.Find(_single, reading => reading.Encoding == one) is { } first
            && Array.Find(_single, reading => reading.Encoding == other) is { } second
            && ReadAlike(first, second)
        );

    private bool ReadAlike(SingleByteReading one, SingleByteReading other)
    {
        for (var value = 128; value < 256; value++)
        {
            if (_bytes[value] > 0 && one[(byte)value] != other[(byte)value])
            {
                return false;
            }
        }

        return true;
    }

    private void AddWord(ReadOnlySpan<byte> word)
    {
        var hash = new HashCode();
        hash.AddBytes(word);
        // When enough words are known, only those count in which there is a byte that was in none of them.
        if (_words.Count < MaxWords ? !_words.Add(hash.ToHashCode()) : !HasNewByte(word))
        {
            return;
        }

        _wordsCounted++;
        _wordsOfUtf8 += Utf8.IsValid(word) ? 1 : 0;
        var before = 0;
        foreach (var value in word)
        {
            if (value >= 128)
            {
                _bytes[value]++;
                Weight++;
            }
            if (value >= 128 || before >= 128)
            {
                var pair = (before << 8) | value;
                _pairs[pair] = _pairs.GetValueOrDefault(pair) + 1;
            }
            before = value;
        }
        foreach (var reading in _multi)
        {
            reading.Add(word);
        }
    }

    private bool HasNewByte(ReadOnlySpan<byte> word)
    {
        foreach (var value in word)
        {
            if (value >= 128 && _bytes[value] == 0)
            {
                return true;
            }
        }

        return false;
    }
}
