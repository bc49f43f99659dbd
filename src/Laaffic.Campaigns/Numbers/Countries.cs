using PhoneNumbers;

namespace Laaffic.Campaigns.Numbers;

/// <summary>The countries by their ISO codes, as far as they have numbers.</summary>
internal static class Countries
{
    private const int MostNamed = 5;

    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    /// <summary>A country's code in upper case, if there is such a country.</summary>
    /// <param name="code">Two letters, in any case.</param>
    /// <returns>Null if no country with numbers has this code.</returns>
    public static string? Find(string code)
    {
        var upper = code.Trim().ToUpperInvariant();
        return Library.GetSupportedRegions().Contains(upper) ? upper : null;
    }

    /// <summary>A country for people: <c>Indonesia (ID)</c>.</summary>
    /// <param name="code">The code, in upper case.</param>
    public static string Describe(string code) => NameOf(code) is { Length: > 0 } name ? $"{name} ({code})" : code;

    /// <summary>The countries that somebody may have meant by a code that is none, the likeliest first, for people.</summary>
    public static IReadOnlyList<string> Nearest(string wrong)
    {
        var written = wrong.Trim().ToUpperInvariant();
        return
        [
            .. Library
                .GetSupportedRegions()
                .Select(code => (Code: code, Distance: Distance(written, code)))
                .OrderBy(country => country.Distance)
                .ThenBy(country => country.Code, StringComparer.Ordinal)
                .Take(MostNamed)
                .Select(country => Describe(country.Code)),
        ];
    }

    /// <summary>How unlikely it is that a country was meant: its name, its letters in another order, some of its letters, others.</summary>
    private static int Distance(string written, string code)
    {
        var name = NameOf(code).ToUpperInvariant();
        var hasFirst = written.StartsWith(code[0]);
        return name == written ? 0
            : written.Length >= 3 && name.StartsWith(written, StringComparison.Ordinal) ? 1
            : written is "UK" && code == "GB" ? 1 // the one wrong code that is used everywhere
            : written.Length >= 3 && written.StartsWith(code, StringComparison.Ordinal) ? 2
            : written.Length == 2 && written[0] == code[1] && written[1] == code[0] ? 3
            : hasFirst && written.Contains(code[1], StringComparison.Ordinal) ? 4
            : hasFirst ? 5
            : written.EndsWith(code[1]) ? 6
            : 7;
    }

    private static string NameOf(string code) => new Locale("en", code).GetDisplayCountry("en") ?? "";
}
