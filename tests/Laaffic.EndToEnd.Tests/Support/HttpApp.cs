using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.LocalHost;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>
/// The function app in its host, called over HTTP as a caller would, with a clock that only the test moves. Every answer,
/// and at the end the whole log, is looked through for numbers and secrets.
/// </summary>
public sealed partial class HttpApp : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly FunctionHost _host;
    private readonly HttpClient _http;
    private readonly LogRecorder _log;

    private HttpApp(VoiceApiSimulator simulator, FakeTimeProvider clock, BlobServiceClient blobs, FunctionHost host, LogRecorder log)
    {
        (Simulator, Clock, Blobs, this._host, this._log) = (simulator, clock, blobs, host, log);
        _http = new HttpClient(new SocketsHttpHandler { Expect100ContinueTimeout = Deadline }) { BaseAddress = host.BaseAddress };
    }

    public VoiceApiSimulator Simulator { get; }
    public FakeTimeProvider Clock { get; }
    public BlobServiceClient Blobs { get; }

    public static async Task<HttpApp> StartAsync(StorageFixture storage)
    {
        var account = storage.NewAccount();
        await Containers.CreateAsync(new BlobServiceClient(account), Token);
        return await StartAsync(account);
    }

    /// <summary>An app on storage that need not answer.</summary>
    public static async Task<HttpApp> StartAsync(string account)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        var simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = clock }, Token);
        var log = new LogRecorder();
        var host = await FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Configuration = new ConfigurationBuilder()
                    .AddInMemoryCollection(
                        new Dictionary<string, string?>
                        {
                            ["AzureWebJobsStorage"] = account,
                            ["RetryDeferredSchedule"] = "0 * * * * *",
                            ["Laaffic:BaseUrl"] = simulator.BaseAddress.AbsoluteUri,
                            ["Laaffic:AppId"] = simulator.Account.AppId,
                            ["Laaffic:ApiKey"] = simulator.Account.ApiKey,
                            ["Laaffic:ApiSecret"] = simulator.Account.ApiSecret,
                        }
                    )
                    .Build(),
                Time = clock,
                Logging = logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(log),
            },
            Token
        );
        return new HttpApp(simulator, clock, new BlobServiceClient(account), host, log);
    }

    public Task<Answer> PostJsonAsync(string campaign) => PostAsync(campaign, "application/json");

    public Task<Answer> PostCsvAsync(string campaign, string query = "") => PostAsync(campaign, "text/csv", query);

    public Task<Answer> PostAsync(string campaign, string? contentType, string query = "")
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes(campaign));
        content.Headers.ContentType = contentType is null ? null : MediaTypeHeaderValue.Parse(contentType);
        return SendAsync(new HttpRequestMessage(HttpMethod.Post, "campaigns" + query) { Content = content });
    }

    /// <summary>The report of one campaign.</summary>
    public Task<Answer> GetCampaignAsync(string taskName) => GetAsync("campaigns/" + Uri.EscapeDataString(taskName));

    public Task<Answer> GetAsync(string address) => SendAsync(new HttpRequestMessage(HttpMethod.Get, address));

    /// <summary>The bytes of an answer that is no JSON.</summary>
    public Task<byte[]> GetBytesAsync(string address) => _http.GetByteArrayAsync(new Uri(address, UriKind.Relative), Token);

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await _http.SendAsync(request, Token);
            var text = await response.Content.ReadAsStringAsync(Token);
            AssertSaysNothingPrivate(text);
            var body = JsonSerializer.Deserialize<JsonElement>(text);
            var isProblem = (int)response.StatusCode >= 400 && body.TryGetProperty("title", out _);
            Assert.Equal(isProblem ? "application/problem+json" : "application/json", response.Content.Headers.ContentType!.MediaType);
            if (isProblem)
            {
                Assert.Equal((int)response.StatusCode, body.GetProperty("status").GetInt32());
                Assert.NotEqual("", body.GetProperty("detail").GetString());
            }

            return new Answer(response.StatusCode, body, response.Headers);
        }
    }

    /// <summary>Time passes, a minute at a time with the timer firing at each, until the campaign is in a state.</summary>
    public async Task<Answer> GetWhenAsync(string taskName, string state)
    {
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            var answer = await GetCampaignAsync(taskName);
            if (answer.State == state)
            {
                return answer;
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, $"'{taskName}' is not {state} in time: {answer.Body}");
            await TickAsync();
        }
    }

    // A timer that was not waiting yet misses its minute: then the next one is due.
    private async Task TickAsync()
    {
        var before = Ticks();
        Clock.Advance(TimeSpan.FromMinutes(1));
        var started = Stopwatch.GetTimestamp();
        while (Ticks() == before && Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(2))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(10), Token);
        }

        int Ticks() => _log.Lines.Count(line => line.StartsWith("RetryDeferred took", StringComparison.Ordinal));
    }

    public Task PutProfileAsync(string name, string content) =>
        Blobs
            .GetBlobContainerClient(Containers.Profiles)
            .GetBlobClient(name + ".json")
            .UploadAsync(BinaryData.FromString(content), overwrite: true, Token);

    public async Task<string> ResultAsync(string name) =>
        (await Blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(name).DownloadContentAsync(Token)).Value.Content.ToString();

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _host.DisposeAsync();
        await Simulator.DisposeAsync();
        Assert.NotEmpty(_log.Lines);
        AssertSaysNothingPrivate(string.Join('\n', _log.Lines));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private void AssertSaysNothingPrivate(string text)
    {
        Assert.DoesNotMatch(Number(), text);
        foreach (var secret in (string[])[Simulator.Account.ApiKey, Simulator.Account.ApiSecret, "AccountKey"])
        {
            Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
        }
    }

    // The beginnings of all numbers that the tests submit.
    [GeneratedRegex("(120255501|447700900|8613200000)[0-9]")]
    private static partial Regex Number();
}
