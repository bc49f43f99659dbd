using System.Globalization;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>Reads <see cref="AgentTaskSettings"/> from JSON, tolerant of numbers as strings and of strings as numbers.</summary>
internal static class SettingsReader
{
    private static readonly string[] Names = [
        "appId", "taskName", "displayNum", "sendTime", "maxCalls", "maxRingingTime", "allowSendTime", "agentId", "scriptId",
        "enableRecording", "calloutRate", "recallFlow",
    ];

    private static readonly string[] WindowNames = ["strTime", "endTime"];
    private static readonly string[] RecallNames = ["recallType", "recallInterval", "recallNum", "recallIntent", "nodeList"];
    private static readonly string[] NodeNames = ["agentId"];

    public static AgentTaskSettings Read(JsonElement obj, ICollection<Violation> violations)
    {
        var problems = new Problems(violations);
        var fields = Fields.Of(obj, "", Names, problems);
        if (fields is null)
            return new AgentTaskSettings { Unreadable = problems.Paths };

        return new AgentTaskSettings
        {
            AppId = fields.Text("appId"),
            TaskName = fields.Text("taskName"),
            DisplayNum = fields.Text("displayNum"),
            SendTime = fields.Text("sendTime"),
            MaxCalls = fields.Int("maxCalls"),
            MaxRingingTime = fields.Int("maxRingingTime"),
            AllowSendTime = fields.List("allowSendTime", (element, path) =>
                Fields.Of(element, path, WindowNames, problems) is { } window
                    ? new SendWindow(window.Text("strTime"), window.Text("endTime"))
                    : new SendWindow(null, null)),
            AgentId = fields.Long("agentId"),
            ScriptId = fields.Long("scriptId"),
            EnableRecording = fields.Int("enableRecording"),
            CalloutRate = fields.Decimal("calloutRate"),
            RecallFlow = fields.Object("recallFlow", RecallNames) is { } recall ? ReadRecall(recall, problems) : null,
            Unreadable = problems.Paths,
        };
    }

    private static RecallFlow ReadRecall(Fields recall, Problems problems) => new()
    {
        RecallType = recall.Int("recallType"),
        RecallInterval = recall.Int("recallInterval"),
        RecallNum = recall.Int("recallNum"),
        RecallIntent = recall.List("recallIntent", (element, path) => JsonValues.Text(element, path, problems) ?? ""),
        NodeList = recall.List("nodeList", (element, path) =>
            Fields.Of(element, path, NodeNames, problems) is { } node
                ? new RecallNode(node.Long("agentId"), node.IsString("agentId"))
                : new RecallNode(null)),
    };
}

/// <summary>Collects violations and remembers their paths.</summary>
internal sealed class Problems(ICollection<Violation> violations)
{
    private readonly HashSet<string> paths = [];

    public IReadOnlyCollection<string> Paths => paths;

    public void Add(string path, string message)
    {
        paths.Add(path);
        violations.Add(new Violation(path, message));
    }
}

/// <summary>The known fields of one JSON object.</summary>
internal sealed class Fields
{
    private const int MostCharactersShown = 60;

    private readonly Dictionary<string, JsonElement> values = [];
    private readonly string path;
    private readonly Problems problems;

    private Fields(string path, Problems problems) => (this.path, this.problems) = (path, problems);

    /// <summary>The fields of an object, every unknown or repeated one reported; null, reported, if it is no object.</summary>
    public static Fields? Of(JsonElement element, string path, string[] names, Problems problems)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add(path, $"must be a JSON object, not {JsonValues.Kind(element)}");
            return null;
        }

        var fields = new Fields(path, problems);
        foreach (var property in element.EnumerateObject())
            fields.Take(property, names);
        return fields;
    }

    public string? Text(string name) => values.TryGetValue(name, out var value) ? JsonValues.Text(value, At(name), problems) : null;

    public decimal? Decimal(string name) =>
        values.TryGetValue(name, out var value) ? JsonValues.Decimal(value, At(name), problems) : null;

    public int? Int(string name) => (int?)Whole(name, int.MinValue, int.MaxValue);

    public long? Long(string name) => Whole(name, long.MinValue, long.MaxValue);

    public bool IsString(string name) => values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String;

    public Fields? Object(string name, string[] names) =>
        values.TryGetValue(name, out var value) ? Of(value, At(name), names, problems) : null;

    public IReadOnlyList<T>? List<T>(string name, Func<JsonElement, string, T> read)
    {
        if (!values.TryGetValue(name, out var value))
            return null;

        if (value.ValueKind != JsonValueKind.Array)
        {
            problems.Add(At(name), $"must be a list, not {JsonValues.Kind(value)}");
            return null;
        }

        return [.. value.EnumerateArray().Select((element, i) => read(element, string.Create(CultureInfo.InvariantCulture, $"{At(name)}[{i}]")))];
    }

    private long? Whole(string name, long min, long max) =>
        values.TryGetValue(name, out var value) ? JsonValues.Whole(value, At(name), min, max, problems) : null;

    private void Take(JsonProperty property, string[] names)
    {
        var name = JsonValues.NameOf(property);
        if (name is null)
            problems.Add(path, "has a field whose name is not valid text");
        else if (Array.IndexOf(names, name) < 0)
            problems.Add(At(Shown(name)), Unknown(name, names));
        else if (values.ContainsKey(name))
            problems.Add(At(name), "is given twice");
        else if (property.Value.ValueKind != JsonValueKind.Null)
            values.Add(name, property.Value);
    }

    private static string Unknown(string name, string[] names) =>
        Array.Find(names, known => known.Equals(name, StringComparison.OrdinalIgnoreCase)) is { } right ? $"unknown field; write it {right}"
        : FieldNames.Nearest(name, names) is { } near ? $"unknown field; did you mean {near}?"
        : "unknown field";

    private string At(string name) => path.Length == 0 ? name : $"{path}.{name}";

    private static string Shown(string name) => name.Length <= MostCharactersShown ? name : $"{name[..MostCharactersShown]}…";
}
