using System.Text.Json;

namespace Laaffic.Campaigns.Parsing;

/// <summary>Words for JSON.</summary>
internal static class JsonKinds
{
    /// <summary>What to call the value that a token begins.</summary>
    public static string Of(JsonTokenType token) =>
        token switch
        {
            JsonTokenType.StartObject => "an object",
            JsonTokenType.StartArray => "a list",
            JsonTokenType.String => "a text",
            JsonTokenType.Number => "a number",
            JsonTokenType.True or JsonTokenType.False => "true or false",
            _ => "null",
        };

    /// <summary>The name or string that a reader stands on; null if it is not valid text.</summary>
    public static string? TextOf(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString();
        }
        catch (InvalidOperationException)
        {
            return null; // half of a surrogate pair
        }
    }
}
