using System.Text.Json;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.Simulation.Storage;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>
/// What the function app's triggers call, on Azurite and the simulator, with a clock that only the test moves: nothing happens
/// but what the test triggers.
/// </summary>
public sealed class TestApp : IAsyncDisposable
{
    /// <summary>A JSON campaign of three callees.</summary>
    public const string ThreeCallees = """
        {"taskName":"Reminder","agentId":41,"numberInfoList":[
          {"calleeNumber":"12025550101","text1":"Ann"},{"calleeNumber":"12025550102"},{"calleeNumber":"12025550103"}]}
        """;

    private readonly HttpClient _http;
    private readonly ServiceProvider _parts;
    private readonly ILoggerFactory? _logs;
    private readonly HttpPipelineTransport? _memory;
    private readonly bool _ownsSimulator;

    private TestApp(
        string account,
        HttpPipelineTransport? memory,
        VoiceApiSimulator simulator,
        FakeTimeProvider clock,
        CampaignOptions options,
        Outage? outage,
        ILoggerFactory? logs,
        bool ownsSimulator
    )
    {
        (Account, Simulator, Clock, Options) = (account, simulator, clock, options);
        (_memory, _logs, _ownsSimulator) = (memory, logs, ownsSimulator);
        Blobs = memory is null
            ? new BlobServiceClient(account)
            : new BlobServiceClient(account, new BlobClientOptions { Transport = memory });
        _http = new HttpClient(outage is null ? LaafficHttp.CreateHandler() : outage.ForHttp(LaafficHttp.CreateHandler()))
        {
            BaseAddress = simulator.BaseAddress,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        _parts = AppComposition.Compose(
            new BlobServiceClient(account, With(new BlobClientOptions { Transport = memory ?? StorageClock.Follow(clock) }, outage)),
            new TableServiceClient(
                account,
                With(memory is null ? new TableClientOptions() : new TableClientOptions { Transport = memory }, outage)
            ),
            _http,
            Credentials,
            options,
            clock,
            logs
        );
    }

    public string Account { get; }
    public VoiceApiSimulator Simulator { get; }
    public FakeTimeProvider Clock { get; }
    public CampaignOptions Options { get; }
    public BlobServiceClient Blobs { get; }
    public CampaignService Service => _parts.GetRequiredService<CampaignService>();

    /// <summary>One of the app's parts.</summary>
    internal T Part<T>()
        where T : notnull => _parts.GetRequiredService<T>();

    /// <summary>How often the app asked for the secrets to be fetched again.</summary>
    public int Refreshes { get; private set; }

    /// <summary>Called when the secrets are fetched again.</summary>
    public Action OnRefresh { get; set; } = () => { };

    public LaafficCredentials Secrets { get; set; } = new("2Xql9RBI", "bDqJFiq9", "7bz1lzh9");

    /// <summary>Whether the secrets are not to be had, as those of an empty vault.</summary>
    public bool SecretsAreAway { get; set; }

    public static Task<TestApp> StartAsync(StorageFixture storage, CampaignOptions? options = null) =>
        StartAsync(storage.NewAccount(), options, null);

    /// <summary>An app on an account of storage, whose requests an outage may strike.</summary>
    public static Task<TestApp> StartAsync(string account, CampaignOptions? options, Outage? outage, ILoggerFactory? logs = null) =>
        StartAsync(account, null, new FakeTimeProvider(DateTimeOffset.UtcNow), options, outage, logs);

    /// <summary>
    /// The same on a storage account in memory, which tests/Laaffic.Simulation.Tests holds to the contract that Azurite keeps.
    /// </summary>
    public static Task<TestApp> StartInMemoryAsync(
        CampaignOptions? options,
        Outage? outage,
        DateTimeOffset? now = null,
        SimulatedAccount? storage = null
    )
    {
        var clock = new FakeTimeProvider(now ?? DateTimeOffset.UtcNow);
        var memory = new HttpClientTransport(new StorageHandler(storage ?? new SimulatedAccount(clock.GetUtcNow)));
        return StartAsync(SimulatedAccount.ConnectionString, memory, clock, options, outage, null);
    }

    private static async Task<TestApp> StartAsync(
        string account,
        HttpPipelineTransport? memory,
        FakeTimeProvider clock,
        CampaignOptions? options,
        Outage? outage,
        ILoggerFactory? logs
    )
    {
        var simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = clock }, TestContext.Current.CancellationToken);
        var app = new TestApp(
            account,
            memory,
            simulator,
            clock,
            (options ?? new CampaignOptions()) with
            {
                WaitsForRoom = TimeSpan.Zero,
                MaxConcurrentTasks = 1,
            },
            outage,
            logs,
            ownsSimulator: true
        );
        // The containers exist before the first file can be dropped into one.
        foreach (var name in Containers.All)
        {
            await app.Blobs.GetBlobContainerClient(name).CreateIfNotExistsAsync(cancellationToken: Token);
        }

        return app;
    }

    /// <summary>Another instance on the same storage, the same API and the same clock.</summary>
    public TestApp AnotherInstance(Outage? outage = null) =>
        new(Account, _memory, Simulator, Clock, Options, outage, _logs, ownsSimulator: false);

    /// <summary>A file appears in the container, unannounced.</summary>
    public Task<BlobClient> UploadAsync(string path, string content) => UploadAsync(path, BinaryData.FromString(content));

    /// <inheritdoc cref="UploadAsync(string, string)"/>
    public async Task<BlobClient> UploadAsync(string path, BinaryData content)
    {
        var blob = Blobs.GetBlobContainerClient(Containers.Campaigns).GetBlobClient(path);
        await blob.UploadAsync(content, overwrite: true, Token);
        return blob;
    }

    /// <summary>A file appears in the container and its event arrives.</summary>
    public async Task DropAsync(string path, string content) => await AnnounceAsync(await UploadAsync(path, content));

    /// <inheritdoc cref="DropAsync(string, string)"/>
    public async Task DropAsync(string path, BinaryData content) => await AnnounceAsync(await UploadAsync(path, content));

    /// <summary>The event of a file arrives.</summary>
    public Task AnnounceAsync(BlobClient blob) => Service.ProcessFileAsync(blob.Name, Token);

    public Task PutProfileAsync(string name, string content) =>
        Blobs
            .GetBlobContainerClient(Containers.Profiles)
            .GetBlobClient(name + ".json")
            .UploadAsync(BinaryData.FromString(content), overwrite: true, Token);

    /// <summary>The timer fires.</summary>
    public Task TickAsync() => Service.RunDueAsync(Token);

    /// <summary>Time passes, and then the timer fires.</summary>
    public async Task TickAfterAsync(TimeSpan time)
    {
        Clock.Advance(time);
        await TickAsync();
    }

    /// <summary>Files that no event announced are taken up, once they have been still for some minutes.</summary>
    public Task SweepAsync() => TickAfterAsync(TimeSpan.FromMinutes(3));

    /// <summary>The timer goes on firing until the campaign has settled or no work is due within two days.</summary>
    public async Task<CampaignReport> TickUntilSettledAsync(string path)
    {
        for (var minutes = 0; minutes < 2 * 24 * 60; minutes += 5)
        {
            var report = await ReportAsync(path);
            if (report.State != CampaignStates.Waiting)
            {
                return report;
            }

            await TickAfterAsync(TimeSpan.FromMinutes(5));
        }

        throw new InvalidOperationException($"{path} did not settle within two days.");
    }

    public async Task<CampaignReport> ReportAsync(string path) =>
        await FindReportAsync(path) ?? throw new InvalidOperationException($"There is no report for {path}.");

    public async Task<CampaignReport?> FindReportAsync(string path)
    {
        var blob = Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(path + ".report.json");
        try
        {
            var content = await blob.DownloadContentAsync(Token);
            return JsonSerializer.Deserialize(content.Value.Content.ToMemory().Span, ReportJson.Default.CampaignReport);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    public async Task<string> ResultAsync(string name) =>
        (await Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(name).DownloadContentAsync(Token)).Value.Content.ToString();

    public async Task<IReadOnlyList<string>> ResultNamesAsync(string prefix)
    {
        List<string> names = [];
        await foreach (
            var blob in Blobs.GetBlobContainerClient(Containers.Results).GetBlobsAsync(new GetBlobsOptions { Prefix = prefix }, Token)
        )
        {
            names.Add(blob.Name);
        }

        return names;
    }

    /// <summary>Every number that Laaffic will call, as often as it will call it.</summary>
    public IReadOnlyList<string> Called => [.. Simulator.AcceptedTasks.SelectMany(t => t.Numbers)];

    public async ValueTask DisposeAsync()
    {
        await _parts.DisposeAsync();
        _http.Dispose();
        if (_ownsSimulator)
        {
            await Simulator.DisposeAsync();
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static T With<T>(T options, Outage? outage)
        where T : ClientOptions
    {
        options.Retry.Delay = TimeSpan.FromMilliseconds(1); // what is repeated is repeated at once
        if (outage is not null)
        {
            options.AddPolicy(outage.ForStorage(), HttpPipelinePosition.BeforeTransport);
        }

        return options;
    }

    private ValueTask<LaafficCredentials> Credentials(bool refresh, CancellationToken cancellationToken)
    {
        if (refresh)
        {
            Refreshes++;
            OnRefresh();
        }

        return SecretsAreAway ? throw new SecretsUnavailableException("The key vault has no secrets.") : new(Secrets);
    }
}
