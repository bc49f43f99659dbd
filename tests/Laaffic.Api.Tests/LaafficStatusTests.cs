namespace Laaffic.Api.Tests;

public class LaafficStatusTests
{
    private static readonly int[] Documented =
    [
        0,
        -1,
        -2,
        -10,
        -13,
        -16,
        -18,
        -20,
        -21,
        -22,
        -23,
        -24,
        -26,
        -35,
        -37,
        -38,
        -39,
        -41,
        -46,
        -53,
        -54,
        -60,
        -68,
    ];

    [Fact]
    public void Every_documented_status_has_a_meaning_and_a_text()
    {
        Assert.All(
            Documented,
            code =>
            {
                var status = LaafficStatus.Of(code);
                Assert.Equal(code, status.Code);
                Assert.NotEqual(Verdict.Unknown, status.Verdict);
                Assert.NotEmpty(status.VendorText);
            }
        );
    }

    [Fact]
    public void Every_status_that_a_person_must_mend_or_may_wonder_at_says_how() =>
        Assert.All(
            Documented
                .Select(LaafficStatus.Of)
                .Where(status =>
                    status.Verdict is Verdict.Reject or Verdict.Hold or Verdict.FixCredentials or Verdict.Exists or Verdict.DailyLimit
                ),
            status => Assert.EndsWith(".", status.Advice, StringComparison.Ordinal)
        );

    [Fact]
    public void Every_other_number_is_unknown()
    {
        Assert.All(
            Enumerable.Range(-1000, 2000).Except(Documented).Concat([int.MinValue, int.MaxValue]),
            code =>
            {
                var status = LaafficStatus.Of(code);
                Assert.Equal((code, Verdict.Unknown, "", ""), (status.Code, status.Verdict, status.VendorText, status.Advice));
            }
        );
    }
}
