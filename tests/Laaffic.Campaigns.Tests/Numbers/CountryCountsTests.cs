using System.Text;
using CsCheck;
using Laaffic.Campaigns.Numbers;
using PhoneNumbers;

namespace Laaffic.Campaigns.Tests.Numbers;

public class CountryCountsTests
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    [Fact]
    public void Numbers_are_counted_by_country_the_most_first()
    {
        var counts = new CountryCounts();
        Add(counts, "442079460101", "12025550101", "442079460102", "12025550102", "442079460103", "80012345678");

        Assert.Equal([("GB", 3), ("US", 2), ("001", 1)], counts.ByCountry().Select(count => (count.Key, (int)count.Value)));
    }

    [Fact]
    public void Numbers_that_are_nobodys_are_counted_together()
    {
        var counts = new CountryCounts();
        Add(counts, "0123456", "9991234567", "15555550101", "000000", "100000", "2100000000000");

        Assert.Equal([("unknown", 6)], counts.ByCountry().Select(count => (count.Key, (int)count.Value)));
    }

    [Fact]
    public void Nothing_counted_is_nothing() => Assert.Empty(new CountryCounts().ByCountry());

    [Fact]
    public void Wrong_numbers_do_not_hide_the_country_of_right_ones()
    {
        var counts = new CountryCounts();
        Add(counts, [.. Enumerable.Repeat("12025550", 1000)]);
        Assert.Equal(1000, counts.ByCountry()[CountryCounts.Unknown]);

        Add(counts, [.. Enumerable.Repeat("12025550101", 1000)]);
        Assert.Equal([("US", 2000)], counts.ByCountry().Select(count => (count.Key, (int)count.Value)));
    }

    [Fact]
    public void Every_countrys_numbers_are_its_own()
    {
        foreach (var region in Library.GetSupportedRegions())
        {
            foreach (var type in Enum.GetValues<PhoneNumberType>())
            {
                if (Library.GetExampleNumberForType(region, type) is { } number && Library.IsValidNumber(number))
                {
                    var counts = new CountryCounts();
                    Add(counts, Library.Format(number, PhoneNumberFormat.E164)[1..]);
                    Assert.Equal(
                        (Library.GetRegionCodeForNumber(number), 1L),
                        (counts.ByCountry().Single().Key, counts.ByCountry().Single().Value)
                    );
                }
            }
        }
    }

    /// <summary>With example numbers whose digits are changed, as countries that share a code are told apart by all of them.</summary>
    [Fact]
    public void They_agree_with_the_library_about_valid_numbers()
    {
        var seeds = Library
            .GetSupportedRegions()
            .Where(region => Library.GetRegionCodesForCountryCode(Library.GetCountryCodeForRegion(region)).Count > 1)
            .SelectMany(region => Enum.GetValues<PhoneNumberType>().Select(type => Library.GetExampleNumberForType(region, type)))
            .OfType<PhoneNumber>()
            .Select(number => Library.Format(number, PhoneNumberFormat.E164)[1..])
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();
        var change = Gen.Select(Gen.Int[3, 12], Gen.Char["0123456789"]);
        Gen.Select(Gen.OneOf(seeds), change.Array[0, 4])
            .Array[1000]
            .Sample(
                numbers =>
                {
                    var counts = new CountryCounts();
                    var expected = new Dictionary<string, long>();
                    foreach (var (seed, changes) in numbers)
                    {
                        var written = new StringBuilder(seed);
                        foreach (var (at, digit) in changes)
                        {
                            written[at % written.Length] = at < written.Length ? digit : written[at % written.Length];
                        }

                        var parsed = Parse(written.ToString());
                        if (parsed is not null && Library.IsValidNumber(parsed))
                        {
                            var region = Library.GetRegionCodeForNumber(parsed);
                            expected[region] = expected.GetValueOrDefault(region) + 1;
                            Add(counts, Library.Format(parsed, PhoneNumberFormat.E164)[1..]);
                        }
                    }

                    Assert.Equal(expected.OrderBy(count => count.Key), counts.ByCountry().OrderBy(count => count.Key));
                },
                iter: 40
            );
    }

    [Fact]
    public void Any_numbers_are_counted_once_each() =>
        Gen.String[Gen.Char["0123456789"], 6, 18]
            .Array[0, 300]
            .Sample(
                numbers =>
                {
                    var counts = new CountryCounts();
                    Add(counts, numbers);
                    Assert.Equal(numbers.Length, counts.ByCountry().Values.Sum());
                    Assert.Equal(counts.ByCountry().Values.OrderDescending(), counts.ByCountry().Values);
                },
                iter: 300
            );

    private static PhoneNumber? Parse(string digits)
    {
        try
        {
            return Library.Parse($"+{digits}", null);
        }
        catch (NumberParseException)
        {
            return null;
        }
    }

    private static void Add(CountryCounts counts, params string[] numbers)
    {
        foreach (var number in numbers)
        {
            counts.Add(Encoding.ASCII.GetBytes(number));
        }
    }
}
