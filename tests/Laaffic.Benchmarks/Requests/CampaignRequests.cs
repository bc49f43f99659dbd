using System.Globalization;
using Laaffic.Campaigns;
using Laaffic.LocalHost;

namespace Laaffic.Benchmarks.Requests;

/// <summary>What a dropped campaign asks of storage, from its event to its last acceptance.</summary>
internal static class CampaignRequests
{
    public static async Task RunAsync(IReadOnlyList<int> sizes)
    {
        await using var azurite = await Azurite.StartAsync();
        await using var app = await CountedApp.StartAsync(azurite, latency: TimeSpan.Zero);
        var campaigns = app.Blobs.GetBlobContainerClient(Containers.Campaigns);
        await app.Service.RunDueAsync(CancellationToken.None);

        Console.WriteLine("\nStorage requests of a dropped CSV campaign");
        Console.WriteLine("| rows | requests | of which |");
        Console.WriteLine("|--:|--:|:--|");
        foreach (var rows in sizes)
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{rows}.csv");
            using (var file = new MemoryStream(SampleCampaign.Bytes(SampleCampaign.WriteCsv, rows, path)))
            {
                await campaigns.UploadBlobAsync(path, file);
            }

            app.Requests.Take();
            await app.Service.ProcessFileAsync(path, CancellationToken.None);
            var (count, kinds) = app.Requests.Take();
            var accepted = app
                .Simulator.AcceptedTasks.Where(task => task.Name.StartsWith(path, StringComparison.Ordinal))
                .Sum(task => task.Callees.Count);
            if (accepted != SampleCampaign.Valid(rows))
            {
                throw new InvalidOperationException($"{accepted} of {SampleCampaign.Valid(rows)} callees were accepted.");
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {rows} | {count} | {kinds} |"));
        }
    }
}
