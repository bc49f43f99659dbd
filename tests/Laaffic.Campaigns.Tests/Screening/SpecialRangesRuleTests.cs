using System.Globalization;
using CsCheck;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Screening;
using Laaffic.Campaigns.Tests.Planning;
using Laaffic.Testing;
using PhoneNumbers;

namespace Laaffic.Campaigns.Tests.Screening;

public sealed class SpecialRangesRuleTests(StorageFixture storage) : PlannerTestBase(storage)
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    [Theory]
    [InlineData("19002345678", "it is a premium-rate number, and these are called only where allowedCountries names premium")]
    [InlineData("449012345678", "it is a premium-rate number")]
    [InlineData("979123456789", "it is a premium-rate number")]
    [InlineData("870773111632", "it is a number of a satellite or an international network")]
    [InlineData("881612345678", "it is a number of a satellite"), InlineData("88216123456", "it is a number of a satellite")]
    public async Task They_are_never_called_unless_they_are_named(string number, string reason)
    {
        var list = $"calleeNumber\n{number}\n12025550101\n";

        var plan = await PlanCsvAsync(Lines + list);
        Assert.Equal(["12025550101"], await NumbersAsync(plan));
        Assert.StartsWith(
            $"4,\"{reason}",
            (await RejectedAsync(plan)).Replace("4,it", "4,\"it", StringComparison.Ordinal),
            StringComparison.Ordinal
        );

        Assert.Equal(
            [number, "12025550101"],
            await NumbersAsync(await PlanCsvAsync(Lines + "# allowedCountries: premium, satellite\n" + list))
        );
    }

    [Fact]
    public async Task To_name_them_does_not_open_other_countries()
    {
        Assert.True(Destinations.TryRead(["US", "premium"], out var allowed, out _));
        Options = new() { AllowedCountries = allowed };

        var plan = await PlanCsvAsync(Lines + "calleeNumber\n19002345678\n449012345678\n12025550101\n");

        Assert.Equal(["19002345678", "12025550101"], await NumbersAsync(plan));
        // Its own countries alone do not name them.
        plan = await PlanCsvAsync(Lines + "# allowedCountries: US\ncalleeNumber\n19002345678\n12025550101\n");
        Assert.Equal(["12025550101"], await NumbersAsync(plan));
    }

    /// <summary>With example numbers of all kinds and countries whose digits are changed.</summary>
    [Fact]
    public void Premium_rate_numbers_are_those_that_the_library_says()
    {
        var rule = new SpecialRangesRule(Destinations.All);
        var seeds = Library
            .GetSupportedRegions()
            .SelectMany(region => Enum.GetValues<PhoneNumberType>().Select(type => Library.GetExampleNumberForType(region, type)))
            .OfType<PhoneNumber>()
            .Select(number => Library.Format(number, PhoneNumberFormat.E164)[1..])
            .Distinct()
            .Order(StringComparer.Ordinal)
            .ToArray();
        var change = Gen.Select(Gen.Int[2, 12], Gen.Char['0', '9']);
        var refused = 0;

        Gen.Select(Gen.OneOf(seeds), change.Array[0, 3])
            .Sample(
                (seed, changes) =>
                {
                    var written = seed.ToCharArray();
                    foreach (var (at, digit) in changes)
                    {
                        written[at % written.Length] = digit;
                    }

                    var digits = new string(written);
                    if (digits[..3] is "870" or "881" or "882" or "883" || !TryParse(digits, out var number))
                    {
                        return;
                    }

                    var expected = Library.GetNumberType(number) == PhoneNumberType.PREMIUM_RATE;
                    Assert.Equal(expected, rule.Check(CalleeOf(digits)) is not null);
                    refused += expected ? 1 : 0;
                },
                iter: 20_000,
                threads: 1
            );

        Assert.True(refused > 100, string.Create(CultureInfo.InvariantCulture, $"only {refused} were premium-rate numbers"));
    }

    private static Callee CalleeOf(string digits)
    {
        var callee = new Callee { DigitCount = digits.Length };
        System.Text.Encoding.ASCII.GetBytes(digits, callee.Digits);
        return callee;
    }

    private static bool TryParse(string digits, out PhoneNumber number)
    {
        try
        {
            number = Library.Parse($"+{digits}", null);
            // Digits that the library takes for a prefix and drops are another number.
            return Library.Format(number, PhoneNumberFormat.E164) == $"+{digits}";
        }
        catch (NumberParseException)
        {
            number = PhoneNumber.DefaultInstance;
            return false;
        }
    }
}
