using System.Collections.Concurrent;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Sources;
using Laaffic.Campaigns.Submission;
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

    public static async Task<Shared> StartAsync(StorageFixture storage, int calleesPerTask = 200_000, int concurrentCampaigns = 4)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var shared = new Shared
        {
            Account = storage.NewAccount(),
            Clock = clock,
            Simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = clock }, Token),
            Options = new CampaignOptions { MaxCalleesPerTask = calleesPerTask, MaxConcurrentCampaigns = concurrentCampaigns },
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
        Blobs = new BlobServiceClient(shared.Account, WithGate(new BlobClientOptions()));
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
        Gateway = new AccountGate(Ledger, options, backoff, clock, logs.CreateLogger<AccountGate>());
        Tasks = new TaskWorker(Ledger, bodies, laaffic, Gateway, uncertain, acceptances, recorder, backoff, options, clock, logs.CreateLogger<TaskWorker>());
        Worker = new CampaignWorker(Ledger, Tasks, Reports, options, clock);
        Plans = new PlanMaker(Blobs, bodies, Credentials, options, clock);
        Committer = new CampaignCommitter(Ledger, options, clock);
        Service = new CampaignService(Blobs, tables, laaffic, Credentials, options, clock, logs);
    }

    public Gate Gate { get; } = new();
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
        options.AddPolicy(Gate, HttpPipelinePosition.PerCall);
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
