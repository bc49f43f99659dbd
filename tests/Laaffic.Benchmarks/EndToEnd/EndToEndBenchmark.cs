using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using Laaffic.Benchmarks.Measuring;
using Laaffic.Benchmarks.Planning;
using Laaffic.Benchmarks.Sending;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.LocalHost;
using Laaffic.Testing;

namespace Laaffic.Benchmarks.EndToEnd;

/// <summary>
/// From the drop of a file to the acceptance of its last task, against moving the same bytes and doing nothing else. The
/// app, the storage and the API are processes of their own; the app is a fresh one for each size, so that its peak memory
/// is that size's.
/// </summary>
internal static class EndToEndBenchmark
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    public static async Task RunAsync(IReadOnlyList<int> sizes, int rounds, bool compare)
    {
        Console.WriteLine($"\nFrom drop to last acceptance, median of {rounds} rounds");
        Console.WriteLine("| rows | MB | callees | bare s | app s | × | app's CPU s | app's peak MB |");
        Console.WriteLine("|--:|--:|--:|--:|--:|--:|--:|--:|");
        foreach (var rows in sizes)
        {
            await using var azurite = await Azurite.StartAsync();
            using var simulator = await ServerProcess.StartSimulatorAsync();
            using var app = await ServerProcess.StartAppAsync(azurite, simulator);
            using var bare = new BareSender(simulator.Address);
            var run = new Run(new BlobServiceClient(azurite.ConnectionString), bare, app);
            await run.DropAsync(1000);

            List<(double Bare, double App, double Cpu)> costs = [];
            for (var round = 0; round < rounds; round++)
            {
                var moved = compare ? await run.MoveAsync(rows) : default;
                var cpu = app.Cpu;
                var dropped = await run.DropAsync(rows);
                costs.Add((moved.TotalSeconds, dropped.TotalSeconds, (app.Cpu - cpu).TotalSeconds));
            }
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {rows} | {run.FileLength / 1e6:0.0} | {SampleCampaign.Valid(rows)} | "
                        + $"{(compare ? $"{Median(c => c.Bare):0.00}" : "–")} | {Median(c => c.App):0.00} | "
                        + $"{(compare ? $"{Median(c => c.App / c.Bare):0.00}" : "–")} | {Median(c => c.Cpu):0.00} | {app.PeakMegabytes:0} |"
                )
            );

            double Median(Func<(double Bare, double App, double Cpu), double> of) => costs.Select(of).Order().ElementAt(costs.Count / 2);
        }
    }

    private sealed class Run(BlobServiceClient storage, BareSender bare, ServerProcess app)
    {
        public long FileLength { get; private set; }

        /// <summary>Drops a file and waits until its report says that all its tasks are accepted.</summary>
        public async Task<TimeSpan> DropAsync(int rows)
        {
            var name = NewName();
            var file = SampleCampaign.Bytes(SampleCampaign.WriteCsv, rows, name);
            FileLength = file.Length;
            var reportBlob = storage.GetBlobContainerClient(Containers.Results).GetBlobClient($"{name}.csv.report.json");
            var start = Stopwatch.GetTimestamp();
            await bare.PutAsync(Address(Containers.Campaigns, $"{name}.csv"), file);
            while (
                await FindAsync(reportBlob) is not { State: not CampaignStates.Waiting } report
                || report.State != CampaignStates.Accepted
                || !Check(report, rows)
            )
            {
                if (Stopwatch.GetElapsedTime(start) > Patience)
                {
                    throw new TimeoutException($"The campaign of {rows} rows was not accepted; the app used {app.Cpu} of CPU time.");
                }

                await Task.Delay(20);
            }
            return Stopwatch.GetElapsedTime(start);
        }

        /// <summary>Moves the same bytes: the file to storage and back, the bodies to storage, and from there to the API.</summary>
        public async Task<TimeSpan> MoveAsync(int rows)
        {
            var name = NewName();
            var file = SampleCampaign.Bytes(SampleCampaign.WriteCsv, rows, name);
            var bodies = await PlanAsync(name, file);

            var start = Stopwatch.GetTimestamp();
            await bare.PutAsync(Address("bare", "file"), file);
            await bare.ReadAsync(Address("bare", "file"));
            foreach (var (number, body) in bodies.Index())
            {
                await bare.PutAsync(Address("bare", $"body{number}"), body);
            }

            foreach (var (number, _) in bodies.Index())
            {
                await bare.PostAsync(Address("bare", $"body{number}"));
            }

            return Stopwatch.GetElapsedTime(start);
        }

        private static string NewName() => $"bench-{Guid.NewGuid():N}";

        private async Task<List<byte[]>> PlanAsync(string name, byte[] file)
        {
            await storage.GetBlobContainerClient("bare").CreateIfNotExistsAsync();
            var plan = await PlannerRun.PlanAsync(storage, name, name + ".csv", new MemoryStream(file));
            List<byte[]> bodies = [];
            foreach (var task in plan.Tasks)
            {
                bodies.Add(
                    (
                        await storage.GetBlobContainerClient(Containers.Tasks).GetBlobClient(task.BlobName).DownloadContentAsync()
                    ).Value.Content.ToArray()
                );
            }

            return bodies;
        }

        /// <summary>Duplicates and wrong numbers must have been found exactly, or it was another job.</summary>
        private static bool Check(CampaignReport report, int rows) =>
            report.Counts.Accepted == SampleCampaign.Valid(rows)
                ? true
                : throw new InvalidOperationException(
                    $"{report.Counts} of {rows} rows, of which {SampleCampaign.Valid(rows)} can be called."
                );

        private static async Task<CampaignReport?> FindAsync(BlobClient report)
        {
            try
            {
                return JsonSerializer.Deserialize((await report.DownloadContentAsync()).Value.Content, ReportJson.Default.CampaignReport);
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                return null;
            }
        }

        private Uri Address(string container, string name) =>
            storage
                .GetBlobContainerClient(container)
                .GetBlobClient(name)
                .GenerateSasUri(
                    BlobSasPermissions.Read | BlobSasPermissions.Write | BlobSasPermissions.Create,
                    DateTimeOffset.UtcNow.AddHours(1)
                );
    }
}
