using System.Globalization;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>Writes <see cref="AgentTaskSettings"/> under the API's field names.</summary>
internal static class SettingsWriter
{
    public static void Write(AgentTaskSettings settings, Utf8JsonWriter writer)
    {
        Text(writer, "appId", settings.AppId);
        Text(writer, "taskName", settings.TaskName);
        Text(writer, "displayNum", settings.DisplayNum);
        Text(writer, "sendTime", settings.SendTime);
        Number(writer, "maxCalls", settings.MaxCalls);
        Number(writer, "maxRingingTime", settings.MaxRingingTime);
        Number(writer, "agentId", settings.AgentId);
        Number(writer, "scriptId", settings.ScriptId);
        Number(writer, "enableRecording", settings.EnableRecording);
        if (settings.CalloutRate is { } rate)
        {
            writer.WriteNumber("calloutRate", rate);
        }

        List(writer, "allowSendTime", settings.AllowSendTime, Write);
        if (settings.RecallFlow is { } recall)
        {
            Write(recall, writer);
        }
    }

    private static void Write(RecallFlow recall, Utf8JsonWriter writer)
    {
        writer.WriteStartObject("recallFlow");
        Number(writer, "recallType", recall.RecallType);
        Number(writer, "recallInterval", recall.RecallInterval);
        Number(writer, "recallNum", recall.RecallNum);
        List(writer, "recallIntent", recall.RecallIntent, static (code, writer) => writer.WriteStringValue(code));
        List(writer, "nodeList", recall.NodeList, Write);
        writer.WriteEndObject();
    }

    private static void Write(SendWindow window, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        Text(writer, "strTime", window.StrTime);
        Text(writer, "endTime", window.EndTime);
        writer.WriteEndObject();
    }

    private static void Write(RecallNode node, Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        if (node is { AsText: true, AgentId: { } id })
        {
            writer.WriteString("agentId", id.ToString(CultureInfo.InvariantCulture));
        }
        else
        {
            Number(writer, "agentId", node.AgentId);
        }

        writer.WriteEndObject();
    }

    private static void Text(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void Number(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is { } number)
        {
            writer.WriteNumber(name, number);
        }
    }

    private static void List<T>(Utf8JsonWriter writer, string name, IReadOnlyList<T>? values, Action<T, Utf8JsonWriter> write)
    {
        if (values is null)
        {
            return;
        }

        writer.WriteStartArray(name);
        foreach (var value in values)
        {
            write(value, writer);
        }

        writer.WriteEndArray();
    }
}
