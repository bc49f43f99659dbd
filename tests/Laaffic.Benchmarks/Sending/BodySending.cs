using System.Diagnostics.CodeAnalysis;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using BenchmarkDotNet.Attributes;
using Laaffic.Api;
using Laaffic.Benchmarks.Measuring;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.LocalHost;
using Laaffic.Simulator;

namespace Laaffic.Benchmarks.Sending;

/// <summary>
/// A stored request body from Azurite to the simulator, both processes of their own: as the app sends it, and as a bare
/// <see cref="HttpClient"/> would.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the clean-up.")]
public class BodySending
{
    private Azurite? azurite;
    private ServerProcess? simulator;
    private BareSender? bare;
    private HttpClient? http;
    private LaafficClient? client;
    private BlobContainerClient? tasks;
    private PlannedTask? body;

    /// <summary>Callees in the body.</summary>
    [Params(20_000, 200_000)]
    public int Callees { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        azurite = await Azurite.StartAsync();
        simulator = await ServerProcess.StartSimulatorAsync();
        bare = new BareSender(simulator.Address);
        http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = simulator.Address, Timeout = Timeout.InfiniteTimeSpan };
        var account = new SimulatorAccount();
        client = new LaafficClient(http, (_, _) => new(new LaafficCredentials(account.AppId, account.ApiKey, account.ApiSecret)), TimeProvider.System);
        tasks = new BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(Containers.Tasks);
        await tasks.CreateAsync();
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        http?.Dispose();
        bare?.Dispose();
        simulator?.Dispose();
        if (azurite is not null)
            await azurite.DisposeAsync();
    }

    /// <summary>A body can be accepted once, so each round has one of its own.</summary>
    [IterationSetup]
    public void StoreBody() => body = StoreBodyAsync().GetAwaiter().GetResult();

    [Benchmark(Baseline = true)]
    public Task Bare() =>
        bare!.PostAsync(tasks!.GetBlobClient(body!.BlobName).GenerateSasUri(BlobSasPermissions.Read, DateTimeOffset.UtcNow.AddHours(1)));

    [Benchmark]
    public async Task Client()
    {
        var reply = await client!.CreateTaskAsync(
            new TaskBody(body!.Length, async ct => (await tasks!.GetBlobClient(body.BlobName).DownloadStreamingAsync(cancellationToken: ct)).Value.Content), CancellationToken.None);
        if (reply.Verdict != Verdict.Accepted)
            throw new InvalidOperationException(reply.Reason);
    }

    private async Task<PlannedTask> StoreBodyAsync()
    {
        // Some rows more, as some are duplicates or wrong.
        var rows = Callees + Callees / 50;
        using var csv = new MemoryStream(SampleCampaign.Bytes(SampleCampaign.WriteCsv, rows, Guid.NewGuid().ToString("N")));
        var options = new PlannerOptions { AppId = new SimulatorAccount().AppId, TimeZone = TimeZoneInfo.Utc, MaxCalleesPerTask = Callees };
        var planner = new Planner(new BlobServiceClient(azurite!.ConnectionString), options, TimeProvider.System);
        var plan = await planner.PlanAsync(
            new PlanRequest(Guid.NewGuid().ToString("N"), CampaignFormat.Csv, "benchmark", null, "benchmark", DateTimeOffset.UtcNow), csv, CancellationToken.None);
        return plan.Tasks[0];
    }
}
