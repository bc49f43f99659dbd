using System.Text;
using System.Text.RegularExpressions;
using CsCheck;
using Laaffic.Campaigns.Numbers;
using PhoneNumbers;

namespace Laaffic.Campaigns.Tests.Numbers;

public sealed class DigitPatternTests
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    [Theory]
    [InlineData("", "", true), InlineData("", "1", false)]
    [InlineData("12?3", "13", true), InlineData("12?3", "123", true), InlineData("12?3", "1223", false)]
    [InlineData("[2-47]", "3", true), InlineData("[2-47]", "7", true), InlineData("[2-47]", "5", false)]
    [InlineData("9\\d{2,3}", "90", false), InlineData("9\\d{2,3}", "9012", true), InlineData("9\\d{2,3}", "90123", false)]
    [InlineData("(?:1|23){2}", "123", true), InlineData("(?:1|23){2}", "1", false), InlineData("1(2|3)?4", "134", true)]
    public void Digits_fit_as_a_whole_or_not_at_all(string pattern, string digits, bool fit) =>
        Assert.Equal(fit, DigitPattern.Compile([pattern]).Matches(Encoding.ASCII.GetBytes(digits)));

    [Fact]
    public void What_fits_one_of_several_fits()
    {
        var pattern = DigitPattern.Compile(["90", "8\\d"]);

        Assert.True(pattern.Matches("90"u8));
        Assert.True(pattern.Matches("85"u8));
        Assert.False(pattern.Matches("91"u8));
        Assert.False(DigitPattern.Compile([]).Matches(""u8));
    }

    [Theory]
    [InlineData("1+"), InlineData("1*"), InlineData("(1"), InlineData("1)"), InlineData("[1"), InlineData("\\w"), InlineData("a")]
    [InlineData("1{2"), InlineData("1{,2}"), InlineData("(?=1)2"), InlineData("^1")]
    public void What_it_does_not_know_is_refused_rather_than_taken_for_something_else(string pattern) =>
        Assert.Throws<FormatException>(() => DigitPattern.Compile([pattern]));

    /// <summary>Example numbers whose digits are changed, so that many fit and many nearly do.</summary>
    [Fact]
    public void The_patterns_of_all_countries_say_what_their_regular_expressions_say()
    {
        var patterns = Library
            .GetSupportedRegions()
            .Order(StringComparer.Ordinal)
            .Select(region => Library.GetMetadataForRegion(region)!)
            .SelectMany(data => (PhoneNumberDesc[])[data.PremiumRate, data.Mobile, data.GeneralDesc, data.SharedCost])
            .Where(kind => kind is { HasNationalNumberPattern: true, NationalNumberPattern: not ("" or "NA") })
            .Select(kind => (Pattern: kind.NationalNumberPattern, Example: kind.HasExampleNumber ? kind.ExampleNumber : "123456789"))
            .Distinct()
            .Select(kind => (kind.Example, Regex: new Regex($"^(?:{kind.Pattern})\\z"), Table: DigitPattern.Compile([kind.Pattern])))
            .ToArray();
        Assert.True(patterns.Length > 400);
        var change = Gen.Select(Gen.Int[0, 20], Gen.Char['0', '9']);

        Gen.Select(Gen.OneOf([.. patterns.Select(Gen.Const)]), change.Array[0, 5], Gen.Int[-2, 2])
            .Sample(
                (kind, changes, longer) =>
                {
                    var digits = new StringBuilder(kind.Example);
                    foreach (var (at, digit) in changes)
                    {
                        digits[at % digits.Length] = digit;
                    }

                    var number = digits.Append('7', Math.Max(0, longer)).ToString()[..^Math.Max(0, Math.Min(-longer, kind.Example.Length))];
                    Assert.Equal(kind.Regex.IsMatch(number), kind.Table.Matches(Encoding.ASCII.GetBytes(number)));
                },
                iter: 20_000
            );
    }
}
