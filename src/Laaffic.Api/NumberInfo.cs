using System.Text.Json;

namespace Laaffic.Api;

/// <summary>One callee of a request.</summary>
/// <param name="CalleeNumber">Country code and number, 6-18 digits.</param>
public sealed record NumberInfo(string CalleeNumber)
{
    /// <summary>text1, text2, … in order, at most ten; null leaves one out. The platform cuts texts after 30 characters.</summary>
    public IReadOnlyList<string?> Texts { get; init; } = [];

    /// <summary>Facts for debt-collection agents; null if there are none.</summary>
    public IReadOnlyDictionary<string, string>? CallInformation { get; init; }

    internal void WriteTo(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("calleeNumber", CalleeNumber);
        for (var i = 0; i < Texts.Count; i++)
        {
            if (Texts[i] is { } text)
            {
                writer.WriteString($"text{i + 1}", text);
            }
        }

        if (CallInformation is not null)
        {
            writer.WriteStartObject("callInformation");
            foreach (var (name, value) in CallInformation)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
        }

        writer.WriteEndObject();
    }
}
