using System.Collections.Concurrent;
using System.Text;
using System.Text.Json;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Sources;
using Laaffic.Campaigns.Submission;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Campaigns.Tests.Ledger;

/// <summary>What the instances of a test share: an account of storage, the API, and a clock that only the test moves.</summary>
internal sealed class Shared : IAsyncDisposable
{
    private readonly List<Instance> instances = [];

    public required string Account { get; init; }
    public required FakeTimeProvider Clock { get; init; }
    public required VoiceApiSimulator Simulator { get; init; }
    public CampaignOptions Options { get; init; } = new();

    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Numbers of a range reserved for fiction.</summary>
    public static IEnumerable<string> Numbers(int count) => Enumerable.Range(1, count).Select(i => $"120255501{i:00}");

    /// <summary>A JSON campaign.</summary>
    public static string Campaign(string name, int callees) =>
        $$"""{"taskName":"{{name}}","agentId":41,"numberInfoList":[{{string.Join(',', Numbers(callees).Select(number => $$"""{"calleeNumber":"{{number}}"}"""))}}]}""";

    /// <summary>Submits a campaign over HTTP.</summary>
    public static async Task<CampaignReport> SubmitAsync(Instance instance, string name, int callees = 2)
    {
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(Campaign(name, callees)));
        return (await instance.Service.SubmitAsync(content, content.Length, CampaignFormat.Json, null, Token)).Report;
    }

    /// <summary>Submits a campaign that expires after some time.</summary>
    public async Task SubmitUntilAsync(Instance instance, string name, TimeSpan expiresIn)
    {
        var campaign = Campaign(name, 2).Replace("\"agentId\"", $"\"delivery\":{{\"expireAt\":\"{Now + expiresIn:yyyy-MM-dd'T'HH:mm:ssZ}\"}},\"agentId\"", StringComparison.Ordinal);
        using var content = new MemoryStream(Encoding.UTF8.GetBytes(campaign));
        await instance.Service.SubmitAsync(content, content.Length, CampaignFormat.Json, null, Token);
    }

    /// <summary>A file appears in the container, unannounced.</summary>
    public static Task UploadAsync(Instance instance, string path, string content) =>
        instance.Blobs.GetBlobContainerClient(Containers.Campaigns).GetBlobClient(path).UploadAsync(BinaryData.FromString(content), overwrite: true, Token);

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
        for (var end = Now + time; Now < end;)
        {
            Clock.Advance(step ?? time);
            await instance.Service.RunDueAsync(Token);
        }
    }

    /// <summary>Waits for something that happens beside the test.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Token);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (!condition()) await Task.Delay(10, deadline.Token);
    }

    public static async Task<Shared> StartAsync(StorageFixture storage, int calleesPerTask = 200_000, int concurrentCampaigns = 4, TimeSpan waitsForRoom = default)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var shared = new Shared
        {
            Account = storage.NewAccount(),
            Clock = clock,
            Simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = clock }, Token),
            Options = new CampaignOptions { MaxCalleesPerTask = calleesPerTask, MaxConcurrentCampaigns = concurrentCampaigns, WaitsForRoom = waitsForRoom, MaxConcurrentTasks = 1 },
        };
        var first = shared.NewInstance();
        await first.Ledger.PrepareAsync(Token);
        foreach (var name in Containers.All) await first.Blobs.CreateBlobContainerAsync(name, cancellationToken: Token);
        return shared;
    }

    /// <summary>One more instance of the app, with clients of its own.</summary>
    public Instance NewInstance(VoiceApiSimulator? api = null)
    {
        var instance = new Instance(this, api ?? Simulator);
        lock (instances) instances.Add(instance);
        return instance;
    }

    /// <summary>Some more.</summary>
    public Instance[] NewInstances(int count) => [.. Enumerable.Range(0, count).Select(_ => NewInstance())];

    public async ValueTask DisposeAsync()
    {
        foreach (var instance in instances) instance.Dispose();
        await Simulator.DisposeAsync();
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}

/// <summary>The parts of one instance of the app.</summary>
internal sealed class Instance : IDisposable
{
    private readonly HttpClient http;
    private readonly LoggerFactory logs;

    public Instance(Shared shared, VoiceApiSimulator api)
    {
        logs = new LoggerFactory([Log]);
        http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = api.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        Blobs = new BlobServiceClient(shared.Account, WithGate(new BlobClientOptions { Transport = StorageClock.Follow(shared.Clock) }));
        var tables = new TableServiceClient(shared.Account, WithGate(new TableClientOptions()));
        var laaffic = new LaafficClient(http, Credentials, shared.Clock);
        var (options, clock) = (shared.Options, shared.Clock);
        Ledger = new CampaignLedger(tables.GetTableClient(CampaignLedger.TableName));
        var bodies = Blobs.GetBlobContainerClient(Containers.Tasks);
        var backoff = new Backoff(options, Random.Shared);
        var acceptances = new RecentAcceptances(Ledger, clock, logs.CreateLogger<RecentAcceptances>());
        var recorder = new TaskRecorder(Ledger, clock, logs.CreateLogger<TaskRecorder>());
        var uncertain = new UncertainTasks(laaffic, recorder, acceptances, backoff, options, clock);
        Reports = new ReportWriter(Ledger, bodies, Blobs.GetBlobContainerClient(Containers.Results), clock);
        var busy = new BusyAccount(Ledger, laaffic, backoff, options, clock, logs.CreateLogger<BusyAccount>());
        Gateway = new AccountGate(Ledger, busy, options, backoff, clock, logs.CreateLogger<AccountGate>());
        Tasks = new TaskWorker(Ledger, bodies, laaffic, Gateway, busy, uncertain, acceptances, recorder, backoff, options, clock, logs.CreateLogger<TaskWorker>());
        Worker = new CampaignWorker(Ledger, Tasks, Reports, options, clock);
        Plans = new PlanMaker(Blobs, bodies, Credentials, options, clock);
        Committer = new CampaignCommitter(Ledger, options, clock);
        Service = new CampaignService(Blobs, tables, laaffic, Credentials, options, clock, logs);
    }

    public Gate Gate { get; } = new();
    public Refusals Refusals { get; } = new();
    public LogLines Log { get; } = new();
    public BlobServiceClient Blobs { get; }
    public CampaignLedger Ledger { get; }
    public ReportWriter Reports { get; }
    public AccountGate Gateway { get; }
    public TaskWorker Tasks { get; }
    public CampaignWorker Worker { get; }
    public PlanMaker Plans { get; }
    public CampaignCommitter Committer { get; }
    public CampaignService Service { get; }

    public void Dispose()
    {
        Gate.Open();
        http.Dispose();
        logs.Dispose();
    }

    private static ValueTask<LaafficCredentials> Credentials(bool refresh, CancellationToken cancellationToken) =>
        new(new LaafficCredentials("2Xql9RBI", "bDqJFiq9", "7bz1lzh9"));

    private T WithGate<T>(T options) where T : ClientOptions
    {
        options.Retry.Delay = TimeSpan.FromMilliseconds(1); // what is repeated is repeated at once
        options.AddPolicy(Gate, HttpPipelinePosition.PerCall);
        options.AddPolicy(Refusals, HttpPipelinePosition.BeforeTransport);
        return options;
    }
}

/// <summary>Counts an instance's requests to storage, and stops it before one, as if its process were suspended there, until it is opened.</summary>
internal sealed class Gate : HttpPipelinePolicy
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<string, bool>? stopsAt;
    private int passing;
    private int requests;

    /// <summary>How many requests have come by.</summary>
    public int Requests => requests;

    /// <summary>Completes when a request has come to the gate.</summary>
    public Task Reached => reached.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    /// <summary>Stops at a request, given as its method and path; so many that fit may pass before.</summary>
    public void Close(Func<string, bool> stop, int pass = 0) => (stopsAt, passing) = (stop, pass);

    public void Open() => opened.TrySetResult();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref requests);
        if (stopsAt?.Invoke($"{message.Request.Method} {message.Request.Uri.Path}") == true && Interlocked.Decrement(ref passing) < 0)
        {
            reached.TrySetResult();
            await opened.Task;
        }

        await ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
}

/// <summary>Storage that refuses some of an instance's requests while the process lives on, and whatever else is to happen at one.</summary>
internal sealed class Refusals : HttpPipelinePolicy
{
    private Func<string, bool> refuses = _ => false;
    private Func<string, Task> before = _ => Task.CompletedTask;

    /// <summary>Refuses the requests, given as method and path, for which this says so; each repetition asks anew.</summary>
    public void Refuse(Func<string, bool> request) => refuses = request;

    /// <summary>Refuses nothing any more.</summary>
    public void Clear() => refuses = _ => false;

    /// <summary>Does something before each request is sent.</summary>
    public void Before(Func<string, Task> act) => before = act;

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var request = $"{message.Request.Method} {message.Request.Uri.Path}";
        await before(request);
        if (refuses(request)) throw new IOException("The connection was refused.");
        await ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
}

/// <summary>Keeps what is logged.</summary>
internal sealed class LogLines : ILoggerProvider, ILogger
{
    private readonly ConcurrentQueue<(LogLevel Level, string Text)> lines = [];

    public int Count(LogLevel level) => lines.Count(line => line.Level == level);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
    }
}
