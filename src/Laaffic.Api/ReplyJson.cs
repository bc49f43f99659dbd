using System.Text.Json;

namespace Laaffic.Api;

/// <summary>
/// Reads replies of any endpoint, tolerantly: <c>status</c> or <c>code</c>, <c>reason</c> or <c>msg</c>, strings or numbers.
/// </summary>
internal static class ReplyJson
{
    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The reply's object and its status; null if the bytes are not the documented JSON.</summary>
    public static (JsonElement Root, int Code)? Read(ReadOnlySpan<byte> body)
    {
        if (body.StartsWith(ByteOrderMark))
        {
            body = body[ByteOrderMark.Length..];
        }

        try
        {
            // A status that is given twice says nothing.
            var root = JsonElement.Parse(body, new JsonDocumentOptions { AllowDuplicateProperties = false });
            if (root.ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            return (Whole(root, "status") ?? Whole(root, "code")) is { } code and >= int.MinValue and <= int.MaxValue
                ? (root, (int)code)
                : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or JSON whose names are not valid text
        }
    }

    /// <summary>The vendor's own words; null if there are none.</summary>
    public static string? Reason(JsonElement root) => Text(root, "reason") ?? Text(root, "msg") ?? Text(root, "message");

    /// <summary>A whole number, or a text that holds one; null for anything else.</summary>
    public static long? Whole(JsonElement obj, string name) =>
        Number(obj, name) is { } number && decimal.IsInteger(number) && number is >= long.MinValue and <= long.MaxValue
            ? (long)number
            : null;

    /// <summary>As <see cref="Whole"/>, for counts.</summary>
    public static int? Int(JsonElement obj, string name) =>
        Whole(obj, name) is { } number and >= int.MinValue and <= int.MaxValue ? (int)number : null;

    /// <summary>A number, or a text that holds one; null for anything else.</summary>
    public static decimal? Number(JsonElement obj, string name) =>
        obj.TryGetProperty(name, out var value) ? JsonValues.Number(value) : null;

    /// <summary>A text, or a number as it was written; null for anything else.</summary>
    public static string? Text(JsonElement obj, string name) => obj.TryGetProperty(name, out var value) ? JsonValues.Text(value) : null;
}
