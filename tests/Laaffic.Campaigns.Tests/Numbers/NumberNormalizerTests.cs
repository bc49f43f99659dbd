using System.Globalization;
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
    [InlineData("1202+5550123", "the number contains '+'")]
    [InlineData("++12025550123", "the number contains '+'")]
    [InlineData("8,613,200,000,007", "the number contains ','")]
    [InlineData("😀12025550123", "the number contains '😀'")]
    [InlineData("1202555\0123", "the number contains the invisible character U+0000")]
    [InlineData("447700\n900123", "the number contains a line break: one number a cell")]
    [InlineData("447700\u2028900123", "the number contains a line break: one number a cell")]
    public void Anything_else_is_refused_with_the_precise_reason(string written, string reason) =>
        Assert.Equal(reason, Normalize(written).Reason);

    [Theory]
    [InlineData("１２０２５５５０１２３")]
    [InlineData("＋１（２０２）５５５－０１２３")]
    [InlineData("٠٠١٢٠٢٥٥٥٠١٢٣")]
    [InlineData("+۱۲۰۲۵۵۵۰۱۲۳")]
    [InlineData("१२०२५५५०१२३")]
    [InlineData("\U0001D7CF\U0001D7D0\U0001D7CE\U0001D7D0555\U0001D7CE123")]
    [InlineData("1ー202ー555ー0123")]
    [InlineData("1\u2043202\u02D7555\uFE580123")]
    [InlineData("1·202·555·0123")]
    [InlineData("1\u2800202\u3164555\u30000123")]
    [InlineData("\u202D+1 202-555-0123\u202C")]
    [InlineData("\u2066+1\u200E 202\u00AD555\u200B0123\u2069")]
    [InlineData("\uFEFF12025550123\u061C")]
    [InlineData("'12025550123")]
    [InlineData("'+1 202 555 0123")]
    [InlineData("\u2019\u200E+12025550123")]
    [InlineData("=\"12025550123\"")]
    [InlineData("=\"+1 202 555 0123\"")]
    [InlineData("'=\"0012025550123\"")]
    [InlineData("＝\"＋12025550123\"")]
    [InlineData("tel:+1-202-555-0123")]
    [InlineData("TEL: 0012025550123")]
    public void Other_digits_dashes_marks_and_wrappings_are_understood(string written) =>
        Assert.Equal("12025550123", Normalize(written).Digits);

    [Theory]
    [InlineData("12025550123 ext. 4")]
    [InlineData("12025550123 EXT 4")]
    [InlineData("12025550123 (ext 4)")]
    [InlineData("12025550123x4")]
    [InlineData("12025550123 x 1234")]
    [InlineData("12025550123#4")]
    [InlineData("12025550123, 5")]
    [InlineData("12025550123,,5#")]
    [InlineData("12025550123;5")]
    [InlineData("12025550123p5")]
    [InlineData("12025550123w5")]
    [InlineData("12025550123 доб. 4")]
    [InlineData("12025550123转4")]
    [InlineData("12025550123 內線 ４")]
    [InlineData("12025550123内线4")]
    [InlineData("tel:+1-202-555-0123;ext=4")]
    [InlineData("１２０２５５５０１２３ｅｘｔ４")]
    public void Extensions_are_refused_as_such(string written) =>
        Assert.Equal("the number contains an extension, which cannot be dialled: leave it out", Normalize(written).Reason);

    [Theory]
    [InlineData("12025550123/12025550124")]
    [InlineData("12025550123 / 12025550124 / 12025550125")]
    [InlineData("+1 202 555 0123; +1 202 555 0124")]
    [InlineData("12025550123, 12025550124")]
    [InlineData("12025550123、12025550124")]
    [InlineData("12025550123 or 12025550124")]
    [InlineData("12025550123 & 12025550124")]
    [InlineData("12025550123 и 12025550124")]
    [InlineData("12025550123或12025550124")]
    [InlineData("+12025550123 +12025550124")]
    [InlineData("12025550123 12025550124")]
    [InlineData("12025550123\r\n12025550124")]
    [InlineData("12025550123; home 12025550124")]
    public void Several_numbers_in_a_cell_are_refused_as_such(string written) =>
        Assert.Equal("there is more than one number: one number a cell", Normalize(written).Reason);

    [Theory]
    [InlineData("call 12025550123", "the number contains 'call'")]
    [InlineData("1-800-FLOWERS", "the number contains 'FLOWERS'")]
    [InlineData("12025550123 (home", "the number contains 'home'")]
    [InlineData("12025550123 ext", "the number contains 'ext'")]
    [InlineData("12025550123 x 12025550124", "the number contains 'x'")]
    [InlineData("電話12025550123", "the number contains '電話'")]
    [InlineData("cafe\u0301 12025550123", "the number contains 'cafe\u0301'")]
    [InlineData("Smith", "the number contains 'S'")]
    [InlineData("twentyfourlettersofaword 12025550123", "the number contains 't'")]
    public void Letters_are_named(string written, string reason) => Assert.Equal(reason, Normalize(written).Reason);

    [Theory]
    [InlineData("N/A", "there is no number: the cell only says that there is none")]
    [InlineData("null", "there is no number: the cell only says that there is none")]
    [InlineData(" None ", "there is no number: the cell only says that there is none")]
    [InlineData("(Unknown)", "there is no number: the cell only says that there is none")]
    [InlineData("нет", "there is no number: the cell only says that there is none")]
    [InlineData("#N/A", "there is no number: a formula of the spreadsheet has failed")]
    [InlineData("#DIV/0!", "there is no number: a formula of the spreadsheet has failed")]
    [InlineData("-", "there is no number, only punctuation")]
    [InlineData("—", "there is no number, only punctuation")]
    [InlineData("+", "there is no number, only punctuation")]
    [InlineData("?", "there is no number, only punctuation")]
    [InlineData("()", "there is no number, only punctuation")]
    [InlineData("'", "the number is empty")]
    [InlineData("=\"\"", "the number is empty")]
    [InlineData("tel:", "the number is empty")]
    [InlineData("\u200B\uFEFF", "the number is empty")]
    public void A_cell_without_a_number_is_told_from_a_wrong_number(string written, string reason) =>
        Assert.Equal(reason, Normalize(written).Reason);

    [Theory]
    [InlineData("=12025550103", "the number contains '='")]
    [InlineData("=\"x\",1", "the number contains '='")]
    [InlineData("12025550123\"", "the number contains '\"'")]
    [InlineData("1'202'555'0123", "the number contains '''")]
    [InlineData("tel:5550123;phone-context=+1202", "the number contains ';'")]
    [InlineData("8613200,000,007", "the number contains ','")]
    [InlineData("①2025550123", "the number contains '①'")]
    [InlineData("1\uFE0F\u20E32025550123", "the number contains the invisible character U+FE0F")]
    public void What_means_nothing_there_is_named(string written, string reason) => Assert.Equal(reason, Normalize(written).Reason);

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
    [InlineData("٨٦١٣٢٠٠٠٠٠٠٠٧.٠")]
    [InlineData("８６１３２０００００００７．０")]
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
    public void Decoration_never_changes_the_digits()
    {
        var decoration = Gen.Char["-\u2014\u2212ー\uFF0D \u00A0\u3000\u200B\u200E\u202E\u2069\uFEFF\u00AD"];
        var wrapping = Gen.OneOf("{0}", "'{0}", "\u2019{0}", "=\"{0}\"", "tel:{0}", "\u202A{0}\u202C", " {0}\n");
        Gen.Select(
                Gen.Char["123456789"],
                Gen.String[Gen.Char["0123456789"], 5, 17],
                decoration.Array[0, 60],
                Gen.Char["0\u0660\u06F0\u0966\u0E50\uFF10"],
                wrapping,
                Gen.OneOf("", "+", "00", "\uFF0B")
            )
            .Sample(
                (first, rest, marks, zero, wrap, prefix) =>
                {
                    var digits = first + rest;
                    var written = new StringBuilder(string.Concat(digits.Select(digit => (char)(zero + digit - '0'))));
                    for (var i = 0; i < marks.Length; i++)
                    {
                        written.Insert(i * 7 % (written.Length + 1), marks[i]);
                    }

                    Assert.Equal(digits, Normalize(wrap.Replace("{0}", $"{prefix}{written}", StringComparison.Ordinal)).Digits);
                }
            );
    }

    [Fact]
    public void Every_decimal_digit_dash_and_space_of_Unicode_is_understood()
    {
        foreach (var rune in Enumerable.Range(0, 0x110000).Where(Rune.IsValid).Select(value => new Rune(value)))
        {
            switch (Rune.GetUnicodeCategory(rune))
            {
                case UnicodeCategory.DecimalDigitNumber:
                    Assert.Equal($"1202555012{Rune.GetNumericValue(rune)}", Normalize($"1202555012{rune}").Digits);
                    break;
                case UnicodeCategory.DashPunctuation:
                case UnicodeCategory.SpaceSeparator:
                    Assert.Equal("12025550123", Normalize($"1{rune}202{rune}5550123").Digits);
                    break;
            }
        }
    }

    [Fact]
    public void Bytes_that_are_no_text_give_a_reason_as_well() =>
        Gen
            .Byte.Array[0, 400]
            .Sample(written =>
            {
                Span<byte> digits = stackalloc byte[20];
                var isRead = NumberNormalizer.TryNormalize(written, digits, out var length, out var reason);
                Assert.Equal(isRead, reason is null);
                Assert.True(!isRead || length is >= 6 and <= 18 && !digits[..length].ContainsAnyExceptInRange((byte)'0', (byte)'9'));
            });

    [Fact]
    public void A_cell_of_any_length_is_read()
    {
        Assert.Equal("the number contains '/'", Normalize(string.Concat(Enumerable.Repeat("1/", 100_000))).Reason);
        Assert.Equal("12025550123", Normalize("1" + new string('\u3000', 60_000) + "2025550123").Digits);
    }

    [Fact]
    public void A_number_that_is_accepted_takes_no_memory()
    {
        var written = Encoding.UTF8.GetBytes("\u202D+1 (202)\u2011555\u20110123");
        var digits = new byte[20];
        Assert.True(NumberNormalizer.TryNormalize(written, digits, out _, out _));

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            NumberNormalizer.TryNormalize(written, digits, out _, out _);
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

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
