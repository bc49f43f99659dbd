using PhoneNumbers;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// Counts numbers by country. A number's country is found once for its first digits, as many as are needed to tell countries that share a
/// country code apart; from then on a number is counted by these alone. Takes some KB, at worst 2 MB.
/// </summary>
internal sealed class CountryCounts
{
    /// <summary>The key of numbers that are nobody's, as far as can be told.</summary>
    public const string Unknown = "unknown";

    private const int HeadDigits = 3;

    /// <summary>How many numbers of a beginning that is nobody's so far are looked up one by one, and every how many after these.</summary>
    private const int LookUps = 64;

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    // By the first three digits, then by those that follow: ~slot in _counts, or how many numbers wait for a country, 0 or more.
    private readonly int[]?[] _pages = new int[]?[1000];
    private readonly List<string> _countries = [Unknown];
    private long[] _counts = new long[16];

    /// <summary>Counts one number.</summary>
    /// <param name="digits">The number, at least 6 digits (0-9), country code first.</param>
    public void Add(ReadOnlySpan<byte> digits)
    {
        var head = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
        var page = _pages[head] ??= CreatePage(head);
        var index = 0;
        for (int i = HeadDigits, size = page.Length; size > 1; i++, size /= 10)
        {
            index = index * 10 + (i < digits.Length ? digits[i] - '0' : 0);
        }

        ref var entry = ref page[index];
        if (entry < 0)
        {
            _counts[~entry]++;
        }
        else
        {
            AddUnresolved(ref entry, digits);
        }
    }

    /// <summary>How many numbers there are of each country.</summary>
    /// <returns>By ISO 3166-1 code, <c>001</c> for international services such as +800, and <see cref="Unknown"/>; most first.</returns>
    public IReadOnlyDictionary<string, long> ByCountry()
    {
        var waiting = _pages.OfType<int[]>().SelectMany(page => page).Where(entry => entry > 0).Sum(entry => (long)entry);
        var counts = _countries
            .Select((country, slot) => KeyValuePair.Create(country, _counts[slot] + (slot == 0 ? waiting : 0)))
            .Where(count => count.Value > 0)
            .OrderByDescending(count => count.Value)
            .ThenBy(count => count.Key, StringComparer.Ordinal);
        return new OrderedDictionary<string, long>(counts);
    }

    private int[] CreatePage(int head)
    {
        var code = CountryCodeOf(head);
        var regions = Library.GetRegionCodesForCountryCode(code);
        return regions.Count switch
        {
            0 => [~0],
            1 => [~SlotOf(regions[0])],
            _ => new int[(int)Math.Pow(10, DigitsNeeded(code, head) - HeadDigits)],
        };
    }

    /// <summary>The country code that a number begins with, 0 for none: no code is the beginning of another.</summary>
    private static int CountryCodeOf(int head) =>
        ((int[])[head / 100, head / 10, head]).FirstOrDefault(code => Library.GetRegionCodesForCountryCode(code).Count > 0);

    /// <summary>With how many digits it is known which of the countries with one code a number is of.</summary>
    private static int DigitsNeeded(int code, int head) =>
        code switch
        {
            1 => head == 180 ? 5 : 4, // area codes; of 1 800 the numbers with a 1 are of the Dominican Republic
            7 => 4, // 7 7 is Kazakhstan
            47 or 290 or 599 => 4,
            358 => 5,
            61 => head == 618 ? 8 : 4, // two islands within an area of Australia
            262 or 590 => 8,
            _ => 7,
        };

    private void AddUnresolved(ref int entry, ReadOnlySpan<byte> digits)
    {
        entry++;
        if (entry > LookUps && entry % LookUps != 0 || FindRegion(digits) is not { } region)
        {
            return;
        }

        var slot = SlotOf(region);
        _counts[slot] += entry;
        entry = ~slot;
    }

    private static string? FindRegion(ReadOnlySpan<byte> digits)
    {
        var head = (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';
        var code = CountryCodeOf(head);
        var national = digits[
            (
                code < 10 ? 1
                : code < 100 ? 2
                : 3
            )..
        ];
        var zeros = national.IndexOfAnyExcept((byte)'0');
        return zeros < 0
            ? null
            : Library.GetRegionCodeForNumber(
                new PhoneNumber.Builder()
                    .SetCountryCode(code)
                    .SetNumberOfLeadingZeros(zeros)
                    .SetNationalNumber(ulong.Parse(national, provider: System.Globalization.CultureInfo.InvariantCulture))
                    .Build()
            );
    }

    private int SlotOf(string country)
    {
        var slot = _countries.IndexOf(country);
        if (slot < 0)
        {
            slot = _countries.Count;
            _countries.Add(country);
            Array.Resize(ref _counts, Math.Max(_counts.Length, slot + 16));
        }

        return slot;
    }
}
