using Laaffic.Campaigns.Rows;

namespace Laaffic.Campaigns.Tests.Rows;

public sealed class NumberFormatsTests
{
    [Theory]
    [InlineData("\"+1\"0", true)]
    [InlineData("+0", true)]
    [InlineData("\\+0", true)]
    [InlineData("\"0049\"0", true)]
    [InlineData("\\1000", true)]
    [InlineData("1000000000", true)]
    [InlineData("\"+44 \"0", true)]
    [InlineData("0", false)]
    [InlineData("0.00E+00", false)]
    [InlineData("(###) ###\\-####", false)]
    [InlineData("000000000000", false)]
    [InlineData("#,##0.00 \"€\"", false)]
    [InlineData("[$-409]0", false)]
    [InlineData("[>=10000000000]0;0", false)]
    [InlineData("", false)]
    [InlineData(null, false)]
    public void A_format_may_show_digits_that_are_not_in_the_cell(string? format, bool shows) =>
        Assert.Equal(shows, NumberFormats.ShowOtherDigits(format));
}
