using System.Text;
using System.Text.Json;
using Azure.Core.Pipeline;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Ticks;
using Laaffic.Simulation.Storage;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Campaigns.Tests.Ledger;

/// <summary>What the instances of a test share: an account of storage, the API, and a clock that only the test moves.</summary>
internal sealed class Shared : IAsyncDisposable
{
    private readonly List<Instance> _instances = [];

    public required string Account { get; init; }

    /// <summary>The way to an account in memory; null for one of Azurite's.</summary>
    public HttpPipelineTransport? Memory { get; init; }
    public required FakeTimeProvider Clock { get; init; }
    public required VoiceApiSimulator Simulator { get; init; }
    public CampaignOptions Options { get; init; } = new();

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Numbers of a range reserved for fiction.</summary>
    public static IEnumerable<string> Numbers(int count) => Enumerable.Range(1, count).Select(i => $"120255501{i:00}");

    /// <summary>A JSON campaign.</summary>
    public static string Campaign(string name, int callees) =>
        $$"""{"taskName":"{{name}}","agentId":41,"numberInfoList":"""
        + $$"""[{{string.Join(',', Numbers(callees).Select(number => $$"""{"calleeNumber":"{{number}}"}"""))}}]}""";

    /// <summary>Submits a campaign over HTTP.</summary>
    public static async Task<CampaignReport> SubmitAsync(Instance instance, string name, int callees = 2)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(Campaign(name, callees)));
        return (await instance.Service.SubmitAsync(new Submission(content, "http.json") { Length = content.Length }, Token)).Report;
    }

    /// <summary>Submits a campaign that expires after some time.</summary>
    public Task SubmitUntilAsync(Instance instance, string name, TimeSpan expiresIn) =>
        SubmitAsync(instance, name, "expireAt", Now + expiresIn);

    /// <summary>Submits a campaign that is to be sent later.</summary>
    public Task SubmitLaterAsync(Instance instance, string name, TimeSpan later) => SubmitAsync(instance, name, "submitAt", Now + later);

    /// <summary>A file appears in the container, unannounced.</summary>
    public static Task UploadAsync(Instance instance, string path, string content) =>
        instance
            .Blobs.GetBlobContainerClient(Containers.Campaigns)
            .GetBlobClient(path)
            .UploadAsync(BinaryData.FromString(content), overwrite: true, Token);

    /// <summary>What is written for people about a file.</summary>
    public static async Task<CampaignReport?> FindReportAsync(Instance instance, string path)
    {
        var blob = instance.Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(path + ".report.json");
        return await blob.ExistsAsync(Token)
            ? JsonSerializer.Deserialize((await blob.DownloadContentAsync(Token)).Value.Content, ReportJson.Default.CampaignReport)
            : null;
    }

    /// <summary>Time passes in steps, and after each the instance's timer fires.</summary>
    public async Task TickAsync(Instance instance, TimeSpan time, TimeSpan? step = null)
    {
        var end = Now + time;
        while (Now < end)
        {
            Clock.Advance(step ?? time);
            await instance.Service.RunDueAsync(Token);
        }
    }

    /// <summary>On an account of Azurite's.</summary>
    public static Task<Shared> StartAsync(
        StorageFixture storage,
        int calleesPerTask = 200_000,
        int concurrentCampaigns = 4,
        TimeSpan waitsForRoom = default,
        TickSchedule? schedule = null
    )
    {
        var options = OptionsOf(calleesPerTask, concurrentCampaigns, waitsForRoom) with { TickSchedule = schedule };
        return StartAsync(storage.NewAccount(), null, new FakeTimeProvider(DateTimeOffset.UtcNow), options);
    }

    /// <summary>
    /// The same on a storage account in memory, which tests/Laaffic.Simulation.Tests holds to the contract that Azurite keeps: for
    /// tests of very many requests.
    /// </summary>
    public static Task<Shared> StartInMemoryAsync(
        int calleesPerTask = 200_000,
        int concurrentCampaigns = 4,
        TimeSpan waitsForRoom = default
    )
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var memory = new HttpClientTransport(new StorageHandler(new SimulatedAccount(clock.GetUtcNow)));
        var options = OptionsOf(calleesPerTask, concurrentCampaigns, waitsForRoom);
        return StartAsync(SimulatedAccount.ConnectionString, memory, clock, options);
    }

    private static CampaignOptions OptionsOf(int calleesPerTask, int concurrentCampaigns, TimeSpan waitsForRoom) =>
        new()
        {
            MaxCalleesPerTask = calleesPerTask,
            MaxConcurrentCampaigns = concurrentCampaigns,
            WaitsForRoom = waitsForRoom,
        };

    private static async Task<Shared> StartAsync(
        string account,
        HttpPipelineTransport? memory,
        FakeTimeProvider clock,
        CampaignOptions options
    )
    {
        var shared = new Shared
        {
            Account = account,
            Memory = memory,
            Clock = clock,
            Simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = clock }, Token),
            Options = options with { AnswerWithin = TimeSpan.FromHours(1), MaxConcurrentTasks = 1 },
        };
        var first = shared.NewInstance();
        await first.Part<LedgerTable>().PrepareAsync(Token);
        foreach (var name in Containers.All)
        {
            await first.Blobs.CreateBlobContainerAsync(name, cancellationToken: Token);
        }

        return shared;
    }

    /// <summary>One more instance of the app, with clients of its own.</summary>
    public Instance NewInstance(VoiceApiSimulator? api = null)
    {
        var instance = new Instance(this, api ?? Simulator);
        lock (_instances)
        {
            _instances.Add(instance);
        }

        return instance;
    }

    /// <summary>Some more.</summary>
    public Instance[] NewInstances(int count) => [.. Enumerable.Range(0, count).Select(_ => NewInstance())];

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            instance.Dispose();
        }

        await Simulator.DisposeAsync();
    }

    private static async Task SubmitAsync(Instance instance, string name, string time, DateTimeOffset at)
    {
        var delivery = $"\"delivery\":{{\"{time}\":\"{at:yyyy-MM-dd'T'HH:mm:ssZ}\"}},\"agentId\"";
        var campaign = Campaign(name, 2).Replace("\"agentId\"", delivery, StringComparison.Ordinal);
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(campaign));
        await instance.Service.SubmitAsync(new Submission(content, "http.json") { Length = content.Length }, Token);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
