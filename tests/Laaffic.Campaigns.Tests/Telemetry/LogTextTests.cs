using CsCheck;
using Laaffic.Campaigns.Telemetry;

namespace Laaffic.Campaigns.Tests.Telemetry;

public sealed class LogTextTests
{
    private static readonly string[] Separators = [" ", "-", ".", "", "\u00a0", ") ", "/", " - "];

    [Theory]
    [InlineData("callee 12025550101 is wrong", "callee … is wrong")]
    [InlineData("+1 (202) 555-0102 is wrong", "+… is wrong")]
    [InlineData("call 1.202.555.0101 or 44 7700 900123", "call … or …")]
    [InlineData("020–7946–0958", "…")]
    [InlineData("12 34 56 78, then", "…, then")]
    [InlineData("12.34.56.78", "…")]
    [InlineData("2026-11-22 12025550101", "2026-11-22 …")]
    [InlineData("2025 550-1012", "…")]
    [InlineData("since 2026-11-22 19:41:09Z, until 2026-11-22T19:51:09", "since 2026-11-22 19:41:09Z, until 2026-11-22T19:51:09")]
    [InlineData("Connection refused (127.0.0.1:10000)", "Connection refused (127.0.0.1:10000)")]
    [InlineData("HTTP 404, status -41, 300 of 301 callees, line 12345", "HTTP 404, status -41, 300 of 301 callees, line 12345")]
    public void Numbers_are_masked_however_they_are_written_and_dates_are_not(string text, string masked) =>
        Assert.Equal(masked, LogText.Mask(text));

    [Fact]
    public void No_number_is_left_however_its_digits_are_grouped() =>
        Gen.Select(Gen.Char['0', '9'].Array[6, 18], Gen.Int[0, Separators.Length - 1].Select(i => Separators[i]).Array[17])
            .Where((digits, _) => digits is not ['1', '9', ..] and not ['2', '0', ..])
            .Sample(
                (digits, between) =>
                {
                    var number = string.Concat(digits.Select((digit, i) => $"{(i == 0 ? "" : between[i - 1])}{digit}"));
                    Assert.Equal("callee … is wrong", LogText.Mask($"callee {number} is wrong"));
                }
            );

    [Fact]
    public void Of_an_exception_the_first_line_is_told() =>
        Assert.Equal("Not found: …", LogText.FirstLine(new InvalidOperationException("Not found: 12025550101 \nRequestId: 1")));
}
