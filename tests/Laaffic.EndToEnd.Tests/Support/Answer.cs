using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;

namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>An answer of the app: a report, a list, a state of health or a problem.</summary>
public sealed record Answer(HttpStatusCode Status, JsonElement Body, HttpResponseHeaders Headers)
{
    /// <summary>The campaign's report, which a problem has within.</summary>
    public JsonElement Report => Body.TryGetProperty("report", out var report) ? report : Body;

    public string? State => Report.GetProperty("state").GetString();

    public string? Detail => Body.GetProperty("detail").GetString();

    /// <summary>A problem's errors: field, line and message.</summary>
    public IReadOnlyList<(string? Field, long? Line, string Message)> Errors =>
        [
            .. Body.GetProperty("errors")
                .EnumerateArray()
                .Select(error =>
                    (
                        error.GetProperty("field").GetString(),
                        error.GetProperty("line") is { ValueKind: JsonValueKind.Number } line ? line.GetInt64() : (long?)null,
                        error.GetProperty("message").GetString()!
                    )
                ),
        ];

    public long Count(string name) => Report.GetProperty("counts").GetProperty(name).GetInt64();
}
