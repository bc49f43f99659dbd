using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Tests.Planning;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Screening;

public sealed class OnlyNumbersRuleTests(StorageFixture storage) : PlannerTestBase(storage)
{
    [Fact]
    public async Task Nobody_else_is_called_and_the_report_says_so()
    {
        Options = new() { OnlyNumbers = List("+1 202 555 0101; 6281234567890") };

        var plan = await PlanCsvAsync(Lines + "calleeNumber\n12025550101\n12025550102\n1\n12025550101\n0062 812-3456-7890\n");

        Assert.Equal(["12025550101", "6281234567890"], await NumbersAsync(plan));
        Assert.Equal(new PlanCounts(5, 2, 1, 1) { Suppressed = 1 }, plan.Counts);
        Assert.Equal(
            [
                "1 callee is left out, not to be called: 1 × only the numbers of the setting Campaigns__OnlyNumbers are called "
                    + "here, and this is none of them (line 5).",
            ],
            plan.Warnings
        );
        Assert.Contains(
            "5,\"only the numbers of the setting Campaigns__OnlyNumbers are called here, and this is none of them (campaign: spring",
            await RejectedAsync(plan),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Who_is_left_out_says_nothing_against_the_list()
    {
        Options = new() { OnlyNumbers = List("12025550101") };
        var others = string.Concat(Enumerable.Range(0, 500).Select(i => $"62812000{i:0000}\n"));

        var plan = await PlanCsvAsync($"{Lines}calleeNumber\n{others}12025550101\n");

        Assert.Equal(["12025550101"], await NumbersAsync(plan));
        Assert.Equal((0, 500, 0), (plan.Counts.Rejected, plan.Counts.Suppressed, plan.FirstRejected.Count));
    }

    [Fact]
    public async Task A_list_without_any_of_them_is_rejected_with_the_reason()
    {
        Options = new() { OnlyNumbers = List("12025550101") };

        Assert.Equal(
            "||There is nobody left to call: of 2 callees 2 are not to be called (2 × numberInfoList[0]: only the numbers of the "
                + "setting Campaigns__OnlyNumbers are called here, and this is none of them (line 1)), 0 were rejected. The list of rejected callees says why of each.",
            await ReasonAsync(
                await PlanJsonAsync(
                    """
                    {"taskName":"spring","agentId":1,"numberInfoList":[{"calleeNumber":"6281234567890"},{"calleeNumber":"12025550109"}]}
                    """
                )
            )
        );
    }

    [Theory]
    [InlineData(" ,; "), InlineData("12025550109, 5"), InlineData("all")]
    public void What_is_no_list_of_numbers_is_refused_without_repeating_it(string text)
    {
        Assert.False(NumberList.TryParse(text, out var list, out var error));

        Assert.Null(list);
        Assert.DoesNotContain("12025550109", error, StringComparison.Ordinal);
    }

    private static NumberList List(string text) =>
        NumberList.TryParse(text, out var list, out var error) ? list : throw new ArgumentException(error);
}
