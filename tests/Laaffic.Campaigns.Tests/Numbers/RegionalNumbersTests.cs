using System.Text;
using CsCheck;
using Laaffic.Campaigns.Numbers;
using PhoneNumbers;

namespace Laaffic.Campaigns.Tests.Numbers;

public class RegionalNumbersTests
{
    private static readonly PhoneNumberUtil Library = PhoneNumberUtil.GetInstance();

    private static readonly PhoneNumberType[] Types =
    [
        PhoneNumberType.FIXED_LINE,
        PhoneNumberType.MOBILE,
        PhoneNumberType.TOLL_FREE,
        PhoneNumberType.VOIP,
        PhoneNumberType.SHARED_COST,
        PhoneNumberType.PERSONAL_NUMBER,
    ];

    public static TheoryData<string> Regions => [.. Library.GetSupportedRegions().Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData("US", "(202) 555-0101", "12025550101", "US")]
    [InlineData("US", "2025550101", "12025550101", "US")]
    [InlineData("US", "1 202 555 0101", "12025550101", "US")]
    [InlineData("us", "+12025550101", "12025550101", "US")]
    [InlineData("GB", "020 7946 0101", "442079460101", "GB")]
    [InlineData("GB", "(0)20 7946 0101", "442079460101", "GB")]
    [InlineData("GB", "(020) 7946 0101", "442079460101", "GB")]
    [InlineData("GB", "00442079460101", "442079460101", "GB")]
    [InlineData("GB", "442079460101", "442079460101", "GB")]
    [InlineData("GB", "+1 202 555 0101", "12025550101", "US")]
    [InlineData("GB", "=\"٠٢٠ ٧٩٤٦ ٠١٠١\"", "442079460101", "GB")]
    [InlineData("GB", "tel:020-7946-0101", "442079460101", "GB")]
    [InlineData("US", "011 44 20 7946 0101", "442079460101", "GB")]
    public void A_number_is_completed_with_the_country_of_the_list(string region, string written, string digits, string found) =>
        Assert.Equal((digits, found, null), Read(region, written));

    [Theory]
    [InlineData("+44 (0) 20 7946 0101", "the number contains (0), a 0 that is not dialled from abroad: leave it out")]
    [InlineData("0044(0)2079460101", "the number contains (0), a 0 that is not dialled from abroad: leave it out")]
    [InlineData("44 (0) 20 7946 0101", "the number contains (0), a 0 that is not dialled from abroad: leave it out")]
    [InlineData("+0 20 7946 0101", "a 0 follows the +, and no country code begins with 0")]
    [InlineData("4.42079E+11", "4.42079E+11 is a number that a spreadsheet has shortened, its last digits are lost: ")]
    [InlineData("020 7946 0101 ext 5", "the number contains an extension, which cannot be dialled: leave it out")]
    [InlineData("020 7946 0101 / 020 7946 0102", "there is more than one number: one number a cell")]
    [InlineData("n/a", "there is no number: the cell only says that there is none")]
    [InlineData("", "the number is empty")]
    [InlineData("+12345", "the number has 5 digits; 6 to 18 are needed, country code first")]
    [InlineData("0207946010102079460101", "the number has 22 digits; 6 to 18 are needed, country code first")]
    public void What_no_number_looks_like_is_refused_as_without_a_country(string written, string reason) =>
        Assert.StartsWith(reason, Read("GB", written).Reason, StringComparison.Ordinal);

    [Theory]
    [InlineData("0", "the number is too short for one of United Kingdom (GB)" + OfAnotherCountry)]
    [InlineData("020 7", "the number is too short for one of United Kingdom (GB)" + OfAnotherCountry)]
    [InlineData("020 7946 010123", "the number is too long for one of United Kingdom (GB)" + OfAnotherCountry)]
    [InlineData("12025550101", "the number is too long for one of United Kingdom (GB)" + OfAnotherCountry)]
    [InlineData("020 7946", "no number of United Kingdom (GB) is like this" + OfAnotherCountry)]
    [InlineData("+65 0000 00000", "no number of Singapore (SG) has this many digits")]
    [InlineData("00 999 2079460", "no country code begins with 999")]
    [InlineData("+1 555 555 0101", "no number of United States (US) is like this")]
    [InlineData("+1 202 555 01", "the number is too short for one of United States (US)")]
    [InlineData("+1 202 555 0101 01", "the number is too long for one of United States (US)")]
    public void What_cannot_be_a_number_there_is_refused(string written, string reason) =>
        Assert.Equal((null, null, reason), Read("GB", written));

    [Fact]
    public void A_number_dialled_abroad_is_checked_there() =>
        Assert.Equal((null, null, "the number is too short for one of United Kingdom (GB)"), Read("US", "011 44 20 7946 01"));

    [Theory]
    [MemberData(nameof(Regions))]
    public void Each_countrys_numbers_are_read_as_the_library_does(string region)
    {
        foreach (var number in Types.Select(type => Library.GetExampleNumberForType(region, type)).OfType<PhoneNumber>())
        {
            foreach (var format in Enum.GetValues<PhoneNumberFormat>())
            {
                AssertAsLibrary(region, Library.Format(number, format));
                AssertAsLibrary("US", Library.Format(number, format));
            }

            AssertAsLibrary(region, Library.GetNationalSignificantNumber(number));
            AssertAsLibrary(region, $"{number.CountryCode}{Library.GetNationalSignificantNumber(number)}");
        }
    }

    [Fact]
    public void Any_digits_are_read_as_the_library_does()
    {
        string[] regions = [.. Library.GetSupportedRegions().Order(StringComparer.Ordinal)];
        var codes = Gen.OneOf(Library.GetSupportedCallingCodes().Order().Select(code => $"+{code}").ToArray());
        Gen.Select(
                Gen.OneOf(regions),
                Gen.Frequency((3, Gen.Const("")), (3, Gen.Const("0")), (1, Gen.Const("1")), (1, Gen.Const("8")), (3, codes)),
                Gen.String[Gen.Char["0123456789"], 4, 13]
            )
            .Sample((region, start, rest) => AssertAsLibrary(region, start + rest), iter: 20_000);
    }

    [Fact]
    public void A_national_number_changed_in_one_digit_is_read_as_the_library_does()
    {
        PhoneNumber[] examples =
        [
            .. Library.GetSupportedRegions().Order(StringComparer.Ordinal).Select(region => Library.GetExampleNumber(region)),
        ];
        Gen.Select(
                Gen.OneOf(examples),
                Gen.OneOf(PhoneNumberFormat.NATIONAL, PhoneNumberFormat.E164),
                Gen.Int[0, 20],
                Gen.Char["0123456789"]
            )
            .Sample(
                (number, format, at, digit) =>
                {
                    var written = new StringBuilder(Library.Format(number, format));
                    at %= written.Length;
                    written[at] = char.IsAsciiDigit(written[at]) ? digit : written[at];
                    AssertAsLibrary(Library.GetRegionCodeForNumber(number), written.ToString());
                },
                iter: 20_000
            );
    }

    [Fact]
    public void Any_text_gives_a_number_or_a_reason() =>
        Gen.Select(Gen.OneOf("ID", "US", "IT", "AR", "MX", "CI", "NU"), Gen.String)
            .Sample(
                (region, text) =>
                {
                    var (digits, found, reason) = Read(region, text);
                    Assert.True(digits is null != reason is null);
                    Assert.Equal(digits is null, found is null);
                }
            );

    [Fact]
    public void Threads_may_share_it()
    {
        var numbers = Create("GB");
        Parallel.For(
            0,
            10_000,
            i =>
            {
                Span<byte> digits = stackalloc byte[20];
                Assert.True(numbers.TryRead(Encoding.UTF8.GetBytes($"020 7946 0{i % 1000:000}"), digits, out var length, out _, out _));
                Assert.Equal(
                    $"4420794 60{i % 1000:000}".Replace(" ", "", StringComparison.Ordinal),
                    Encoding.ASCII.GetString(digits[..length])
                );
            }
        );
    }

    [Theory]
    [InlineData("UK", "United Kingdom (GB)")]
    [InlineData("USA", "United States (US)")]
    [InlineData("Indonesia", "Indonesia (ID)")]
    [InlineData("indo", "Indonesia (ID)")]
    [InlineData("DI", "Indonesia (ID)")]
    public void A_wrong_country_is_answered_with_those_that_are_near(string region, string near)
    {
        Assert.False(RegionalNumbers.TryCreate(region, out var numbers, out var error));
        Assert.Null(numbers);
        Assert.StartsWith(
            $"'{region}' is not the ISO code of a country with phone numbers; near are {near}, ",
            error,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("ZZ")]
    [InlineData("001")]
    [InlineData("印")]
    public void A_code_that_is_nobodys_is_refused(string region) => Assert.False(RegionalNumbers.TryCreate(region, out _, out _));

    [Fact]
    public void A_country_may_be_written_in_any_case() => Assert.Equal("ID", Create(" id ").Region);

    private const string OfAnotherCountry = "; a number of another country needs its + and country code";

    private static void AssertAsLibrary(string region, string written)
    {
        var expected = AskLibrary(region, written);
        var (digits, found, reason) = Read(region, written);
        if (digits is null && expected.Digits is not null)
        {
            // What is refused before the library is asked.
            Assert.True(
                reason!.Contains("extension", StringComparison.Ordinal)
                    || reason.StartsWith("the number contains ", StringComparison.Ordinal)
                    || reason.StartsWith("a 0 follows the ", StringComparison.Ordinal)
                    || reason.Contains(" needed", StringComparison.Ordinal)
                    || reason.StartsWith("no country code begins with ", StringComparison.Ordinal),
                $"{written} in {region}: {expected}, but {reason}"
            );
            return;
        }

        Assert.True((digits, found) == expected, $"{written} in {region}: {expected}, but {digits}, {found}, {reason}");
    }

    private static (string? Digits, string? Region) AskLibrary(string region, string written)
    {
        try
        {
            var asWritten = written.StartsWith("00", StringComparison.Ordinal) ? $"+{written[2..]}" : written;
            var number = Library.Parse(asWritten, region);
            return Library.IsValidNumber(number)
                ? (Library.Format(number, PhoneNumberFormat.E164)[1..], Library.GetRegionCodeForNumber(number))
                : (null, null);
        }
        catch (NumberParseException)
        {
            return (null, null);
        }
    }

    private static RegionalNumbers Create(string region) =>
        RegionalNumbers.TryCreate(region, out var numbers, out var error) ? numbers : throw new InvalidOperationException(error);

    private static (string? Digits, string? Region, string? Reason) Read(string region, string written)
    {
        Span<byte> digits = stackalloc byte[20];
        return Create(region).TryRead(Encoding.UTF8.GetBytes(written), digits, out var length, out var found, out var reason)
            ? (Encoding.ASCII.GetString(digits[..length]), found, null)
            : (null, null, reason);
    }
}
