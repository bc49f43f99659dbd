using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Parsing;
using PhoneNumbers;

namespace Laaffic.Campaigns.Screening;

/// <summary>Calls to premium-rate numbers and to satellites cost a multiple, and no list of customers has them on purpose.</summary>
internal sealed class SpecialRangesRule(Destinations destinations) : IScreeningRule
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    private static readonly Refusal IsSatellite = new(
        $"it is a number of a satellite or an international network, which are called only where allowedCountries names {Destinations.Satellite}"
    );

    private static readonly Refusal IsPremiumRate = new(
        $"it is a premium-rate number, and these are called only where allowedCountries names {Destinations.PremiumRate}"
    );

    // By the first three digits of a number: the premium-rate numbers of the countries with its code, null if there are none.
    private static readonly PremiumRates?[] Ranges = FindPremiumRates();

    /// <inheritdoc/>
    public Refusal? Check(Callee callee)
    {
        var digits = callee.Digits.AsSpan(0, callee.DigitCount);
        var head = CountryPrefixes.HeadOf(digits);
        // Inmarsat; satellites; international networks, Thuraya's among them (ITU-T E.164).
        if (head is 870 or 881 or 882 or 883)
        {
            return destinations.HasSatellite ? null : IsSatellite;
        }

        return !destinations.HasPremiumRate && Ranges[head] is { } ranges && ranges.Have(digits) ? IsPremiumRate : null;
    }

    private static PremiumRates?[] FindPremiumRates()
    {
        var byCode = Library
            .GetSupportedCallingCodes()
            .Select(code => (Code: code, Patterns: PatternsOf(code)))
            .Where(country => country.Patterns.Count > 0)
            .ToDictionary(country => country.Code, country => new PremiumRates(country.Code, country.Patterns));
        return [.. Enumerable.Range(0, 1000).Select(head => byCode.GetValueOrDefault(CountryPrefixes.CountryCodeOf(head)))];
    }

    private static List<string> PatternsOf(int code) =>
        [
            .. Library
                .GetRegionCodesForCountryCode(code)
                .Select(region =>
                    region == CountryPrefixes.International
                        ? Library.GetMetadataForNonGeographicalRegion(code)
                        : Library.GetMetadataForRegion(region)
                )
                .Where(metadata => metadata is { HasPremiumRate: true })
                .Select(metadata => metadata!.PremiumRate.NationalNumberPattern)
                .Where(pattern => pattern.Length > 0 && pattern != "NA")
                .Distinct(),
        ];

    /// <summary>Those of all countries with one code.</summary>
    private sealed class PremiumRates(int code, IReadOnlyList<string> patterns)
    {
        private readonly int _codeLength = CountryPrefixes.LengthOf(code);
        private DigitPattern? _pattern;

        /// <summary>Whether a number with this code is one.</summary>
        public bool Have(ReadOnlySpan<byte> digits)
        {
            _pattern ??= DigitPattern.Compile(patterns); // by the first list that calls there
            // In one of the countries it would be; whether it is of that one the library knows.
            return _pattern.Matches(digits[_codeLength..])
                && CountryPrefixes.Parse(digits) is { } number
                && Library.GetNumberType(number) == PhoneNumberType.PREMIUM_RATE;
        }
    }
}
