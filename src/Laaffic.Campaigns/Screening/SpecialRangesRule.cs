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

    // By the first three digits of a number: what may be a premium-rate number of the countries with its code, null if none.
    private static readonly Lazy<DigitPattern>?[] PremiumRates = FindPremiumRates();

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

        return !destinations.HasPremiumRate && PremiumRates[head]?.Value is { } pattern && IsMatch(pattern, digits, head)
            ? IsPremiumRate
            : null;
    }

    private static bool IsMatch(DigitPattern pattern, ReadOnlySpan<byte> digits, int head)
    {
        var national = digits[CountryPrefixes.LengthOf(CountryPrefixes.CountryCodeOf(head))..];
        // In one of the countries with this code it would be; whether it is of that one the library knows.
        return pattern.Matches(national)
            && CountryPrefixes.Parse(digits) is { } number
            && Library.GetNumberType(number) == PhoneNumberType.PREMIUM_RATE;
    }

    private static Lazy<DigitPattern>?[] FindPremiumRates()
    {
        var byCode = Library.GetSupportedCallingCodes().ToDictionary(code => code, PatternsOf);
        var compiled = byCode
            .Where(code => code.Value.Count > 0)
            .ToDictionary(code => code.Key, code => new Lazy<DigitPattern>(() => DigitPattern.Compile(code.Value)));
        return [.. Enumerable.Range(0, 1000).Select(head => compiled.GetValueOrDefault(CountryPrefixes.CountryCodeOf(head)))];
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
}
