using System.Globalization;
using Laaffic.Api;
using Laaffic.Simulator;

namespace Laaffic.Benchmarks.Sending;

/// <summary>
/// The least that moves the bytes: one <see cref="HttpClient"/>, no storage client, no ledger, no look at the answer but that it is one.
/// </summary>
internal sealed class BareSender(Uri api) : IDisposable
{
    private readonly HttpClient _http = new(LaafficHttp.CreateHandler()) { Timeout = Timeout.InfiniteTimeSpan };
    private readonly SimulatorAccount _account = new();

    /// <summary>Stores bytes under an address that allows it.</summary>
    public async Task PutAsync(Uri blob, ReadOnlyMemory<byte> bytes)
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, blob) { Content = new ReadOnlyMemoryContent(bytes) };
        request.Headers.Add("x-ms-blob-type", "BlockBlob");
        using var response = await _http.SendAsync(request);
        response.EnsureSuccessStatusCode();
    }

    /// <summary>Reads a blob and drops what it reads.</summary>
    public async Task ReadAsync(Uri blob)
    {
        using var response = await _http.GetAsync(blob, HttpCompletionOption.ResponseHeadersRead);
        await response.EnsureSuccessStatusCode().Content.CopyToAsync(Stream.Null);
    }

    /// <summary>Posts a stored body to the API as it is read.</summary>
    public async Task PostAsync(Uri blob)
    {
        using var response = await _http.GetAsync(blob, HttpCompletionOption.ResponseHeadersRead);
        var content = new StreamContent(await response.EnsureSuccessStatusCode().Content.ReadAsStreamAsync());
        content.Headers.ContentLength = response.Content.Headers.ContentLength;
        await PostAsync(content);
    }

    /// <summary>Posts a body to the API.</summary>
    public async Task PostAsync(HttpContent content)
    {
        var seconds = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        content.Headers.TryAddWithoutValidation("Content-Type", "application/json;charset=UTF-8");
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(api, "voice/group/call/send/agent")) { Content = content };
        request.Headers.Add("Api-Key", _account.ApiKey);
        request.Headers.Add("Timestamp", seconds.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Sign", RequestSignature.Compute(_account.ApiKey, _account.ApiSecret, seconds));
        using var response = await _http.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        if (!answer.Contains("\"0\"", StringComparison.Ordinal) && !answer.Contains(":0,", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The simulator answered {answer}");
        }
    }

    public void Dispose() => _http.Dispose();
}
