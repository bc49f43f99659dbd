using Azure.Core;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Tests.Ledger;

/// <summary>The parts of one instance of the app.</summary>
internal sealed class Instance : IDisposable
{
    private readonly HttpClient _http;
    private readonly LoggerFactory _logs;

    public Instance(Shared shared, VoiceApiSimulator api)
    {
        _logs = new LoggerFactory([Log]);
        _http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = api.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        Blobs = new BlobServiceClient(shared.Account, WithGate(new BlobClientOptions { Transport = StorageClock.Follow(shared.Clock) }));
        var tables = new TableServiceClient(shared.Account, WithGate(new TableClientOptions()));
        var laaffic = new LaafficClient(_http, Credentials, shared.Clock);
        var (options, clock) = (shared.Options, shared.Clock);
        Ledger = new CampaignLedger(tables.GetTableClient(CampaignLedger.TableName));
        var bodies = Blobs.GetBlobContainerClient(Containers.Tasks);
        var backoff = new Backoff(options, Random.Shared);
        var acceptances = new RecentAcceptances(Ledger, clock, _logs.CreateLogger<RecentAcceptances>());
        var recorder = new TaskRecorder(Ledger, clock, _logs.CreateLogger<TaskRecorder>());
        var uncertain = new UncertainTaskResolver(laaffic, recorder, acceptances, backoff, options, clock);
        Reports = new ReportWriter(Ledger, bodies, Blobs.GetBlobContainerClient(Containers.Results), clock);
        var busy = new AccountCapacity(Ledger, laaffic, backoff, options, clock, _logs.CreateLogger<AccountCapacity>());
        Gateway = new AccountCircuitBreaker(Ledger, busy, options, backoff, clock, _logs.CreateLogger<AccountCircuitBreaker>());
        Tasks = new TaskDispatcher(
            Ledger,
            bodies,
            laaffic,
            Gateway,
            busy,
            uncertain,
            acceptances,
            recorder,
            backoff,
            options,
            clock,
            _logs.CreateLogger<TaskDispatcher>()
        );
        Worker = new CampaignDispatcher(Ledger, Tasks, Reports, options, clock);
        Plans = new PlanMaker(Blobs, bodies, Credentials, options, clock);
        Committer = new CampaignCommitter(Ledger, options, clock);
        Service = new CampaignService(Blobs, tables, laaffic, Credentials, options, clock, _logs);
    }

    public Gate Gate { get; } = new();
    public Refusals Refusals { get; } = new();
    public LogLines Log { get; } = new();
    public BlobServiceClient Blobs { get; }
    public CampaignLedger Ledger { get; }
    public ReportWriter Reports { get; }
    public AccountCircuitBreaker Gateway { get; }
    public TaskDispatcher Tasks { get; }
    public CampaignDispatcher Worker { get; }
    public PlanMaker Plans { get; }
    public CampaignCommitter Committer { get; }
    public CampaignService Service { get; }

    public void Dispose()
    {
        Gate.Open();
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
