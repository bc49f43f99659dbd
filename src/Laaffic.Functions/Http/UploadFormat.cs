using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Laaffic.Functions.Http;

/// <summary>What a request's headers say of its content, as the ending of a file's name.</summary>
internal static class UploadFormat
{
    /// <summary>The media type of a form with a file.</summary>
    public const string Form = "multipart/form-data";

    private static readonly Dictionary<string, string> Endings = new(StringComparer.OrdinalIgnoreCase)
    {
        ["application/json"] = ".json",
        ["text/csv"] = ".csv",
        ["text/tab-separated-values"] = ".tsv",
        ["application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"] = ".xlsx",
        ["application/vnd.ms-excel"] = ".xls",
        ["application/zip"] = ".zip",
        ["application/x-zip-compressed"] = ".zip",
    };

    // Of these the file's name alone says what they hold.
    private static readonly string[] Unspecific = ["application/octet-stream", "application/gzip", "application/x-gzip"];

    /// <summary>The media type without its parameters; null if there is none that can be read.</summary>
    public static string? MediaTypeOf(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) ? type.MediaType.Value : null;

    /// <summary>A file name with the endings that the content has; null if it is of no form that is known.</summary>
    /// <param name="mediaType">The content's media type.</param>
    /// <param name="contentEncoding">The header Content-Encoding; may be empty.</param>
    /// <param name="named">The file's name, if the sender gives one.</param>
    public static string? FileNameFor(string mediaType, string contentEncoding, string? named)
    {
        var packed = contentEncoding switch
        {
            "" or "identity" => "",
            "gzip" => ".gz",
            _ => null,
        };
        if (packed is null)
        {
            return null;
        }

        if (Endings.TryGetValue(mediaType, out var ending))
        {
            return $"http{ending}{packed}";
        }

        return named is not null && Unspecific.Contains(mediaType, StringComparer.OrdinalIgnoreCase) ? named + packed : null;
    }
}
