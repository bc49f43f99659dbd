using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Tests.Ledger;

/// <summary>The parts of one instance of the app.</summary>
internal sealed class Instance : IDisposable
{
    private readonly HttpClient _http;
    private readonly LoggerFactory _logs;
    private readonly ServiceProvider _parts;

    public Instance(Shared shared, VoiceApiSimulator api)
    {
        _logs = new LoggerFactory([Log]);
        _http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = api.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        Blobs = new BlobServiceClient(
            shared.Account,
            WithGate(new BlobClientOptions { Transport = shared.Memory ?? StorageClock.Follow(shared.Clock) })
        );
        var tables = new TableServiceClient(
            shared.Account,
            WithGate(shared.Memory is null ? new TableClientOptions() : new TableClientOptions { Transport = shared.Memory })
        );
        _parts = AppComposition.Compose(Blobs, tables, _http, Credentials, shared.Options, shared.Clock, _logs);
    }

    public Gate Gate { get; } = new();
    public Refusals Refusals { get; } = new();
    public LogRecorder Log { get; } = new();
    public BlobServiceClient Blobs { get; }
    public CampaignLedger Ledger => Part<CampaignLedger>();
    public FileLedger Files => Part<FileLedger>();
    public AccountLedger Account => Part<AccountLedger>();
    public ReportWriter Reports => Part<ReportWriter>();
    public AccountCircuitBreaker CircuitBreaker => Part<AccountCircuitBreaker>();
    public TaskDispatcher Tasks => Part<TaskDispatcher>();
    public CampaignDispatcher Worker => Part<CampaignDispatcher>();
    public Planner Planner => Part<Planner>();
    public PlanStore Plans => Part<PlanStore>();
    public CampaignCommitter Committer => Part<CampaignCommitter>();
    public CampaignService Service => Part<CampaignService>();

    /// <summary>One of its parts.</summary>
    public T Part<T>()
        where T : notnull => _parts.GetRequiredService<T>();

    public void Dispose()
    {
        Gate.Open();
        _parts.Dispose();
        _http.Dispose();
        _logs.Dispose();
    }

    private static ValueTask<LaafficCredentials> Credentials(bool refresh, CancellationToken cancellationToken) =>
        new(new LaafficCredentials("2Xql9RBI", "bDqJFiq9", "7bz1lzh9"));

    private T WithGate<T>(T options)
        where T : ClientOptions
    {
        options.Retry.Delay = TimeSpan.FromMilliseconds(1); // what is repeated is repeated at once
        options.AddPolicy(Gate, HttpPipelinePosition.PerCall);
        options.AddPolicy(Refusals, HttpPipelinePosition.BeforeTransport);
        return options;
    }
}
