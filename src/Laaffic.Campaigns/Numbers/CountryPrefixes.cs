using System.Globalization;
using PhoneNumbers;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// What is known of the beginnings of numbers: one that belongs to a country says so by its first digits, as many as are needed to tell
/// countries that share a country code apart. Takes some KB, at worst 2 MB.
/// </summary>
internal sealed class CountryPrefixes
{
    /// <summary>The country of numbers that are nobody's, as far as can be told; its slot is 0.</summary>
    public const string Unknown = "unknown";

    /// <summary>Where international services such as +800 are, which are of no country.</summary>
    public const string International = "001";

    private const int HeadDigits = 3;

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    private readonly int[]?[] _pages = new int[]?[1000];
    private readonly List<string> _countries = [Unknown];

    /// <summary>The countries that were found so far, by their slots.</summary>
    public IReadOnlyList<string> Countries => _countries;

    /// <summary>All that is not known yet, as <see cref="EntryOf"/> has it.</summary>
    public IEnumerable<int> Unresolved => _pages.OfType<int[]>().SelectMany(page => page).Where(entry => entry > 0);

    /// <summary>
    /// What is known of a number's beginning: <c>~slot</c> of its country, or 0 or more while none is known, which is the caller's to use.
    /// </summary>
    /// <param name="digits">The number, at least 6 digits (0-9), country code first.</param>
    public ref int EntryOf(ReadOnlySpan<byte> digits)
    {
        var head = HeadOf(digits);
        var page = _pages[head] ??= CreatePage(head);
        var index = 0;
        for (int i = HeadDigits, size = page.Length; size > 1; i++, size /= 10)
        {
            index = index * 10 + (i < digits.Length ? digits[i] - '0' : 0);
        }

        return ref page[index];
    }

    /// <summary>The slot of a country, which is new if it was not found before.</summary>
    public int SlotOf(string country)
    {
        var slot = _countries.IndexOf(country);
        if (slot < 0)
        {
            slot = _countries.Count;
            _countries.Add(country);
        }

        return slot;
    }

    /// <summary>The country of a number, an ISO 3166-1 code or 001 for international services; null if it is nobody's.</summary>
    public static string? FindCountry(ReadOnlySpan<byte> digits) =>
        Parse(digits) is { } number ? Library.GetRegionCodeForNumber(number) : null;

    /// <summary>A number as the library has it; null if it has no country code, or only zeros after it.</summary>
    public static PhoneNumber? Parse(ReadOnlySpan<byte> digits)
    {
        var code = CountryCodeOf(HeadOf(digits));
        var national = digits[LengthOf(code)..];
        var zeros = national.IndexOfAnyExcept((byte)'0');
        return code == 0 || zeros < 0
            ? null
            : new PhoneNumber.Builder()
                .SetCountryCode(code)
                .SetNumberOfLeadingZeros(zeros)
                .SetNationalNumber(ulong.Parse(national, provider: CultureInfo.InvariantCulture))
                .Build();
    }

    /// <summary>The first three digits of a number as one.</summary>
    public static int HeadOf(ReadOnlySpan<byte> digits) => (digits[0] - '0') * 100 + (digits[1] - '0') * 10 + digits[2] - '0';

    /// <summary>The country code that a number begins with, 0 for none: no code is the beginning of another.</summary>
    /// <param name="head">Its first three digits.</param>
    public static int CountryCodeOf(int head) =>
        ((int[])[head / 100, head / 10, head]).FirstOrDefault(code => Library.GetRegionCodesForCountryCode(code).Count > 0);

    /// <summary>How many digits a country code has.</summary>
    public static int LengthOf(int code) =>
        code < 10 ? 1
        : code < 100 ? 2
        : 3;

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
}
