using System.Globalization;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>Reads single JSON values, whichever of string and number they came as.</summary>
internal static class JsonValues
{
    /// <summary>The text of a string or a number as it was written; null, reported, for anything else.</summary>
    public static string? Text(JsonElement value, string path, Problems problems)
    {
        if (Text(value) is { } text)
        {
            return text;
        }

        problems.Add(path, value.ValueKind == JsonValueKind.String ? "is not valid text" : $"must be a text, not {Kind(value)}");
        return null;
    }

    /// <summary>A whole number within bounds; null, reported, for anything else.</summary>
    public static long? Whole(JsonElement value, string path, long min, long max, Problems problems)
    {
        if (Number(value) is not { } number || !decimal.IsInteger(number))
        {
            problems.Add(path, $"{Shown(value)} is not a whole number");
        }
        else if (number < min || number > max)
        {
            problems.Add(path, $"{Shown(value)} is far too {(number < min ? "small" : "large")}");
        }
        else
        {
            return (long)number;
        }

        return null;
    }

    /// <summary>A number; null, reported, for anything else.</summary>
    public static decimal? Decimal(JsonElement value, string path, Problems problems)
    {
        if (Number(value) is { } number)
        {
            return number;
        }

        problems.Add(path, $"{Shown(value)} is not a number");
        return null;
    }

    /// <summary>The text of a string or a number as it was written; null for anything else and for invalid text.</summary>
    public static string? Text(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Number)
        {
            return value.GetRawText();
        }

        try
        {
            return value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair, or bytes that are not UTF-8
        }
    }

    /// <summary>The value of a number, or of a string that holds one; null for anything else.</summary>
    public static decimal? Number(JsonElement value) =>
        decimal.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>The name of a property; null if it is not valid text.</summary>
    public static string? NameOf(JsonProperty property)
    {
        try
        {
            return property.Name;
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>What to call a value in a message.</summary>
    public static string Kind(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Object => "an object",
            JsonValueKind.Array => "a list",
            JsonValueKind.String => "a text",
            JsonValueKind.Number => "a number",
            JsonValueKind.True or JsonValueKind.False => "true or false",
            _ => "null",
        };

    private static string Shown(JsonElement value) =>
        Text(value) switch
        {
            null => Kind(value),
            var text => $"\"{ShortText.Cut(text, 30)}\"",
        };
}
