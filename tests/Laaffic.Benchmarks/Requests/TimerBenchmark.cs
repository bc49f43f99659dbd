using System.Diagnostics;
using System.Globalization;
using Laaffic.Campaigns;
using Laaffic.LocalHost;
using Laaffic.Simulator;

namespace Laaffic.Benchmarks.Requests;

/// <summary>What a tick of the clock asks of storage, beside finished campaigns and with many due ones.</summary>
internal static class TimerBenchmark
{
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);

    public static async Task RunAsync(IReadOnlyList<int> finished, int due)
    {
        await using (var azurite = await Azurite.StartAsync())
        {
            await BesideFinishedAsync(azurite, finished);
        }

        await using (var azurite = await Azurite.StartAsync())
        {
            await ManyDueAsync(azurite, due);
        }
    }

    private static async Task BesideFinishedAsync(Azurite azurite, IReadOnlyList<int> finished)
    {
        await using var app = await CountedApp.StartAsync(azurite, latency: TimeSpan.Zero);
        const string model = "model.json";
        await app.Blobs.GetBlobContainerClient(Containers.Campaigns).CreateIfNotExistsAsync();
        await app
            .Blobs.GetBlobContainerClient(Containers.Campaigns)
            .UploadBlobAsync(model, BinaryData.FromBytes(CountedApp.Campaign("model", submitAt: null)));
        await app.Service.ProcessFileAsync(model, CancellationToken.None);
        var storage = new FinishedCampaigns(app.Blobs, app.Ledger);

        Console.WriteLine("\nStorage requests of a tick, by the number of finished tasks (100 a campaign)");
        Console.WriteLine("| finished | first tick | nothing due | one task due |");
        Console.WriteLine("|--:|--:|--:|--:|");
        var present = 0;
        foreach (var count in finished)
        {
            await storage.AddAsync(model, present, count / FinishedCampaigns.Tasks - present);
            present = count / FinishedCampaigns.Tasks;
            app.Requests.Take();
            await app.Service.RunDueAsync(CancellationToken.None);
            var first = app.Requests.Take();
            // Until each page of the container was looked at.
            for (var page = 0; page <= present / 5000 + 1; page++)
            {
                await app.Service.RunDueAsync(CancellationToken.None);
            }

            app.Requests.Take();
            await app.Service.RunDueAsync(CancellationToken.None);
            var idle = app.Requests.Take();

            await app.SubmitAsync($"one beside {count}", app.Time.GetUtcNow() + Later);
            app.Time.Ahead += Later;
            app.Requests.Take();
            await app.Service.RunDueAsync(CancellationToken.None);
            var busy = app.Requests.Take();
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {count} | {first.Count} | {idle.Count} ({idle.Kinds}) | {busy.Count} ({busy.Kinds}) |"
                )
            );
        }
    }

    private static async Task ManyDueAsync(Azurite azurite, int due)
    {
        await using var app = await CountedApp.StartAsync(azurite, latency: TimeSpan.FromMilliseconds(200));
        var submitAt = app.Time.GetUtcNow() + Later;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, due),
            new ParallelOptions { MaxDegreeOfParallelism = 16 },
            async (number, _) => await app.SubmitAsync(string.Create(CultureInfo.InvariantCulture, $"due {number}"), submitAt)
        );
        app.Time.Ahead += Later;
        app.Requests.Take();

        var start = Stopwatch.GetTimestamp();
        var ticks = 0;
        while (app.Simulator.AcceptedTasks.Count < due && ticks < 100)
        {
            await app.Service.RunDueAsync(CancellationToken.None);
            ticks++;
        }
        var time = Stopwatch.GetElapsedTime(start);
        var (requests, kinds) = app.Requests.Take();
        var attempts = app.Simulator.Calls.Where(call => call.Endpoint == ApiEndpoint.Create).ToList();
        var twice = attempts.GroupBy(call => call.TaskName).Count(name => name.Count() > 1);
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"""

                {due} due tasks, each answered after 200 ms:
                accepted {app.Simulator.AcceptedTasks.Count} in {ticks} ticks and {time.TotalSeconds:0} s
                ({due / time.TotalSeconds:0.0} a second); {attempts.Count} attempts, {twice} tasks attempted twice
                {(double)requests / due:0.0} storage requests a task: {kinds}
                """
            )
        );
    }
}
