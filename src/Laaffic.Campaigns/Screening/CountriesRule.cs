using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Screening;

/// <summary>Only numbers of some countries are called. One thread at a time may use it.</summary>
/// <param name="allowed">The countries' ISO 3166-1 codes.</param>
internal sealed class CountriesRule(IReadOnlySet<string> allowed) : IScreeningRule
{
    private readonly CountryPrefixes _prefixes = new();
    private readonly string _allowed = string.Join(", ", allowed.Order(StringComparer.Ordinal));
    private readonly Refusal?[] _refusals = new Refusal?[400]; // by the country's slot: there are fewer than 300
    private readonly bool[] _isKnown = new bool[400];

    /// <inheritdoc/>
    public Refusal? Check(Callee callee)
    {
        var digits = callee.Digits.AsSpan(0, callee.DigitCount);
        ref var entry = ref _prefixes.EntryOf(digits);
        if (entry >= 0)
        {
            if (CountryPrefixes.FindCountry(digits) is not { } country)
            {
                return RefusalOf(0);
            }

            entry = ~_prefixes.SlotOf(country);
        }

        return RefusalOf(~entry);
    }

    private Refusal? RefusalOf(int slot)
    {
        if (!_isKnown[slot])
        {
            _isKnown[slot] = true;
            _refusals[slot] = Judge(_prefixes.Countries[slot]);
        }

        return _refusals[slot];
    }

    private Refusal? Judge(string country) =>
        allowed.Contains(country) ? null
        : country == CountryPrefixes.Unknown
            ? new($"it is a number of no country, as far as is known, and only numbers of {_allowed} may be called (allowedCountries)")
        : country == CountryPrefixes.International
            ? new($"it is an international number of no country, and only numbers of {_allowed} may be called (allowedCountries)")
        : new($"it is a number of {Countries.Describe(country)}, and only numbers of {_allowed} may be called (allowedCountries)");
}
