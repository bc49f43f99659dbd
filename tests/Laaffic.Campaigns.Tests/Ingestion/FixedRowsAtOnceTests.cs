using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Ingestion;

/// <summary>Fixed rows of one campaign, submitted by two instances at the same moment.</summary>
public sealed class FixedRowsAtOnceTests(StorageFixture storage)
{
    private const string Settings = "# agentId: 41\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Whoever_is_in_both_is_called_once(int first)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instances = shared.NewInstances(2);
        await Shared.UploadAsync(instances[0], "a.csv", Settings + "# taskName: May\ncalleeNumber\n12025550101\n12\n13\n");
        await instances[0].Service.ProcessFileAsync("a.csv", Token);
        var rejected = await ResultAsync(instances[0]);
        string[] paths = ["one.csv", "two.csv"];
        for (var i = 0; i < paths.Length; i++)
        {
            var rows = rejected.Replace(",12\r\n", ",12025550102\r\n", StringComparison.Ordinal);
            await Shared.UploadAsync(
                instances[i],
                paths[i],
                $"{Settings}# taskName: Fixed {paths[i]}\n"
                    + (i == 0 ? rows : rows.Replace(",13\r\n", ",12025550103\r\n", StringComparison.Ordinal))
            );
        }

        // Both have read whom the others have called before either commits: the first batch stores the tasks.
        foreach (var instance in instances)
        {
            instance.Gate.Close(request => request.EndsWith("/$batch", StringComparison.Ordinal), pass: 2);
        }

        var runs = instances.Select((instance, i) => Task.Run(() => instance.Service.ProcessFileAsync(paths[i], Token))).ToList();
        await Task.WhenAll(instances.Select(instance => instance.Gate.Reached));
        instances[first].Gate.Open();
        await runs[first];
        instances[1 - first].Gate.Open();
        await Task.WhenAll(runs);

        var numbers = shared.Simulator.AcceptedTasks.SelectMany(task => task.Numbers);
        Assert.Equal(["12025550101", "12025550102", "12025550103"], numbers.Order());
        // Who comes second reads again: there may be nobody left then.
        var second = (await Shared.FindReportAsync(instances[0], paths[1 - first]))!;
        Assert.Equal(first == 0 ? CampaignStates.Accepted : CampaignStates.Rejected, second.State);
        Assert.Equal(1, second.Counts.Duplicate);
    }

    private static async Task<string> ResultAsync(Instance instance) =>
        (await instance.Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient("a.csv.rejected.csv").DownloadContentAsync(Token))
            .Value.Content.ToString()
            .TrimStart('\uFEFF');
}
