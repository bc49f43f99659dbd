using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Instances;

/// <summary>What requests to storage are about.</summary>
internal static partial class StorageMessages
{
    public static StorageRequest Read(HttpRequestMessage request)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in request.Headers) headers[name] = string.Join(",", values);
        if (request.Content is null) return new(request.Method.Method, request.RequestUri!, headers, default);
        foreach (var (name, values) in request.Content.Headers) headers[name] = string.Join(",", values);
        using var body = new MemoryStream();
        request.Content.CopyTo(body, null, default);
        return new(request.Method.Method, request.RequestUri!, headers, body.ToArray());
    }

    public static async Task<StorageRequest> ReadAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (request.Content is not null) await request.Content.LoadIntoBufferAsync(ct);
        return Read(request);
    }

    public static HttpResponseMessage Write(StorageResponse response, HttpRequestMessage request)
    {
        var message = new HttpResponseMessage((HttpStatusCode)response.Status) { RequestMessage = request, Content = new ReadOnlyMemoryContent(response.Body) };
        foreach (var (name, value) in response.Headers)
        {
            if (!message.Headers.TryAddWithoutValidation(name, value)) message.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    public static StorageResponse Refusal(int status, string code) =>
        new(status, new Dictionary<string, string> { ["x-ms-error-code"] = code }, default);

    public static string Describe(StorageRequest request)
    {
        var what = $"{request.Method} {Uri.UnescapeDataString(request.Uri.PathAndQuery)}";
        if (!request.Uri.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal)) return what;
        var rows = BatchedRow().Matches(Encoding.UTF8.GetString(request.Body.Span)).Select(m => $"{m.Groups[1].Value} {Uri.UnescapeDataString(m.Groups[2].Value)}");
        return $"{what} {string.Join(", ", rows)}";
    }

    /// <summary>The path of the file that a request has read, if it is one of the campaigns.</summary>
    public static string? BlobRead(StorageRequest request) =>
        request.Method == "GET" && request.Uri.AbsolutePath.StartsWith("/campaigns/", StringComparison.Ordinal) && !request.Uri.Query.Contains("comp=", StringComparison.Ordinal)
            ? Uri.UnescapeDataString(request.Uri.AbsolutePath["/campaigns/".Length..])
            : null;

    /// <summary>The campaign that a transaction has committed, if it was one that does.</summary>
    public static string? CommittedCampaign(StorageRequest request, StorageResponse response)
    {
        if (response.Status != 202 || !request.Uri.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal)) return null;
        var text = Encoding.UTF8.GetString(request.Body.Span);
        if (!text.Contains("\"RowKey\":\"l:", StringComparison.Ordinal) || !Encoding.UTF8.GetString(response.Body.Span).Contains("HTTP/1.1 204", StringComparison.Ordinal)) return null;
        return TaskName().Match(text) is { Success: true } match ? System.Text.Json.JsonSerializer.Deserialize<string>($"\"{match.Groups[1].Value}\"") : null;
    }

    [GeneratedRegex(@"(?m)^(POST|PUT|PATCH|MERGE|DELETE) \S*?/ledger(\S*) HTTP")]
    private static partial Regex BatchedRow();

    [GeneratedRegex(@"""TaskName"":""((?:[^""\\]|\\.)*)""")]
    private static partial Regex TaskName();
}
