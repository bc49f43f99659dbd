using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.Features;

namespace Laaffic.Simulator;

/// <summary>What another process may ask of the simulator and change in it, under <c>/simulator</c>. README.md has the list.</summary>
internal sealed class ControlSurface(VoiceApiSimulator simulator)
{
    private const string TasksPath = "/simulator/tasks/",
        CalleesPath = "/callees";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase, allowIntegerValues: false) },
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.Strict,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    };

    public async Task<Reply> ServeAsync(HttpContext http)
    {
        try
        {
            switch (http.Request.Method, http.Request.Path.Value)
            {
                case ("GET", "/simulator/tasks"):
                    return Of(
                        simulator.AcceptedTasks.Select(task => new
                        {
                            task.KeyId,
                            task.Name,
                            task.SubmittedAt,
                            task.Status,
                            Callees = task.Callees.Count,
                            Duplicates = task.DuplicateNumbers.Count,
                            task.Settings,
                        })
                    );
                case ("GET", "/simulator/calls"):
                    return Of(simulator.Calls);
                case ("POST", "/simulator/faults"):
                    simulator.Faults.Add(
                        await JsonSerializer.DeserializeAsync<Fault>(http.Request.Body, Json, http.RequestAborted)
                            ?? throw new ArgumentException("a fault is needed, not null")
                    );
                    return Done;
                case ("DELETE", "/simulator/faults"):
                    simulator.Faults.Clear();
                    return Done;
                case ("PUT", "/simulator/account"):
                    await ChangeAccountAsync(http);
                    return Done;
                default:
                    return Callees(http)
                        ?? Reply.Text(
                            404,
                            $"The simulator has no {http.Request.Method} {http.Request.Path}; its README.md lists what it has."
                        );
            }
        }
        catch (Exception wrong) when (wrong is JsonException or ArgumentException)
        {
            return Reply.Text(400, wrong.Message);
        }
    }

    private static Reply Done => new(204, "", default);

    private static Reply Of<T>(T value) => new(200, "application/json;charset=UTF-8", JsonSerializer.SerializeToUtf8Bytes(value, Json));

    private Reply? Callees(HttpContext http)
    {
        // From the raw target: the decoded path has no difference between a slash of the name and one after it.
        var path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Split('?')[0];
        if (
            !HttpMethods.IsGet(http.Request.Method)
            || !path.StartsWith(TasksPath, StringComparison.Ordinal)
            || !path.EndsWith(CalleesPath, StringComparison.Ordinal)
            || path.Length <= TasksPath.Length + CalleesPath.Length
        )
        {
            return null;
        }

        var name = Uri.UnescapeDataString(path[TasksPath.Length..^CalleesPath.Length]);
        if (simulator.FindTask(name) is not { } task)
        {
            return Reply.Text(404, $"No task of the name {name} was accepted.");
        }

        var numbers = new StringBuilder(task.Callees.Count * 14);
        foreach (var number in task.Numbers)
        {
            numbers.Append(number).Append('\n');
        }

        return new(200, "text/plain;charset=UTF-8", Encoding.ASCII.GetBytes(numbers.ToString()));
    }

    // All of the change or none: the properties are set only once all have been understood.
    private async Task ChangeAccountAsync(HttpContext http)
    {
        using var document = await JsonDocument.ParseAsync(
            http.Request.Body,
            new() { AllowDuplicateProperties = false },
            http.RequestAborted
        );
        if (document.RootElement.ValueKind is not JsonValueKind.Object)
        {
            throw new ArgumentException("an object is needed");
        }

        var account = simulator.Account;
        List<Action> changes = [];
        foreach (var property in document.RootElement.EnumerateObject())
        {
            var value = property.Value;
            changes.Add(
                property.Name switch
                {
                    "appId" => Set(Text(property), text => account.AppId = text),
                    "apiKey" => Set(Text(property), text => account.ApiKey = text),
                    "apiSecret" => Set(Text(property), text => account.ApiSecret = text),
                    "balance" => value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out var balance)
                        ? () => account.Balance = balance
                        : throw Wrong(property, "a number"),
                    "locked" => value.ValueKind is JsonValueKind.True or JsonValueKind.False
                        ? Set(value.GetBoolean(), locked => account.Locked = locked)
                        : throw Wrong(property, "true or false"),
                    "allowedAddresses" => Set(Addresses(property), addresses => account.AllowedAddresses = addresses),
                    "maxTasksAtOnce" => Set(Limit(property), most => account.MaxTasksAtOnce = most),
                    "taskDuration" => TimeSpan.TryParseExact(Text(property), "c", CultureInfo.InvariantCulture, out var time)
                    && time >= TimeSpan.Zero
                        ? () => account.TaskDuration = time
                        : throw Wrong(property, "a time span like 00:00:30"),
                    _ => throw new ArgumentException(
                        $"{property.Name} is not one of appId, apiKey, apiSecret, balance, locked, allowedAddresses, maxTasksAtOnce, "
                            + $"taskDuration"
                    ),
                }
            );
        }

        changes.ForEach(change => change());
    }

    private static Action Set<T>(T value, Action<T> set) => () => set(value);

    private static string Text(JsonProperty property) =>
        property.Value.ValueKind is JsonValueKind.String ? property.Value.GetString()! : throw Wrong(property, "a string");

    private static int? Limit(JsonProperty property) =>
        property.Value switch
        {
            { ValueKind: JsonValueKind.Null } => null,
            { ValueKind: JsonValueKind.Number } value when value.TryGetInt32(out var limit) && limit >= 0 => limit,
            _ => throw Wrong(property, "an integer of at least 0, or null for no limit"),
        };

    private static List<IPAddress>? Addresses(JsonProperty property)
    {
        if (property.Value.ValueKind is JsonValueKind.Null)
        {
            return null;
        }

        if (property.Value.ValueKind is not JsonValueKind.Array)
        {
            throw Wrong(property, "an array of IP addresses, or null for any");
        }

        List<IPAddress> addresses = [];
        foreach (var entry in property.Value.EnumerateArray())
        {
            addresses.Add(
                entry.ValueKind is JsonValueKind.String && IPAddress.TryParse(entry.GetString(), out var address)
                    ? address
                    : throw Wrong(property, "an array of IP addresses, or null for any")
            );
        }

        return addresses;
    }

    private static ArgumentException Wrong(JsonProperty property, string needed) => new($"{property.Name} must be {needed}");
}
