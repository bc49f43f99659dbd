using System.Diagnostics.CodeAnalysis;
using Azure.Storage.Blobs;
using Azure.Storage.Sas;
using BenchmarkDotNet.Attributes;
using Laaffic.Api;
using Laaffic.Benchmarks.Measuring;
using Laaffic.Benchmarks.Planning;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.LocalHost;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Benchmarks.Sending;

/// <summary>
/// A stored request body from Azurite to the simulator, both processes of their own: as the app sends it, and as a bare
/// <see cref="HttpClient"/> would.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "BenchmarkDotNet calls the clean-up.")]
public class BodySending
{
    private Azurite? _azurite;
    private ServerProcess? _simulator;
    private BareSender? _bare;
    private HttpClient? _http;
    private LaafficClient? _client;
    private BlobContainerClient? _tasks;
    private PlannedTask? _body;

    /// <summary>Callees in the body.</summary>
    [Params(20_000, 200_000)]
    public int Callees { get; set; }

    [GlobalSetup]
    public async Task StartAsync()
    {
        _azurite = await Azurite.StartAsync();
        _simulator = await ServerProcess.StartSimulatorAsync();
        _bare = new BareSender(_simulator.Address);
        _http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = _simulator.Address, Timeout = Timeout.InfiniteTimeSpan };
        var account = new SimulatorAccount();
        _client = new LaafficClient(
            _http,
            (_, _) => new(new LaafficCredentials(account.AppId, account.ApiKey, account.ApiSecret)),
            TimeProvider.System
        );
        _tasks = new BlobServiceClient(_azurite.ConnectionString).GetBlobContainerClient(Containers.Tasks);
        await _tasks.CreateAsync();
    }

    [GlobalCleanup]
    public async Task StopAsync()
    {
        _http?.Dispose();
        _bare?.Dispose();
        _simulator?.Dispose();
        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }
    }

    /// <summary>A body can be accepted once, so each round has one of its own.</summary>
    [IterationSetup]
    public void StoreBody() => _body = StoreBodyAsync().GetAwaiter().GetResult();

    [Benchmark(Baseline = true)]
    public Task Bare() =>
        _bare!.PostAsync(_tasks!.GetBlobClient(_body!.BlobName).GenerateSasUri(BlobSasPermissions.Read, DateTimeOffset.UtcNow.AddHours(1)));

    [Benchmark]
    public async Task Client()
    {
        var reply = await _client!.CreateTaskAsync(
            new TaskBody(
                _body!.Length,
                async cancellationToken =>
                    (await _tasks!.GetBlobClient(_body.BlobName).DownloadStreamingAsync(cancellationToken: cancellationToken)).Value.Content
            ),
            CancellationToken.None
        );
        if (reply.Verdict != Verdict.Accepted)
        {
            throw new InvalidOperationException(reply.Reason);
        }
    }

    private async Task<PlannedTask> StoreBodyAsync()
    {
        // Some rows more, as some are duplicates or wrong.
        var rows = Callees + Callees / 50;
        using var csv = new MemoryStream(SampleCampaign.Bytes(SampleCampaign.WriteCsv, rows, Guid.NewGuid().ToString("N")));
        var plan = await PlannerRun.PlanAsync(
            new BlobServiceClient(_azurite!.ConnectionString),
            Guid.NewGuid().ToString("N"),
            "list.csv",
            csv,
            Callees
        );
        return plan.Tasks[0];
    }
}
