using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>An answer, in the documents' forms.</summary>
/// <param name="HttpStatus">The HTTP status; the API's own statuses come with 200.</param>
/// <param name="ContentType">The type of the body.</param>
/// <param name="Body">The body.</param>
/// <param name="Status">The API status in it; null when it has none.</param>
internal sealed record Reply(int HttpStatus, string ContentType, ReadOnlyMemory<byte> Body, int? Status = null)
{
    private const string Json = "application/json;charset=UTF-8";

    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Reply Created(long keyId) =>
        Ok(
            new
            {
                status = "0",
                reason = Refusal.TextOf(0),
                data = keyId,
            },
            0
        );

    public static Reply Found(object data) =>
        Ok(
            new
            {
                code = 0,
                msg = Refusal.TextOf(0),
                data,
            },
            0
        );

    public static Reply Cancelled() => Ok(new { code = 0, msg = Refusal.TextOf(0) }, 0);

    public static Reply Balance(decimal balance) =>
        Ok(
            new
            {
                status = "0",
                reason = Refusal.TextOf(0),
                balance = balance.ToString("0.00####", CultureInfo.InvariantCulture),
                gift = "0.00",
                credit = "0.00",
            },
            0
        );

    /// <summary>A failing status: as text in status/reason, or as a number in code/msg, as the endpoint has it.</summary>
    public static Reply Refused(ApiEndpoint endpoint, Refusal refusal)
    {
        var status = refusal.Status.ToString(CultureInfo.InvariantCulture);
        object reply = endpoint switch
        {
            ApiEndpoint.Create => new
            {
                status,
                reason = refusal.Reason,
                data = (object?)null,
            },
            ApiEndpoint.Balance => new { status, reason = refusal.Reason },
            _ => new
            {
                code = refusal.Status,
                msg = refusal.Reason,
                data = (object?)null,
            },
        };
        return Ok(reply, refusal.Status);
    }

    public static Reply Text(int httpStatus, string text) =>
        new(httpStatus, "text/plain;charset=UTF-8", Encoding.UTF8.GetBytes(text + "\n"));

    public async Task SendAsync(HttpContext http)
    {
        http.Response.StatusCode = HttpStatus;
        // HTTP allows no body, type or length with these.
        if (HttpStatus is 204 or 205 or 304)
        {
            return;
        }

        http.Response.ContentType = ContentType;
        http.Response.ContentLength = Body.Length;
        await http.Response.Body.WriteAsync(Body);
    }

    private static Reply Ok(object body, int status) =>
        new(StatusCodes.Status200OK, Json, JsonSerializer.SerializeToUtf8Bytes(body, Options), status);
}
