using System.Text.Json;

namespace Laaffic.Api;

/// <summary>Reads <see cref="AgentTaskSettings"/> from JSON, tolerant of numbers as strings and of strings as numbers.</summary>
internal static class SettingsReader
{
    private static readonly string[] Names =
    [
        "appId",
        "taskName",
        "displayNum",
        "sendTime",
        "maxCalls",
        "maxRingingTime",
        "allowSendTime",
        "agentId",
        "scriptId",
        "enableRecording",
        "calloutRate",
        "recallFlow",
    ];

    private static readonly string[] WindowNames = ["strTime", "endTime"];
    private static readonly string[] RecallNames = ["recallType", "recallInterval", "recallNum", "recallIntent", "nodeList"];
    private static readonly string[] NodeNames = ["agentId"];

    public static AgentTaskSettings Read(JsonElement obj, ICollection<Violation> violations)
    {
        var problems = new Problems(violations);
        return Fields.Of(obj, "", Names, problems) is { } fields
            ? Read(fields, problems)
            : new AgentTaskSettings { Unreadable = problems.Paths };
    }

    public static AgentTaskSettings Read(IEnumerable<(string? Name, JsonElement Value)> fields, ICollection<Violation> violations)
    {
        var problems = new Problems(violations);
        return Read(Fields.Of(fields, "", Names, problems), problems);
    }

    private static AgentTaskSettings Read(Fields fields, Problems problems) =>
        new()
        {
            AppId = fields.Text("appId"),
            TaskName = fields.Text("taskName"),
            DisplayNum = fields.Text("displayNum"),
            SendTime = fields.Text("sendTime"),
            MaxCalls = fields.Int("maxCalls"),
            MaxRingingTime = fields.Int("maxRingingTime"),
            AllowSendTime = fields.List(
                "allowSendTime",
                (element, path) =>
                    Fields.Of(element, path, WindowNames, problems) is { } window
                        ? new SendWindow(window.Text("strTime"), window.Text("endTime"))
                        : new SendWindow(null, null)
            ),
            AgentId = fields.Long("agentId"),
            ScriptId = fields.Long("scriptId"),
            EnableRecording = fields.Int("enableRecording"),
            CalloutRate = fields.Decimal("calloutRate"),
            RecallFlow = fields.Object("recallFlow", RecallNames) is { } recall ? ReadRecall(recall, problems) : null,
            Unreadable = problems.Paths,
        };

    private static RecallFlow ReadRecall(Fields recall, Problems problems) =>
        new()
        {
            RecallType = recall.Int("recallType"),
            RecallInterval = recall.Int("recallInterval"),
            RecallNum = recall.Int("recallNum"),
            RecallIntent = recall.List("recallIntent", (element, path) => JsonValues.Text(element, path, problems) ?? ""),
            NodeList = recall.List(
                "nodeList",
                (element, path) =>
                    Fields.Of(element, path, NodeNames, problems) is { } node
                        ? new RecallNode(node.Long("agentId"), node.IsString("agentId"))
                        : new RecallNode(null)
            ),
        };
}
