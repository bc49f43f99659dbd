using System.Diagnostics;
using System.Globalization;
using System.Text;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.LocalHost;
using Laaffic.Simulator;
using Microsoft.Extensions.Logging.Abstractions;

namespace Laaffic.Benchmarks.Timer;

/// <summary>What a tick of the clock asks of storage, beside finished campaigns and with many due ones.</summary>
internal static class TimerBenchmark
{
    private static readonly TimeSpan Later = TimeSpan.FromHours(1);

    public static async Task RunAsync(IReadOnlyList<int> finished, int due)
    {
        await using (var azurite = await Azurite.StartAsync())
            await BesideFinishedAsync(azurite, finished);
        await using (var azurite = await Azurite.StartAsync())
            await ManyDueAsync(azurite, due);
    }

    private static async Task BesideFinishedAsync(Azurite azurite, IReadOnlyList<int> finished)
    {
        await using var app = await App.StartAsync(azurite, latency: TimeSpan.Zero);
        const string model = "model.json";
        await app.Blobs.GetBlobContainerClient(Containers.Campaigns).CreateIfNotExistsAsync();
        await app.Blobs.GetBlobContainerClient(Containers.Campaigns).UploadBlobAsync(model, BinaryData.FromBytes(Campaign("model", submitAt: null)));
        await app.Service.TakeUpAsync(model, CancellationToken.None);
        var storage = new FinishedCampaigns(app.Blobs, app.Ledger);

        Console.WriteLine("\nStorage requests of a tick, by the number of finished campaigns");
        Console.WriteLine("| finished | first tick | nothing due | one task due |");
        Console.WriteLine("|--:|--:|--:|--:|");
        var present = 0;
        foreach (var count in finished)
        {
            await storage.AddAsync(model, present, count - present);
            present = count;
            app.Requests.Take();
            await app.Service.RunDueAsync(CancellationToken.None);
            var first = app.Requests.Take();
            // Until each page of the container was looked at.
            for (var page = 0; page <= count / 5000 + 1; page++)
                await app.Service.RunDueAsync(CancellationToken.None);
            app.Requests.Take();
            await app.Service.RunDueAsync(CancellationToken.None);
            var idle = app.Requests.Take();

            await app.SubmitAsync($"one beside {count}", app.Time.GetUtcNow() + Later);
            app.Time.Ahead += Later;
            app.Requests.Take();
            await app.Service.RunDueAsync(CancellationToken.None);
            var busy = app.Requests.Take();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {count} | {first.Count} | {idle.Count} ({idle.Kinds}) | {busy.Count} ({busy.Kinds}) |"));
        }
    }

    private static async Task ManyDueAsync(Azurite azurite, int due)
    {
        await using var app = await App.StartAsync(azurite, latency: TimeSpan.FromMilliseconds(200));
        var submitAt = app.Time.GetUtcNow() + Later;
        await Parallel.ForEachAsync(Enumerable.Range(0, due), new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (number, _) =>
            await app.SubmitAsync(string.Create(CultureInfo.InvariantCulture, $"due {number}"), submitAt));
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
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"""

            {due} due tasks, each answered after 200 ms: accepted {app.Simulator.AcceptedTasks.Count} in {ticks} ticks and {time.TotalSeconds:0} s
            ({due / time.TotalSeconds:0.0} a second); {attempts.Count} attempts, {twice} tasks attempted twice
            {(double)requests / due:0.0} storage requests a task: {kinds}
            """));
    }

    private static byte[] Campaign(string name, DateTimeOffset? submitAt)
    {
        var delivery = submitAt is { } at ? string.Create(CultureInfo.InvariantCulture, $",\"delivery\":{{\"submitAt\":\"{at:yyyy-MM-dd'T'HH:mm:ss'Z'}\"}}") : "";
        return Encoding.UTF8.GetBytes($"{{\"taskName\":\"{name}\",\"agentId\":41,\"numberInfoList\":[{{\"calleeNumber\":\"12025550123\"}}]{delivery}}}");
    }

    /// <summary>The app's service on an account of storage, with its requests counted, and the API in this process.</summary>
    private sealed class App : IAsyncDisposable
    {
        private readonly HttpClient http;

        private App(Azurite azurite, VoiceApiSimulator simulator, MovedClock time, TimeSpan latency)
        {
            (Simulator, Time) = (simulator, time);
            Blobs = new BlobServiceClient(azurite.ConnectionString);
            var tables = new TableServiceClient(azurite.ConnectionString);
            Ledger = tables.GetTableClient("ledger");
            http = new HttpClient(new Latency(latency)) { BaseAddress = simulator.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
            var account = simulator.Account;
            CredentialsSource credentials = (_, _) => new(new LaafficCredentials(account.AppId, account.ApiKey, account.ApiSecret));
            Service = new CampaignService(
                new BlobServiceClient(azurite.ConnectionString, Counted(new BlobClientOptions())),
                new TableServiceClient(azurite.ConnectionString, Counted(new TableClientOptions())),
                new LaafficClient(http, credentials, time),
                credentials,
                new CampaignOptions(),
                time,
                NullLoggerFactory.Instance);
        }

        public VoiceApiSimulator Simulator { get; }

        public MovedClock Time { get; }

        public BlobServiceClient Blobs { get; }

        public TableClient Ledger { get; }

        public CountedRequests Requests { get; } = new();

        public CampaignService Service { get; }

        public static async Task<App> StartAsync(Azurite azurite, TimeSpan latency)
        {
            var time = new MovedClock();
            return new App(azurite, await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = time }), time, latency);
        }

        /// <summary>Submits a campaign of one callee, to be sent later.</summary>
        public async Task SubmitAsync(string name, DateTimeOffset submitAt)
        {
            using var content = new MemoryStream(Campaign(name, submitAt));
            var result = await Service.SubmitAsync(content, CampaignFormat.Json, null, CancellationToken.None);
            if (result.Outcome != SubmissionOutcome.Committed)
                throw new InvalidOperationException($"{name} is {result.Outcome}: {string.Join(' ', result.Report.Errors)}");
        }

        public async ValueTask DisposeAsync()
        {
            http.Dispose();
            await Simulator.DisposeAsync();
        }

        private T Counted<T>(T options) where T : Azure.Core.ClientOptions
        {
            options.AddPolicy(Requests, Azure.Core.HttpPipelinePosition.PerRetry);
            return options;
        }
    }

    /// <summary>The way to the API and back takes its time.</summary>
    private sealed class Latency(TimeSpan time) : DelegatingHandler(LaafficHttp.CreateHandler())
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await Task.Delay(time, cancellationToken);
            return await base.SendAsync(request, cancellationToken);
        }
    }
}
