using System.Globalization;
using System.Text;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.LocalHost;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Benchmarks.Requests;

/// <summary>The app's service on an account of storage, with its requests counted, and the API in this process.</summary>
internal sealed class CountedApp : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly ServiceProvider _parts;

    private CountedApp(Azurite azurite, VoiceApiSimulator simulator, MovedClock time, TimeSpan latency)
    {
        (Simulator, Time) = (simulator, time);
        Blobs = new BlobServiceClient(azurite.ConnectionString);
        var tables = new TableServiceClient(azurite.ConnectionString);
        Ledger = tables.GetTableClient("ledger");
        _http = new HttpClient(new Latency(latency)) { BaseAddress = simulator.BaseAddress, Timeout = Timeout.InfiniteTimeSpan };
        var account = simulator.Account;
        CredentialsProvider credentials = (_, _) => new(new LaafficCredentials(account.AppId, account.ApiKey, account.ApiSecret));
        _parts = AppComposition.Compose(
            new BlobServiceClient(azurite.ConnectionString, Counted(new BlobClientOptions())),
            new TableServiceClient(azurite.ConnectionString, Counted(new TableClientOptions())),
            _http,
            credentials,
            new CampaignOptions(),
            time
        );
    }

    public VoiceApiSimulator Simulator { get; }

    public MovedClock Time { get; }

    public BlobServiceClient Blobs { get; }

    public TableClient Ledger { get; }

    public CountedRequests Requests { get; } = new();

    public CampaignService Service => _parts.GetRequiredService<CampaignService>();

    public static async Task<CountedApp> StartAsync(Azurite azurite, TimeSpan latency)
    {
        var time = new MovedClock();
        return new CountedApp(azurite, await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = time }), time, latency);
    }

    /// <summary>Submits a campaign of one callee, to be sent later.</summary>
    public async Task SubmitAsync(string name, DateTimeOffset submitAt)
    {
        using var content = new MemoryStream(Campaign(name, submitAt));
        var result = await Service.SubmitAsync(new Submission(content, "http.json") { Length = content.Length }, CancellationToken.None);
        if (result.Outcome != SubmissionOutcome.Committed)
        {
            throw new InvalidOperationException($"{name} is {result.Outcome}: {string.Join(' ', result.Report.Errors)}");
        }
    }

    /// <summary>A campaign of one callee.</summary>
    public static byte[] Campaign(string name, DateTimeOffset? submitAt)
    {
        var delivery = submitAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $",\"delivery\":{{\"submitAt\":\"{at:yyyy-MM-dd'T'HH:mm:ss'Z'}\"}}")
            : "";
        return Encoding.UTF8.GetBytes(
            $"{{\"taskName\":\"{name}\",\"agentId\":41,\"numberInfoList\":[{{\"calleeNumber\":\"12025550123\"}}]{delivery}}}"
        );
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Simulator.DisposeAsync();
    }

    private T Counted<T>(T options)
        where T : Azure.Core.ClientOptions
    {
        options.AddPolicy(Requests, Azure.Core.HttpPipelinePosition.PerRetry);
        return options;
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
