using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Laaffic.Simulator.Tests;

internal sealed record Answer(HttpStatusCode HttpStatus, string Text, DateTimeOffset? Date)
{
    public JsonElement Json => JsonElement.Parse(Text);

    /// <summary>The API status: text in <c>status</c>, or a number in <c>code</c>, as the documents have it.</summary>
    public int Status
    {
        get
        {
            Assert.Equal(HttpStatusCode.OK, HttpStatus);
            return Json.TryGetProperty("status", out var status)
                ? int.Parse(status.GetString()!, CultureInfo.InvariantCulture)
                : Json.GetProperty("code").GetInt32();
        }
    }

    public string Reason => (Json.TryGetProperty("reason", out var reason) ? reason : Json.GetProperty("msg")).GetString()!;
}
