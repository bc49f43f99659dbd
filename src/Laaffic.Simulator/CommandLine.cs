using System.Globalization;
using System.Net;

namespace Laaffic.Simulator;

/// <summary>The program's arguments.</summary>
/// <param name="Options">What they ask for; null when it is only the help, or when they are wrong.</param>
/// <param name="Error">What is wrong with them; null when nothing is.</param>
internal sealed record CommandLine(SimulatorOptions? Options, string? Error)
{
    public const string Help = """
        Laaffic's voice API on this machine, in memory.

        Usage: Laaffic.Simulator [options]

          --port N                  loopback port to listen on, 0 for any free one (default 5080)
          --app-id TEXT             the account's application id
          --api-key TEXT            the account's key
          --api-secret TEXT         the account's secret
          --balance N               the account's balance; tasks are refused (-10) at 0 or below (default 100)
          --locked                  the user is locked (-13)
          --allow ADDRESS           an address that may call (others: -2); may be given again (default: any)
          --max-tasks N             unfinished tasks at once (one more: -37) (default: no limit)
          --task-duration HH:MM:SS  how long a task takes to finish (default 00:00:30)
          --query-after HH:MM:SS    how long until the query finds an accepted task (default 00:00:00)
          --clock-offset HH:MM:SS   what the server's clock is ahead; -HH:MM:SS for behind (default 00:00:00)
          --no-texts                remember callees' numbers only, to save memory
          --help                    show this
        """;

    private const int DefaultPort = 5080;

    /// <summary>Reads the arguments; the first wrong one is the error.</summary>
    public static CommandLine Read(IReadOnlyList<string> arguments)
    {
        var account = new SimulatorAccount();
        var options = new SimulatorOptions { Account = account, Port = DefaultPort };
        var switches = new Dictionary<string, Action>
        {
            ["--locked"] = () => account.Locked = true,
            ["--no-texts"] = () => options = options with { RememberTexts = false },
        };
        var settings = new Dictionary<string, (string Needed, Func<string, bool> TrySet)>
        {
            ["--port"] = (
                "a port, 0-65535",
                text => If(TryCount(text, out var port) && port <= IPEndPoint.MaxPort, () => options = options with { Port = port })
            ),
            ["--app-id"] = ("a text", text => If(text.Length > 0, () => account.AppId = text)),
            ["--api-key"] = ("a text", text => If(text.Length > 0, () => account.ApiKey = text)),
            ["--api-secret"] = ("a text", text => If(text.Length > 0, () => account.ApiSecret = text)),
            ["--balance"] = ("a number like 100 or 0.5", text => If(TryNumber(text, out var balance), () => account.Balance = balance)),
            ["--allow"] = (
                "an IP address",
                text =>
                    If(
                        IPAddress.TryParse(text, out var address),
                        () => account.AllowedAddresses = [.. account.AllowedAddresses ?? [], address!]
                    )
            ),
            ["--max-tasks"] = ("a number of tasks", text => If(TryCount(text, out var most), () => account.MaxTasksAtOnce = most)),
            ["--task-duration"] = (
                "a time span like 00:00:30",
                text => If(TryTime(text, out var duration) && duration >= TimeSpan.Zero, () => account.TaskDuration = duration)
            ),
            ["--query-after"] = (
                "a time span like 00:00:30",
                text =>
                    If(TryTime(text, out var after) && after >= TimeSpan.Zero, () => options = options with { QueryVisibleAfter = after })
            ),
            ["--clock-offset"] = (
                "a time span like 00:06:00 or -00:06:00",
                text => If(TryTime(text, out var offset), () => options = options with { ClockOffset = offset })
            ),
        };

        for (var index = 0; index < arguments.Count; index++)
        {
            var name = arguments[index];
            if (name == "--help")
            {
                return new(null, null);
            }

            if (switches.TryGetValue(name, out var turnOn))
            {
                turnOn();
            }
            else if (!settings.TryGetValue(name, out var setting))
            {
                return new(null, $"{name}: there is no such option");
            }
            else if (++index == arguments.Count)
            {
                return new(null, $"{name}: its value is missing");
            }
            else if (!setting.TrySet(arguments[index]))
            {
                return new(null, $"{name}: \"{arguments[index]}\" is not {setting.Needed}");
            }
        }

        return new(options, null);
    }

    private static bool If(bool understood, Action set)
    {
        if (understood)
        {
            set();
        }

        return understood;
    }

    private static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static bool TryCount(string text, out int count) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out count);

    // The constant format alone would take "30" as 30 days.
    private static bool TryTime(string text, out TimeSpan time)
    {
        time = default;
        return text.Contains(':', StringComparison.Ordinal)
            && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out time)
            && time.Duration() <= TimeSpan.FromDays(365);
    }
}
