using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Laaffic.Simulation.Api;

/// <summary>
/// The voice API in memory, and the truth about who is called. A request takes effect in the moment it is handled; what
/// happens to it on its way is not decided here.
/// </summary>
internal sealed class VoiceApi(ApiSwitches switches, Func<DateTimeOffset> clock, Random random)
{
    public const string AppId = "2Xql9RBI";
    public const string Paths = "/voice/group/call/";

    private readonly List<ApiTask> _tasks = [];
    private readonly Dictionary<string, ApiTask> _byKey = [];
    private readonly Dictionary<DateOnly, int> _longTexts = [];
    private long _nextId = 1000;

    public ApiSwitches Switches { get; } = switches;

    public IReadOnlyList<ApiTask> Tasks => _tasks;

    /// <summary>The key that requests must bear at present.</summary>
    public string ApiKey { get; set; } = "bDqJFiq9";

    public AccountTrouble Trouble { get; set; }

    /// <summary>Application ids that the account does not know: -1 for tasks that name them.</summary>
    public HashSet<string> UnknownAppIds { get; } = [];

    /// <summary>Told of each task in the moment it is accepted.</summary>
    public Action<ApiTask>? OnAccepted { get; set; }

    /// <summary>Creates asked for, accepted or not.</summary>
    public int Creates { get; private set; }

    public int Queries { get; private set; }

    /// <summary>Tasks that were refused because there are too many at once.</summary>
    public int BusyRefusals { get; private set; }

    public ApiAnswer Handle(string path, string? key, string? timestamp, ReadOnlyMemory<byte> body)
    {
        var isCreate = path.EndsWith("send/agent", StringComparison.Ordinal);
        if (isCreate)
        {
            Creates++;
        }
        else
        {
            Queries++;
        }

        if (Trouble == AccountTrouble.WrongKey || key != ApiKey)
        {
            return Refused(isCreate, -1);
        }

        if (Trouble == AccountTrouble.WrongAddress)
        {
            return Refused(isCreate, -2);
        }

        if (Trouble == AccountTrouble.Locked)
        {
            return Refused(isCreate, -13);
        }

        if (
            !long.TryParse(timestamp, CultureInfo.InvariantCulture, out var seconds)
            || Math.Abs(seconds - clock().ToUnixTimeSeconds()) > 300
        )
        {
            return Refused(isCreate, -16);
        }

        if (Trouble == AccountTrouble.SystemError)
        {
            return Refused(isCreate, -18);
        }

        using var json = JsonDocument.Parse(body);
        var answer = isCreate ? Create(json.RootElement) : Query(json.RootElement);
        return Trouble == AccountTrouble.SystemErrorThoughDone ? Refused(isCreate, -18) : answer;
    }

    /// <summary>Another program of the customer's uses a name.</summary>
    public void CreateAsStranger(string name, int callees, DateTimeOffset at)
    {
        if (!_byKey.ContainsKey(KeyOf(name)))
        {
            Add(
                name,
                [.. Enumerable.Range(0, callees).Select(i => string.Create(CultureInfo.InvariantCulture, $"99900{_nextId:D5}{i:D3}"))],
                at,
                isStrangers: true
            );
        }
    }

    public string KeyOf(string name) =>
        Switches.Names switch
        {
            NameRule.IgnoresCase => name.ToUpperInvariant(),
            NameRule.Trims => name.Trim(),
            _ => name,
        };

    private ApiAnswer Create(JsonElement request)
    {
        var name = request.GetProperty("taskName").GetString()!;
        var callees = request.GetProperty("numberInfoList");
        if (UnknownAppIds.Contains(request.GetProperty("appId").GetString()!))
        {
            return Refused(true, -1);
        }

        if (Trouble == AccountTrouble.NoBalance || callees.GetArrayLength() > Switches.BalanceLastsFor)
        {
            return Refused(true, -10);
        }

        if (_byKey.ContainsKey(KeyOf(name)))
        {
            return Refused(true, Switches.SaysExistsAs20 ? -20 : -41);
        }

        if (Trouble == AccountTrouble.DataLimit)
        {
            return Refused(true, -23);
        }

        var now = clock();
        if (
            Switches.MostTasksAtOnce < int.MaxValue
            && _tasks.Count(t => t.AcceptedAt + Switches.TaskDuration > now) >= Switches.MostTasksAtOnce
        )
        {
            BusyRefusals++;
            return Refused(true, -37);
        }

        if (callees.EnumerateArray().Any(c => c.TryGetProperty("text1", out var text) && text.GetString()?.Length > 30))
        {
            var day = DateOnly.FromDateTime(now.UtcDateTime);
            if (_longTexts.GetValueOrDefault(day) >= Switches.LongTextsADay)
            {
                return Refused(true, -46);
            }

            _longTexts[day] = _longTexts.GetValueOrDefault(day) + 1;
        }

        var task = Add(
            name,
            [.. callees.EnumerateArray().Select(c => c.GetProperty("calleeNumber").GetString()!)],
            now,
            isStrangers: false
        );
        return new(200, $$"""{"status":"0","reason":"success","data":{{task.KeyId}}}""");
    }

    private ApiTask Add(string name, IReadOnlyList<string> numbers, DateTimeOffset at, bool isStrangers)
    {
        var task = new ApiTask(_nextId++, name, KeyOf(name), numbers, at, isStrangers);
        _tasks.Add(task);
        _byKey.Add(task.Key, task);
        OnAccepted?.Invoke(task);
        return task;
    }

    private ApiAnswer Query(JsonElement request)
    {
        var asked = request.GetProperty("params");
        var search = asked.TryGetProperty("searchCondition", out var condition) ? condition.GetString() ?? "" : "";
        var from = Local(asked.GetProperty("strTime").GetString()!);
        var to = Local(asked.GetProperty("endTime").GetString()!);
        var states = asked.TryGetProperty("statusList", out var listed) ? listed.EnumerateArray().Select(s => s.GetInt32()).ToList() : [];
        var (page, size) = (request.GetProperty("current").GetInt32(), request.GetProperty("size").GetInt32());
        var now = clock();
        var found = _tasks
            .Where(t =>
                t.AcceptedAt + Switches.ListLag <= now
                && t.Name.Contains(search, StringComparison.OrdinalIgnoreCase)
                && t.AcceptedAt >= from
                && t.AcceptedAt <= to
                && (states.Count == 0 || states.Contains(StatusOf(t, now)))
            )
            .Reverse()
            .ToList();
        if (found.Count > 0 ? random.NextDouble() < Switches.NullThoughThere : Switches.NullForNothing)
        {
            return new(
                200,
                random.Next(2) == 0
                    ? """{"code":0,"msg":"success","data":null}"""
                    : """{"code":0,"msg":"success","data":{"total":0,"size":100,"current":1,"pages":0,"records":null}}"""
            );
        }

        var records = new JsonArray();
        foreach (var task in found.Skip((page - 1) * size).Take(size))
        {
            records.Add((JsonNode)RecordOf(task, now));
        }

        var data = new JsonObject
        {
            ["total"] = found.Count,
            ["size"] = size,
            ["current"] = page,
            ["pages"] = (found.Count + size - 1) / size,
            ["records"] = records,
        };
        return new(
            200,
            new JsonObject
            {
                ["code"] = 0,
                ["msg"] = "success",
                ["data"] = data,
            }.ToJsonString()
        );
    }

    private int StatusOf(ApiTask task, DateTimeOffset now)
    {
        var age = now - task.AcceptedAt;
        return age < Switches.ImportTime && Switches.ShowsSubmitting ? 6
            : age > Switches.TaskDuration ? 2
            : 1;
    }

    private JsonObject RecordOf(ApiTask task, DateTimeOffset now)
    {
        var age = now - task.AcceptedAt;
        var isImporting = age < Switches.ImportTime;
        var kept = Switches.DropsOneOf == 0 ? task.Numbers.Count : task.Numbers.Count - task.Numbers.Count / Switches.DropsOneOf;
        return new JsonObject
        {
            ["taskId"] = task.KeyId,
            ["taskName"] = Switches.Names == NameRule.Trims ? task.Name.Trim() : task.Name,
            ["status"] = StatusOf(task, now),
            ["numCnt"] = isImporting ? (int)(kept * (age / Switches.ImportTime)) : kept,
            ["createdTime"] = task.AcceptedAt.ToOffset(Switches.Zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            ["taskType"] = 3,
        };
    }

    private DateTimeOffset Local(string time) =>
        new(DateTime.ParseExact(time, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture), Switches.Zone);

    private static ApiAnswer Refused(bool isCreate, int status) =>
        isCreate
            ? new(200, $$"""{"status":"{{status}}","reason":"refused","data":null}""")
            : new(200, $$"""{"code":{{status}},"msg":"refused","data":null}""");
}
