using System.Text;
using CsCheck;
using Laaffic.Campaigns.Numbers;

namespace Laaffic.Campaigns.Tests.Numbers;

public class NumberNormalizerTests
{
    [Theory]
    [InlineData("12025550123", "12025550123")]
    [InlineData(" 12025550123\t", "12025550123")]
    [InlineData("1 (202) 555-0123", "12025550123")]
    [InlineData("+1 202.555.0123", "12025550123")]
    [InlineData("+44 7700 900123", "447700900123")]
    [InlineData("0044 7700 900123", "447700900123")]
    [InlineData("00 44 (7700) 900-123", "447700900123")]
    [InlineData("(+44) 7700 900123", "447700900123")]
    [InlineData("44\u00A07700\u202F900123", "447700900123")]
    [InlineData("44\u20107700\u2013900\u2212123\uFF0D4", "4477009001234")]
    [InlineData("447.700900123", "447700900123")]
    [InlineData("123456", "123456")]
    [InlineData("123456789012345678", "123456789012345678")]
    [InlineData("00123456789012345678", "123456789012345678")]
    [InlineData("0123456", "0123456")]
    [InlineData("+39 (06) 1234567", "39061234567")]
    [InlineData("+1 (800) 555-0123", "18005550123")]
    [InlineData("12025550123\n", "12025550123")]
    public void A_number_as_people_write_it_becomes_digits(string written, string digits) =>
        Assert.Equal(digits, Normalize(written).Digits);

    [Theory]
    [InlineData("", "the number is empty")]
    [InlineData(" \u00A0 ", "the number is empty")]
    [InlineData("12345", "the number has 5 digits; 6 to 18 are needed, country code first")]
    [InlineData("1234567890123456789", "the number has 19 digits; 6 to 18 are needed, country code first")]
    [InlineData("0012345", "the number has 5 digits; 6 to 18 are needed, country code first")]
    [InlineData("7", "the number has 1 digit; 6 to 18 are needed, country code first")]
    [InlineData("-", "the number has no digits; 6 to 18 are needed, country code first")]
    [InlineData("+", "the number has no digits; 6 to 18 are needed, country code first")]
    [InlineData("+0012025550101", "a 0 follows the +, and no country code begins with 0")]
    [InlineData("+0170 1234567", "a 0 follows the +, and no country code begins with 0")]
    [InlineData("(+0) 170 1234567", "a 0 follows the +, and no country code begins with 0")]
    [InlineData("00 00 12025550101", "a 0 follows the 00, and no country code begins with 0")]
    [InlineData("00012025550101", "a 0 follows the 00, and no country code begins with 0")]
    [InlineData("+49 (0) 170 1234567", "the number contains (0), a 0 that is not dialled from abroad: leave it out")]
    [InlineData("0049(0)1701234567", "the number contains (0), a 0 that is not dialled from abroad: leave it out")]
    [InlineData("49 ( 0 ) 170 1234567", "the number contains (0), a 0 that is not dialled from abroad: leave it out")]
    [InlineData("(0) 170 1234567", "the number contains (0), a 0 that is not dialled from abroad: leave it out")]
    [InlineData("12025550123x", "the number contains 'x'")]
    [InlineData("12025550123 ext. 4", "the number contains 'e'")]
    [InlineData("1202+5550123", "the number contains '+'")]
    [InlineData("++12025550123", "the number contains '+'")]
    [InlineData("12025550123/12025550124", "the number contains '/'")]
    [InlineData("8,613,200,000,007", "the number contains ','")]
    [InlineData("１２０２５５５", "the number contains '１'")]
    [InlineData("😀12025550123", "the number contains '😀'")]
    [InlineData("\u202D12025550123", "the number contains the invisible character U+202D")]
    [InlineData("1202555\0123", "the number contains the invisible character U+0000")]
    [InlineData("447700\n900123", "the number contains a line break: one number a cell")]
    [InlineData("447700\u2028900123", "the number contains a line break: one number a cell")]
    public void Anything_else_is_refused_with_the_precise_reason(string written, string reason) =>
        Assert.Equal(reason, Normalize(written).Reason);

    [Theory]
    [InlineData("8.6132E+12")]
    [InlineData("8,6132E+12")]
    [InlineData("8.6132e12")]
    [InlineData("-8.6132E+12")]
    [InlineData("9E+11")]
    [InlineData(" 8.6132E+12 ")]
    public void A_number_that_a_spreadsheet_shortened_is_explained(string written)
    {
        var reason = Normalize(written).Reason;
        Assert.StartsWith($"{written.Trim()} is a number that a spreadsheet has shortened", reason, StringComparison.Ordinal);
        Assert.EndsWith("format the column as text, enter the numbers again and export again", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("8613200000007.0")]
    [InlineData("8613200000007.00")]
    [InlineData("8613200000007,0")]
    [InlineData("8613200000007.000")]
    [InlineData("8613200000007.5")]
    [InlineData("+8613200000007.0")]
    public void A_number_with_a_spreadsheets_decimals_is_not_turned_into_another_number(string written) =>
        Assert.StartsWith($"{written} is a number with decimals", Normalize(written).Reason, StringComparison.Ordinal);

    [Fact]
    public void Separators_never_change_the_digits() =>
        Gen.Select(Gen.Char["123456789"], Gen.String[Gen.Char["0123456789"], 5, 17], Gen.String[Gen.Char["  )-\u2011\u00A0\u3000"], 0, 40])
            .Sample(
                (first, rest, separators) =>
                {
                    var digits = first + rest;
                    var written = new StringBuilder(digits);
                    for (var i = 0; i < separators.Length; i++)
                    {
                        written.Insert(i * 7 % (written.Length + 1), separators[i]);
                    }

                    Assert.Equal(digits, Normalize(written.ToString()).Digits);
                    Assert.Equal(digits, Normalize($"+{written}").Digits);
                    Assert.Equal(digits, Normalize($"00{written}").Digits);
                }
            );

    [Fact]
    public void Any_text_gives_digits_or_a_reason() =>
        Gen
            .String.Where(text => !text.Any(char.IsSurrogate))
            .Sample(text =>
            {
                var (digits, reason) = Normalize(text);
                Assert.True(digits is null != reason is null);
                if (digits is not null)
                {
                    Assert.Matches("^[0-9]{6,18}$", digits);
                }
            });

    [Fact]
    public void Different_digits_have_different_keys()
    {
        var digits = Gen.String[Gen.Char["0123456789"], 6, 18];
        Gen.Select(digits, digits).Sample((a, b) => Assert.Equal(a == b, Key(a) == Key(b)));
        Assert.NotEqual(Key("0123456"), Key("123456"));
        Assert.Equal(1_999_999_999_999_999_999UL, Key("999999999999999999"));
    }

    private static ulong Key(string digits) => NumberNormalizer.Key(Encoding.ASCII.GetBytes(digits));

    private static (string? Digits, string? Reason) Normalize(string written)
    {
        Span<byte> digits = stackalloc byte[20];
        return NumberNormalizer.TryNormalize(Encoding.UTF8.GetBytes(written), digits, out var length, out var reason)
            ? (Encoding.ASCII.GetString(digits[..length]), reason)
            : (null, reason);
    }
}
