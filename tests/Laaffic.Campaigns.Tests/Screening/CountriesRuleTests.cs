using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Tests.Planning;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Screening;

public sealed class CountriesRuleTests(StorageFixture storage) : PlannerTestBase(storage)
{
    private const string Three = "calleeNumber\n6281234567890\n12025550101\n6591234567\n";

    [Fact]
    public async Task Numbers_of_other_countries_are_rejected_and_told_what_they_are()
    {
        Options = new() { AllowedCountries = Destinations("ID", "sg") };

        var plan = await PlanCsvAsync(Lines + Three);

        Assert.Equal(["6281234567890", "6591234567"], await NumbersAsync(plan));
        Assert.Equal(new PlanCounts(3, 2, 0, 1), plan.Counts);
        Assert.StartsWith(
            "5,\"it is a number of United States (US), and only numbers of ID, SG may be called (allowedCountries) (campaign: spring",
            await RejectedAsync(plan),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("# allowedCountries: ID\n"), InlineData("# allowedCountries: [\"id\"]\n"), InlineData("# allowedCountries: ID, ID\n")]
    public async Task A_list_may_say_for_itself_where_it_calls(string line) =>
        Assert.Equal(["6281234567890"], await NumbersAsync(await PlanCsvAsync(Lines + line + Three)));

    [Fact]
    public async Task A_profile_and_a_json_campaign_may_too()
    {
        var profile = await ProfileAsync("""{"delivery":{"allowedCountries":["US","ID"]}}""");
        Assert.Equal(["6281234567890", "12025550101"], await NumbersAsync(await PlanCsvAsync(Lines + Three, profile)));
        // What a list says goes before it.
        Assert.Equal(["6591234567"], await NumbersAsync(await PlanCsvAsync(Lines + "# allowedCountries: SG\n" + Three, profile)));

        var json = await PlanJsonAsync(
            """
            {"taskName":"spring","agentId":1,"delivery":{"allowedCountries":"US"},
             "numberInfoList":[{"calleeNumber":"6281234567890"},{"calleeNumber":"12025550101"}]}
            """
        );
        Assert.Equal(["12025550101"], await NumbersAsync(json));
        Assert.Equal(["US"], json.AllowedCountries);
    }

    [Fact]
    public async Task In_json_it_must_stand_before_those_whom_it_is_about() =>
        Assert.Equal(
            "|delivery.allowedCountries|must stand before numberInfoList, as it says who of that may be called",
            await ReasonAsync(
                await PlanJsonAsync(
                    """
                    {"taskName":"spring","agentId":1,"numberInfoList":[{"calleeNumber":"12025550101"}],
                     "delivery":{"allowedCountries":["US"]}}
                    """
                )
            )
        );

    [Fact]
    public async Task A_campaign_cannot_go_beyond_the_app()
    {
        Options = new() { AllowedCountries = Destinations("ID") };

        Assert.Equal(
            "3|allowedCountries|names SG, premium, where this app may not call: its setting Campaigns__AllowedCountries allows ID",
            await ReasonAsync(await PlanCsvAsync(Lines + "# allowedCountries: ID, SG, premium\ncalleeNumber\n6281234567890\n"))
        );
    }

    [Theory]
    [InlineData("UK", "'UK' is not the ISO code of a country with phone numbers; near are United Kingdom (GB)")]
    [InlineData("[]", "must be a list of ISO codes of countries, such as [\"ID\", \"SG\"]")]
    [InlineData("[1]", "must be a list of ISO codes of countries")]
    [InlineData("ID,,SG", "must be a list of ISO codes of countries")]
    public async Task What_is_no_list_of_countries_is_an_error(string written, string message) =>
        Assert.StartsWith(
            $"3|allowedCountries|{message}",
            await ReasonAsync(await PlanCsvAsync(Lines + $"# allowedCountries: {written}\ncalleeNumber\n6281234567890\n")),
            StringComparison.Ordinal
        );

    [Theory]
    // Of countries that share a code, and of none.
    [InlineData("CA", "14165550123", true), InlineData("CA", "12025550101", false), InlineData("US", "14165550123", false)]
    [InlineData("KZ", "77012345678", true), InlineData("RU", "77012345678", false), InlineData("RU", "79161234567", true)]
    [InlineData("GB", "447400123456", true), InlineData("JE", "447400123456", false), InlineData("JE", "447797712345", true)]
    [InlineData("ID", "80012345678", false), InlineData("ID", "99912345678", false), InlineData("US", "10005550101", false)]
    public async Task A_number_is_of_the_country_that_the_library_says(string allowed, string number, bool isCalled)
    {
        Options = new() { AllowedCountries = Destinations(allowed) };

        var plan = await PlanCsvAsync($"{Lines}calleeNumber\n{number}\n{number}\n");

        Assert.Equal(isCalled ? 1 : 0, plan.Counts.Valid);
        Assert.Equal(isCalled ? 0 : 2, plan.Counts.Rejected);
    }

    private static Destinations Destinations(params string[] names) =>
        Campaigns.Numbers.Destinations.TryRead(names, out var read, out var problem) ? read : throw new ArgumentException(problem);
}
