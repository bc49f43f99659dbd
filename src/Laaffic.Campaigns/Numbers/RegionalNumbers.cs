using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.RegularExpressions;
using Laaffic.Api;
using PhoneNumbers;

namespace Laaffic.Campaigns.Numbers;

/// <summary>
/// Reads numbers of which those without a country code are of one country: completes them, and refuses whatever cannot be a number.
/// Which digits are numbers where is what libphonenumber knows. Several threads may use it at once.
/// </summary>
internal sealed class RegionalNumbers
{
    private const string NeedsCountryCode = "a number of another country needs its + and country code";

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();
    private static readonly ConcurrentDictionary<string, UsualNumber> UsualNumbers = [];
    private static readonly bool[] IsCountryCode = FindCountryCodes();

    private RegionalNumbers(string region) => Region = region;

    /// <summary>The country whose national numbers are completed, an ISO 3166-1 code such as <c>ID</c>.</summary>
    public string Region { get; }

    /// <summary>Prepares to read numbers.</summary>
    /// <param name="region">The ISO 3166-1 code of the country, two letters in any case.</param>
    /// <param name="numbers">Reads numbers; null if there is no such country.</param>
    /// <param name="error">Why there is none, as a sentence without its full stop; it names codes that are near.</param>
    public static bool TryCreate(string region, [NotNullWhen(true)] out RegionalNumbers? numbers, [NotNullWhen(false)] out string? error)
    {
        var code = Countries.Find(region);
        numbers = code is null ? null : new RegionalNumbers(code);
        error = code is null
            ? $"'{region}' is not the ISO code of a country with phone numbers; near are {string.Join(", ", Countries.Nearest(region))}"
            : null;
        return code is not null;
    }

    /// <summary>Reads one number.</summary>
    /// <param name="utf8">The number as it was written, valid UTF-8.</param>
    /// <param name="digits">Receives the digits, country code first; at least <see cref="WrittenNumber.Room"/> bytes.</param>
    /// <param name="length">How many digits there are: 6-18.</param>
    /// <param name="region">The country that the number is of, an ISO 3166-1 code; 001 if it is of none, such as +800.</param>
    /// <param name="reason">Why the number is refused, as the end of a sentence about it.</param>
    public bool TryRead(
        ReadOnlySpan<byte> utf8,
        Span<byte> digits,
        out int length,
        [NotNullWhen(true)] out string? region,
        [NotNullWhen(false)] out string? reason
    )
    {
        region = null;
        if (!WrittenNumber.TryRead(utf8, digits, allowsNational: true, out length, out var isInternational, out reason))
        {
            return false;
        }

        if (!TryParse(digits[..length], isInternational, out var number, out reason))
        {
            return false;
        }

        region = FindRegion(number);
        if (region is null)
        {
            reason = Explain(number, isInternational);
            return false;
        }
        length = Write(number, digits);
        if (length is >= CalleeRules.MinDigits and <= CalleeRules.MaxDigits)
        {
            return true;
        }

        reason = FormattableString.Invariant(
            $"the number has {length} digits with its country code; {CalleeRules.MinDigits} to {CalleeRules.MaxDigits} are needed"
        );
        return false;
    }

    private static bool[] FindCountryCodes()
    {
        var codes = new bool[1000];
        foreach (var code in Library.GetSupportedCallingCodes())
        {
            codes[code] = true;
        }

        return codes;
    }

    private bool TryParse(
        ReadOnlySpan<byte> digits,
        bool isInternational,
        [NotNullWhen(true)] out PhoneNumber? number,
        [NotNullWhen(false)] out string? reason
    )
    {
        (number, reason) = (null, null);
        // What the library would throw at, which is slow.
        if (isInternational && !BeginsWithCountryCode(digits))
        {
            reason = $"no country code begins with {(char)digits[0]}{(char)digits[1]}{(char)digits[2]}";
            return false;
        }
        if (digits.Length < 2)
        {
            reason = TooShort(Region) + "; " + NeedsCountryCode;
            return false;
        }

        try
        {
            Span<char> text = stackalloc char[1 + WrittenNumber.Room];
            text[0] = '+';
            System.Text.Ascii.ToUtf16(digits, text[1..], out var written);
            number = Library.Parse(new string(isInternational ? text[..(1 + written)] : text.Slice(1, written)), Region);
            return true;
        }
        catch (NumberParseException e)
        {
            reason = e.ErrorType switch
            {
                ErrorType.TOO_LONG => TooLong(Region),
                ErrorType.TOO_SHORT_NSN or ErrorType.TOO_SHORT_AFTER_IDD => TooShort(Region),
                _ => NoNumberOf(Region),
            };
            reason = isInternational ? "no country has such a number" : $"{reason}; {NeedsCountryCode}";
            return false;
        }
    }

    private static bool BeginsWithCountryCode(ReadOnlySpan<byte> digits)
    {
        var code = 0;
        foreach (var digit in digits[..3])
        {
            code = code * 10 + digit - '0';
            if (IsCountryCode[code])
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>The region of a valid number, null if it is not valid.</summary>
    private static string? FindRegion(PhoneNumber number)
    {
        var region = Library.GetRegionCodeForNumber(number);
        if (region is null)
        {
            return null;
        }

        // Of several countries with one code the library finds the one whose numbers are such, unless it goes by their first digits:
        // then, as with a country that has a code to itself, the number is yet to be checked.
        var isChecked =
            Library.GetRegionCodesForCountryCode(number.CountryCode).Count > 1 && !Library.GetMetadataForRegion(region).HasLeadingDigits;
        return isChecked || UsualNumbers.GetOrAdd(region, UsualNumber.Of).IsMatch(number) || Library.IsValidNumberForRegion(number, region)
            ? region
            : null;
    }

    /// <summary>Writes a number as the library does in the format E.164, without the plus.</summary>
    private static int Write(PhoneNumber number, Span<byte> digits)
    {
        number.CountryCode.TryFormat(digits, out var length, default, CultureInfo.InvariantCulture);
        var zeros = number.NumberOfLeadingZeros;
        digits.Slice(length, zeros).Fill((byte)'0');
        length += zeros;
        number.NationalNumber.TryFormat(digits[length..], out var rest, default, CultureInfo.InvariantCulture);
        return length + rest;
    }

    private string Explain(PhoneNumber number, bool isInternational)
    {
        // Without + and 00 as well, where the country has another prefix for calls abroad.
        isInternational |= number.CountryCode != Library.GetCountryCodeForRegion(Region);
        var region = isInternational ? Library.GetRegionCodeForCountryCode(number.CountryCode) : Region;
        var reason = Library.IsPossibleNumberWithReason(number) switch
        {
            PhoneNumberUtil.ValidationResult.TOO_SHORT or PhoneNumberUtil.ValidationResult.IS_POSSIBLE_LOCAL_ONLY => TooShort(region),
            PhoneNumberUtil.ValidationResult.TOO_LONG => TooLong(region),
            PhoneNumberUtil.ValidationResult.INVALID_LENGTH => $"no number of {Countries.Describe(region)} has this many digits",
            _ => NoNumberOf(region),
        };
        return isInternational ? reason : $"{reason}; {NeedsCountryCode}";
    }

    /// <summary>
    /// Whether a number is a country's mobile number, which most are. The library tries all other kinds first, each with a regular
    /// expression. What matches is valid; what does not may be of another kind.
    /// </summary>
    private sealed class UsualNumber(IEnumerable<PhoneNumberDesc> descriptions)
    {
        private readonly List<(Regex Pattern, HashSet<int> Lengths)> _all =
        [
            .. descriptions.Select(one =>
                (new Regex($"^(?:{one.NationalNumberPattern})\\z", RegexOptions.Compiled), one.PossibleLengthList.ToHashSet())
            ),
        ];

        public static UsualNumber Of(string region)
        {
            var metadata = Library.GetMetadataForRegion(region);
            return metadata is { HasMobile: true, HasGeneralDesc: true } && metadata.Mobile.NationalNumberPattern.Length > 0
                ? new([metadata.GeneralDesc, metadata.Mobile])
                : new([]);
        }

        /// <param name="number">A number that begins with the country's code.</param>
        public bool IsMatch(PhoneNumber number)
        {
            var digits = Library.GetNationalSignificantNumber(number);
            return _all.Count > 0
                && _all.TrueForAll(one => (one.Lengths.Count == 0 || one.Lengths.Contains(digits.Length)) && one.Pattern.IsMatch(digits));
        }
    }

    private static string TooShort(string region) => $"the number is too short for one of {Countries.Describe(region)}";

    private static string TooLong(string region) => $"the number is too long for one of {Countries.Describe(region)}";

    private static string NoNumberOf(string region) => $"no number of {Countries.Describe(region)} is like this";
}
