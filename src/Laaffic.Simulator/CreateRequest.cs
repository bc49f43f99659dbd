using System.Globalization;
using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>A create request that was read to its end, with all that is wrong in itself.</summary>
internal sealed class CreateRequest
{
    /// <summary>The task's name; null when the request has none that can be read.</summary>
    public string? TaskName { get; private init; }

    /// <summary>The agent, given as agentId or scriptId; meaningless in a refused request.</summary>
    public int AgentId { get; private init; }

    /// <summary>When to start, in the simulator's zone; null for at once.</summary>
    public DateTime? SendTime { get; private init; }

    /// <summary>The request without its callees.</summary>
    public JsonElement Settings { get; private init; }

    /// <summary>The callees.</summary>
    public CalleeList Callees { get; private init; } = [];

    /// <summary>Why the request is refused whatever else the account holds; null when nothing is wrong with it.</summary>
    public Refusal? Refusal { get; private init; }

    /// <summary>A request whose JSON could not be read.</summary>
    public static CreateRequest Unreadable(string why, string? taskName) => new() { Refusal = new(-22, why), TaskName = taskName };

    /// <summary>Judges a request by the documents' rules for an account.</summary>
    /// <param name="settings">The request without numberInfoList.</param>
    /// <param name="numbers">What its numberInfoList held.</param>
    /// <param name="account">The account.</param>
    public static CreateRequest Judge(JsonElement settings, NumberInfoList numbers, SimulatorAccount account)
    {
        var findings = new Findings();
        var request = new Fields(settings, "", findings).Only(
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
            "recallFlow"
        );

        var appId = request.Text("appId", required: true);
        var taskName = request.Text("taskName", required: true);
        if (taskName is { Length: < 2 or > 64 })
        {
            request.Broken("taskName", "must be 2-64 characters");
        }

        if (request.Text("displayNum") is { } display && (display.Length > 20 || !display.All(char.IsAsciiDigit)))
        {
            request.Broken("displayNum", "must be 0-20 digits");
        }

        var sendTime = request.LocalTime("sendTime");
        request.Integer("maxCalls", 1, 999);
        request.Integer("maxRingingTime", 10, 120);
        request.Integer("enableRecording", 0, 1);
        if (request.Number("calloutRate") <= 0)
        {
            request.Broken("calloutRate", "must be above 0");
        }

        JudgeWindows(request);

        if (request.Has("agentId") && request.Has("scriptId"))
        {
            request.Broken("scriptId", "and agentId are two names of the same: give one of them");
        }

        var agentField = request.Has("scriptId") ? "scriptId" : "agentId";
        var agentId = request.Integer(agentField, 1, int.MaxValue, required: true) ?? 0;

        var (recallAgents, intents) = JudgeRecallFlow(request);

        var agents = account.Agents;
        var agent = agents?.FirstOrDefault(known => known.Id == agentId);
        foreach (var text in agent?.Texts ?? [])
        {
            if (!numbers.AllHaveText(text))
            {
                findings.Broken($"text{text} is missing from a callee, and the agent's template uses it");
            }
        }

        var refusal = findings.BadParameter ?? numbers.Findings.BadParameter ?? findings.BrokenRule ?? numbers.Findings.BrokenRule;
        if (appId != account.AppId)
        {
            refusal ??= new(-24, "appId is not an application of this account");
        }

        if (numbers.Count == 0)
        {
            refusal ??= new(-35);
        }

        if (numbers.Count > NumberInfoList.MaxCallees)
        {
            refusal ??= new(-23, $"numberInfoList has {numbers.Count} callees, at most {NumberInfoList.MaxCallees} are allowed");
        }

        foreach (var id in (int[])[agentId, .. recallAgents])
        {
            if (agents is not null && agents.All(known => known.Id != id))
            {
                refusal ??= new(-60, $"there is no agent {id}");
            }
        }

        refusal ??= JudgeIntents(intents, agent?.Industry);

        return new()
        {
            TaskName = taskName,
            AgentId = agentId,
            SendTime = sendTime,
            Settings = settings,
            Callees = numbers.Callees,
            Refusal = refusal,
        };
    }

    private static void JudgeWindows(Fields request)
    {
        var windows = request.Objects("allowSendTime");
        if (windows.Count > 3)
        {
            request.Broken("allowSendTime", "may have at most 3 windows");
        }

        foreach (var window in windows)
        {
            window.Only("strTime", "endTime");
            foreach (var end in (string[])["strTime", "endTime"])
            {
                if (window.Text(end, required: true) is { } time && !IsTimeOfDay(time))
                {
                    window.Broken(end, "must be a time of day like 09:30");
                }
            }
        }
    }

    private static bool IsTimeOfDay(string time) =>
        TimeOnly.TryParseExact(time, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out _);

    private static (IReadOnlyList<int> Agents, IReadOnlyList<string> Intents) JudgeRecallFlow(Fields request)
    {
        if (request.Object("recallFlow")?.Only("recallType", "recallInterval", "recallNum", "recallIntent", "nodeList") is not { } recall)
        {
            return ([], []);
        }

        var type = recall.Integer("recallType", 0, 3, required: true);
        if (type is 2)
        {
            recall.Broken("recallType", "must be 0, 1 or 3");
        }

        recall.Integer("recallInterval", 1, 1440, required: true);
        var redials = recall.Integer("recallNum", 1, 10, required: true);
        var intents = recall.Texts("recallIntent");
        if (type is 3 && intents.Count == 0)
        {
            recall.Broken("recallIntent", "must name intents when recallType is 3");
        }

        var nodes = recall.Objects("nodeList");
        if (nodes.Count > redials)
        {
            recall.Broken("nodeList", "has more nodes than recallNum has redials");
        }

        List<int> agents = [];
        foreach (var node in nodes)
        {
            // The vendor's sample gives a string here, its table an integer.
            if (node.Only("agentId").Integer("agentId", 1, int.MaxValue, required: true, digitsToo: true) is { } id)
            {
                agents.Add(id);
            }
        }

        return (agents, intents);
    }

    private static Refusal? JudgeIntents(IReadOnlyList<string> intents, Industry? industry)
    {
        foreach (var code in intents)
        {
            if (Intents.IsGlobal(code))
            {
                continue;
            }

            if (Intents.IndustryOf(code) is not { } of)
            {
                return new(-68, $"recallFlow.recallIntent has {(code.Length <= 10 ? $"\"{code}\"" : "a code")} that is no intent");
            }

            if (industry is { } other && other != of)
            {
                return new(-68, $"recallFlow.recallIntent has {code} of another industry than the agent or the other intents");
            }

            industry = of;
        }

        return null;
    }
}
