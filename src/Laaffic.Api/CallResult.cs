using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>What came of one attempt at any endpoint.</summary>
internal sealed record CallResult
{
    private const int MaxVendorTextLength = 300;

    public required Verdict Verdict { get; init; }

    /// <summary>Whether the server may have done what was asked without our knowing.</summary>
    public bool OutcomeUnknown { get; init; }

    public LaafficStatus? Status { get; init; }

    public int? HttpStatus { get; init; }

    public required string Reason { get; init; }

    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The reply's object; undefined if it was not the documented JSON.</summary>
    public JsonElement Root { get; init; }

    /// <summary>The server's clock, from its Date header.</summary>
    public DateTimeOffset? ServerTime { get; init; }

    /// <summary>No whole request was sent: no connection, nothing that could be sent, or given up before its last bytes.</summary>
    public static CallResult NotSent(Verdict verdict, string reason) => new() { Verdict = verdict, Reason = reason };

    /// <summary>Sending had begun, and no whole reply came, or none that tells the outcome.</summary>
    public static CallResult Lost(string reason, int? httpStatus = null) =>
        new()
        {
            Verdict = Verdict.Defer,
            OutcomeUnknown = true,
            HttpStatus = httpStatus,
            Reason = reason,
        };

    /// <summary>A whole reply came; <paramref name="body"/> is null if it was too long to be the documented JSON.</summary>
    public static CallResult Of(HttpResponseMessage response, byte[]? body, DateTimeOffset now)
    {
        var answer =
            body is not null && ReplyJson.Read(body) is { } reply
                ? OfJson(LaafficStatus.Of(reply.Code), reply.Root, response)
                : OfHttp(response.StatusCode);
        return answer with
        {
            HttpStatus = (int)response.StatusCode,
            RetryAfter = RetryAfterOf(response, now),
            ServerTime = response.Headers.Date,
        };
    }

    /// <summary>Text of a server or an exception, made fit for a sentence: one line, not too long.</summary>
    public static string Quoted(string text)
    {
        var line = string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        line = new string([.. line.Where(c => !char.IsControl(c))]);
        return ShortText.Cut(line, MaxVendorTextLength);
    }

    /// <summary>
    /// Both statuses count: the JSON of an answer that HTTP calls no success may be a gateway's, which does not know what
    /// became of the request.
    /// </summary>
    private static CallResult OfJson(LaafficStatus status, JsonElement root, HttpResponseMessage response)
    {
        var isClientError = (int)response.StatusCode is >= 400 and < 500;
        return status switch
        {
            _ when response.IsSuccessStatusCode => OfStatus(status, root),
            // The error pages of web frameworks are JSON too, and repeat the HTTP status as "status" or "code".
            { Code: > 0 } => OfHttp(response.StatusCode),
            { Code: < 0 } when isClientError => OfStatus(status, root),
            // Whoever says so, such a task is never sent again before somebody has looked.
            { Verdict: Verdict.Exists } => OfStatus(status, root) with { OutcomeUnknown = true },
            _ => Lost(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"Laaffic answered HTTP {(int)response.StatusCode} ({response.StatusCode}), under which the {status} in its JSON "
                        + $"proves nothing.{VendorWords(status, root)}"
                )
            ),
        };
    }

    private static CallResult OfStatus(LaafficStatus status, JsonElement root) =>
        new()
        {
            Verdict = status.Verdict,
            // -18 is a system error, at whatever point; above 0 nothing is documented, so it need not be a failure.
            OutcomeUnknown = status.Code is -18 or > 0,
            Status = status,
            Reason = $"Laaffic answered {status}.{VendorWords(status, root)}",
            Root = root,
        };

    private static string VendorWords(LaafficStatus status, JsonElement root)
    {
        var words = Quoted(ReplyJson.Reason(root) ?? "");
        var adds =
            words.Length > 0
            && !words.Equals("success", StringComparison.OrdinalIgnoreCase)
            && !words.Equals(status.VendorText, StringComparison.OrdinalIgnoreCase);
        return adds ? $" Its own words: {words}" : "";
    }

    /// <remarks>
    /// 401, 403, 404 and 405 without the documented JSON do not come from the API, which answers those in its JSON, but from
    /// something before it: a wrong base address or a firewall. No request gets past it, whatever it holds.
    /// </remarks>
    private static CallResult OfHttp(HttpStatusCode code)
    {
        var (verdict, unknown) = (int)code switch
        {
            401 or 403 or 404 or 405 => (Verdict.Hold, false),
            408 => (Verdict.Defer, true),
            429 => (Verdict.Defer, false),
            >= 400 and < 500 => (Verdict.Reject, false),
            _ => (Verdict.Defer, true),
        };
        return new()
        {
            Verdict = verdict,
            OutcomeUnknown = unknown,
            Reason =
                verdict == Verdict.Hold
                    ? string.Create(
                        CultureInfo.InvariantCulture,
                        $"Laaffic answered HTTP {(int)code} ({code}) and not the documented JSON: check Laaffic__BaseUrl, and whether "
                            + $"a firewall or proxy stands between."
                    )
                    : string.Create(
                        CultureInfo.InvariantCulture,
                        $"Laaffic answered HTTP {(int)code} ({code}) and not the documented JSON."
                    ),
        };
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, DateTimeOffset now)
    {
        // A date is compared with the server's own clock, which ours may be far from.
        var asked = response.Headers.RetryAfter;
        var wait = asked?.Delta ?? (asked?.Date - (response.Headers.Date ?? now));
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
