using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;

namespace Laaffic.Functions.Http;

/// <summary>The endpoints' answers as JSON, written by the app and not by whatever formatters its host has set.</summary>
internal static class Json
{
    private static readonly ResponseJson Context = new(
        new JsonSerializerOptions(ResponseJson.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // names are to be read by people; the answer is never HTML
        }
    );

    public static IActionResult Of<T>(int status, T answer, string contentType = "application/json; charset=utf-8") =>
        new ContentResult
        {
            StatusCode = status,
            ContentType = contentType,
            Content = JsonSerializer.Serialize(answer, typeof(T), Context),
        };
}
