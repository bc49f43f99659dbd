using System.Diagnostics.CodeAnalysis;

namespace Laaffic.Campaigns.Numbers;

/// <summary>Which countries may be called, and whether ranges may that cost their caller or the callee much more than others.</summary>
public sealed class Destinations
{
    /// <summary>The word for numbers whose calls cost more because of who is called, wherever they are.</summary>
    public const string PremiumRate = "premium";

    /// <summary>The word for the country codes of satellites and international networks: +870, +881, +882, +883.</summary>
    public const string Satellite = "satellite";

    /// <summary>All countries, no premium-rate numbers and no satellites.</summary>
    public static readonly Destinations All = new();

    private static readonly string[] SpecialWords = [PremiumRate, Satellite];

    private Destinations() { }

    /// <summary>The ISO 3166-1 codes of the countries that may be called; empty: all may.</summary>
    public IReadOnlySet<string> Countries { get; private init; } = new HashSet<string>();

    /// <summary>Whether premium-rate numbers may be called, of the countries that may be.</summary>
    public bool HasPremiumRate { get; private init; }

    /// <summary>Whether satellites and international networks may be called.</summary>
    public bool HasSatellite { get; private init; }

    /// <summary>All that is named, in an order of its own.</summary>
    public IReadOnlyList<string> Names =>
        [.. Countries.Order(StringComparer.Ordinal), .. SpecialWords.Where(word => word == PremiumRate ? HasPremiumRate : HasSatellite)];

    /// <summary>Reads names.</summary>
    /// <param name="names">ISO codes, <c>premium</c>, <c>satellite</c>, in any case.</param>
    /// <param name="destinations">What they say; null if one is not known.</param>
    /// <param name="error">Which one is not known, as a sentence without its full stop.</param>
    public static bool TryRead(
        IEnumerable<string> names,
        [NotNullWhen(true)] out Destinations? destinations,
        [NotNullWhen(false)] out string? error
    )
    {
        ArgumentNullException.ThrowIfNull(names);
        var countries = new HashSet<string>();
        var words = new HashSet<string>();
        foreach (var name in names)
        {
            if (SpecialWords.FirstOrDefault(word => word.Equals(name.Trim(), StringComparison.OrdinalIgnoreCase)) is { } word)
            {
                words.Add(word);
            }
            else if (Numbers.Countries.Find(name) is { } code)
            {
                countries.Add(code);
            }
            else
            {
                destinations = null;
                error =
                    $"'{name.Trim()}' is not the ISO code of a country with phone numbers; near are "
                    + $"{string.Join(", ", Numbers.Countries.Nearest(name))}. Besides codes there are the words {PremiumRate} and {Satellite}";
                return false;
            }
        }

        destinations =
            countries.Count + words.Count == 0
                ? All
                : new()
                {
                    Countries = countries,
                    HasPremiumRate = words.Contains(PremiumRate),
                    HasSatellite = words.Contains(Satellite),
                };
        error = null;
        return true;
    }

    /// <summary>What is named here but may not be called by others, which are wider; empty if all may.</summary>
    public IReadOnlyList<string> Beyond(Destinations wider)
    {
        ArgumentNullException.ThrowIfNull(wider);
        return
        [
            .. Countries.Where(code => wider.Countries.Count > 0 && !wider.Countries.Contains(code)).Order(StringComparer.Ordinal),
            // Where nothing is named, each campaign may name these for itself.
            .. SpecialWords.Where(word => wider.Names.Count > 0 && Names.Contains(word) && !wider.Names.Contains(word)),
        ];
    }

    /// <summary>These, of the countries of others where these name none.</summary>
    public Destinations Within(Destinations wider)
    {
        ArgumentNullException.ThrowIfNull(wider);
        return Countries.Count > 0
            ? this
            : new()
            {
                Countries = wider.Countries,
                HasPremiumRate = HasPremiumRate,
                HasSatellite = HasSatellite,
            };
    }
}
