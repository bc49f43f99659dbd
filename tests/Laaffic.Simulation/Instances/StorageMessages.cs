using System.Text;
using System.Text.RegularExpressions;
using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Instances;

/// <summary>What requests to storage are about.</summary>
internal static partial class StorageMessages
{
    private const string CampaignFiles = "/simulated/campaigns/";

    /// <summary>What a storage service answers that does not do its part.</summary>
    public static StorageResponse Refusal(int status, string code) => new(status, [new("x-ms-error-code", code)], default);

    public static string Describe(StorageRequest request)
    {
        var what = Plain(request);
        if (!request.Uri.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal))
        {
            return what;
        }

        var rows = BatchedRow()
            .Matches(Encoding.UTF8.GetString(request.Body.Span))
            .Select(m => $"{m.Groups[1].Value} {Uri.UnescapeDataString(m.Groups[2].Value)}");
        return $"{what} {string.Join(", ", rows)}";
    }

    /// <summary>The status, and of a transaction that failed why.</summary>
    public static string StatusOf(StorageResponse response) =>
        response.Status == 202 && Failure().Match(Encoding.UTF8.GetString(response.Body.Span)) is { Success: true } failure
            ? $"202 with {failure.Groups[1].Value} {failure.Groups[2].Value}"
            : $"{response.Status}";

    private static string Plain(StorageRequest request)
    {
        // The formats that the client asks for and its access say nothing.
        var query = request
            .Uri.Query.TrimStart('?')
            .Split('&')
            .Where(p =>
                p.Length > 0
                && !p.StartsWith("sv=", StringComparison.Ordinal)
                && !p.StartsWith("sig=", StringComparison.Ordinal)
                && !p.Contains("format=", StringComparison.Ordinal)
            );
        return Uri.UnescapeDataString($"{request.Method} {request.Uri.AbsolutePath["/simulated".Length..]} {string.Join('&', query)}")
            .TrimEnd();
    }

    /// <summary>The path of the file that a request has read, if it is one of the campaigns.</summary>
    public static string? BlobRead(StorageRequest request) =>
        request.Method == "GET"
        && request.Uri.AbsolutePath.StartsWith(CampaignFiles, StringComparison.Ordinal)
        && !request.Uri.Query.Contains("comp=", StringComparison.Ordinal)
            ? Uri.UnescapeDataString(request.Uri.AbsolutePath[CampaignFiles.Length..])
            : null;

    /// <summary>The path of the file that a request has looked at, if it is one of the campaigns.</summary>
    public static string? BlobLookedAt(StorageRequest request) =>
        request.Method == "HEAD" && request.Uri.AbsolutePath.StartsWith(CampaignFiles, StringComparison.Ordinal)
            ? Uri.UnescapeDataString(request.Uri.AbsolutePath[CampaignFiles.Length..])
            : null;

    /// <summary>The plan of which a request stores a part, if it does.</summary>
    public static string? PlanStored(StorageRequest request) =>
        request.Method == "PUT" && request.Uri.Segments is [_, "simulated/", "tasks/", var plan, ..] ? plan.TrimEnd('/') : null;

    /// <summary>The plan that a commit names.</summary>
    public static string? PlanCommitted(StorageRequest request) =>
        PlanId().Match(Encoding.UTF8.GetString(request.Body.Span)) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The campaign that a transaction has committed, if it was one that does.</summary>
    public static string? CommittedCampaign(StorageRequest request, StorageResponse response)
    {
        if (response.Status != 202 || !request.Uri.AbsolutePath.EndsWith("$batch", StringComparison.Ordinal))
        {
            return null;
        }

        var text = Encoding.UTF8.GetString(request.Body.Span);
        if (
            !text.Contains("\"RowKey\":\"l:", StringComparison.Ordinal)
            || !Encoding.UTF8.GetString(response.Body.Span).Contains("HTTP/1.1 204", StringComparison.Ordinal)
        )
        {
            return null;
        }

        return TaskName().Match(text) is { Success: true } match
            ? System.Text.Json.JsonSerializer.Deserialize<string>($"\"{match.Groups[1].Value}\"")
            : null;
    }

    /// <summary>Whether it has recorded that a request of a task is about to be sent.</summary>
    public static bool IsReservation(StorageRequest request, StorageResponse response) =>
        response.Status == 204
        && request.Method == "PUT"
        && Encoding.UTF8.GetString(request.Body.Span).Contains("\"State\":\"Uncertain\"", StringComparison.Ordinal);

    [GeneratedRegex(@"(?m)^(POST|PUT|PATCH|MERGE|DELETE) \S*?/ledger(\S*?)(?:\?\S*)? HTTP")]
    private static partial Regex BatchedRow();

    [GeneratedRegex(@"(?s)HTTP/1\.1 ([4-5][0-9]{2}).*?""code"":""([A-Za-z]*)""")]
    private static partial Regex Failure();

    [GeneratedRegex(@"""PlanId"":""([0-9a-f]{32})""")]
    private static partial Regex PlanId();

    [GeneratedRegex(@"""TaskName"":""((?:[^""\\]|\\.)*)""")]
    private static partial Regex TaskName();
}
