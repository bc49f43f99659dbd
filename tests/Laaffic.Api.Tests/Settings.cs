using System.Text;
using System.Text.Json;

namespace Laaffic.Api.Tests;

/// <summary>Reading and writing settings in tests.</summary>
internal static class Settings
{
    /// <summary>The smallest settings that break no rule.</summary>
    public static readonly AgentTaskSettings Valid = new()
    {
        AppId = "2Xql9RBI",
        TaskName = "spring",
        AgentId = 41,
    };

    /// <summary>A redial that breaks no rule.</summary>
    public static readonly RecallFlow ValidRecall = new()
    {
        RecallType = 1,
        RecallInterval = 10,
        RecallNum = 3,
    };

    public static (AgentTaskSettings Settings, IReadOnlyList<string> Violations) Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        List<Violation> violations = [];
        var settings = AgentTaskSettings.Read(document.RootElement, violations);
        return (settings, [.. violations.Select(violation => violation.ToString())]);
    }

    public static string Write(AgentTaskSettings settings)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
        {
            writer.WriteStartObject();
            settings.WriteTo(writer);
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>The broken rules, as a user sees them.</summary>
    public static IReadOnlyList<string> Broken(AgentTaskSettings settings) =>
        [.. settings.Validate().Select(violation => violation.ToString())];
}
