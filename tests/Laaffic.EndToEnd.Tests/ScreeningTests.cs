using Laaffic.Campaigns;
using Laaffic.Campaigns.Numbers;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>Who may be called.</summary>
public sealed class ScreeningTests(StorageFixture storage)
{
    private const string Lines = "# taskName: spring\n# agentId: 41\n";

    [Fact]
    public async Task A_test_system_calls_its_testers_and_counts_the_others()
    {
        Assert.True(NumberList.TryParse("12025550101", out var testers, out _));
        await using var app = await TestApp.StartAsync(storage, new CampaignOptions { OnlyNumbers = testers });

        await app.DropAsync("list.csv", Lines + "calleeNumber\n12025550101\n12025550102\n12025550101\n1\n12025550103\n");

        var report = await app.ReportAsync("list.csv");
        Assert.Equal(CampaignStates.Accepted, report.State);
        Assert.Equal(new CalleeCounts(5, 1, 1, 1, 0, 0) { Suppressed = 2 }, report.Counts);
        Assert.Equal(["12025550101"], app.Called);
        Assert.StartsWith("2 callees are left out", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Contains("12025550103", await app.ResultAsync("list.csv.rejected.csv"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_with_none_of_them_is_rejected_and_its_counts_sum()
    {
        Assert.True(NumberList.TryParse("12025550101", out var testers, out _));
        await using var app = await TestApp.StartAsync(storage, new CampaignOptions { OnlyNumbers = testers });

        await app.DropAsync("list.csv", Lines + "calleeNumber\n12025550102\n12025550103\n");

        var report = await app.ReportAsync("list.csv");
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.Equal(new CalleeCounts(2, 0, 0, 0, 0, 0) { Suppressed = 2 }, report.Counts);
        Assert.Empty(app.Called);
    }

    [Fact]
    public async Task Fixed_rows_are_called_where_their_campaign_was_called_and_nowhere_else()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync("us", """{"taskName":"{file}","agentId":41,"delivery":{"allowedCountries":["US"]}}""");
        await app.DropAsync("us/may.csv", "calleeNumber,text1\n12025550101,Ann\n12,Ben\n6281234567890,Cem\n");
        var file = await app.ResultAsync("us/may.csv.rejected.csv");

        // Into a folder that has no such limit.
        await app.DropAsync("again.csv", file.Replace(",12,", ",12025550102,", StringComparison.Ordinal));

        Assert.Equal(new CalleeCounts(2, 0, 1, 1, 0, 0), (await app.ReportAsync("again.csv")).Counts);
        Assert.Equal(["12025550101", "12025550102"], app.Called.Order());
        Assert.Contains(
            "it is a number of Indonesia (ID), and only numbers of US may be called",
            await app.ResultAsync("again.csv.rejected.csv"),
            StringComparison.Ordinal
        );
    }
}
