using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Laaffic.Simulator.Tests;

/// <summary>A simulator and a plain HTTP client that signs as the vendor's page says.</summary>
internal sealed class Caller : IAsyncDisposable
{
    public const string CreatePath = "voice/group/call/send/agent";
    public const string QueryPath = "voice/group/call/query";
    public const string CancelPath = "voice/group/call/cancel";
    public const string BalancePath = "v3/getBalance";

    private readonly TimeProvider _time;

    private Caller(VoiceApiSimulator simulator, TimeProvider time)
    {
        Simulator = simulator;
        _time = time;
        Http = new() { BaseAddress = simulator.BaseAddress };
    }

    public VoiceApiSimulator Simulator { get; }

    public HttpClient Http { get; }

    public string ApiKey { get; set; } = "bDqJFiq9";

    public string ApiSecret { get; set; } = "7bz1lzh9";

    /// <summary>What the caller's clock is ahead of the simulator's time.</summary>
    public TimeSpan ClockOffset { get; set; }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<Caller> StartAsync(SimulatorOptions? options = null)
    {
        options ??= new();
        return new(await VoiceApiSimulator.StartAsync(options, Ct), options.Time);
    }

    /// <summary>The sample request of the vendor's page, with other values for some of its fields.</summary>
    public static JsonObject Sample(string changes = "{}")
    {
        var sample = JsonNode
            .Parse(
                """
                {
                    "appId": "2Xql9RBI",
                    "taskName": "我要測試智能體API-16",
                    "displayNum": "1008122211",
                    "maxCalls": 300,
                    "maxRingingTime": 60,
                    "agentId": 41,
                    "enableRecording": 1,
                    "calloutRate": 1,
                    "allowSendTime": [{"strTime": "18:28", "endTime": "19:28"}],
                    "numberInfoList": [{"calleeNumber": "8613200000007"}],
                    "recallFlow": {
                        "recallType": 3,
                        "recallInterval": 1,
                        "recallNum": 5,
                        "nodeList": [{"agentId": "41"}, {"agentId": "41"}, {"agentId": "41"}, {"agentId": "41"}, {"agentId": "41"}],
                        "recallIntent": ["99998", "99999"]
                    }
                }
                """
            )!
            .AsObject();
        foreach (var (name, value) in JsonNode.Parse(changes)!.AsObject())
        {
            sample[name] = value?.DeepClone();
        }

        return sample;
    }

    public static JsonObject Named(string taskName) => Sample(new JsonObject { ["taskName"] = taskName }.ToJsonString());

    public Task<Answer> CreateAsync(JsonObject body) => PostAsync(CreatePath, body.ToJsonString());

    public Task<Answer> QueryAsync(string body) => PostAsync(QueryPath, body);

    /// <summary>The exact names that a search finds.</summary>
    public async Task<string[]> FoundNamesAsync(string search)
    {
        var body = new JsonObject
        {
            ["current"] = 1,
            ["size"] = 100,
            ["params"] = new JsonObject { ["searchCondition"] = search },
        };
        var answer = await QueryAsync(body.ToJsonString());
        return
        [
            .. answer
                .Json.GetProperty("data")
                .GetProperty("records")
                .EnumerateArray()
                .Select(record => record.GetProperty("taskName").GetString()!),
        ];
    }

    public async Task<Answer> PostAsync(string path, string body) => await SendAsync(Post(path, new StringContent(body)));

    public HttpRequestMessage Post(string path, HttpContent body)
    {
        body.Headers.ContentType = MediaTypeHeaderValue.Parse("application/json;charset=UTF-8");
        return Sign(new(HttpMethod.Post, path) { Content = body });
    }

    public HttpRequestMessage Sign(HttpRequestMessage request)
    {
        var timestamp = (_time.GetUtcNow() + ClockOffset).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        request.Headers.Add("Api-Key", ApiKey);
        request.Headers.Add("Timestamp", timestamp);
        request.Headers.Add("Sign", Signature(ApiKey, ApiSecret, timestamp));
        return request;
    }

    public static string Signature(string key, string secret, string timestamp)
    {
#pragma warning disable CA5351, CA1308 // The API demands MD5; lower case as in the vendor's sample.
        return Convert.ToHexString(MD5.HashData(Encoding.UTF8.GetBytes(key + secret + timestamp))).ToLowerInvariant();
#pragma warning restore CA5351, CA1308
    }

    public async Task<Answer> SendAsync(HttpRequestMessage request)
    {
        using (request)
        {
            using var response = await Http.SendAsync(request, Ct);
            return new(response.StatusCode, await response.Content.ReadAsStringAsync(Ct), response.Headers.Date);
        }
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await Simulator.DisposeAsync();
    }
}
