using System.CommandLine;
using System.Globalization;
using System.Net;

namespace Laaffic.Simulator;

/// <summary>The program's arguments.</summary>
internal static class CommandLine
{
    private const int DefaultPort = 5080;
    private const string TimeFormat = "HH:MM:SS";

    private const string Notes = """
        A time is written as in --task-duration HH:MM:SS, and as -HH:MM:SS where the clock is behind.
        """;

    /// <summary>Describes the arguments.</summary>
    /// <param name="run">What is done when they are right; gives the exit code.</param>
    public static RootCommand Describe(Func<SimulatorOptions, Task<int>> run)
    {
        var port = Value<int?>(
            "--port",
            "N",
            "a port, 0-65535",
            $"loopback port to listen on, 0 for any free one (default {DefaultPort})",
            text => Count(text) is { } number and <= IPEndPoint.MaxPort ? number : null
        );
        var appId = Value("--app-id", "TEXT", "a text", "the account's application id", text => text);
        var apiKey = Value("--api-key", "TEXT", "a text", "the account's key", text => text);
        var apiSecret = Value("--api-secret", "TEXT", "a text", "the account's secret", text => text);
        var balance = Value<decimal?>(
            "--balance",
            "N",
            "a number like 100 or 0.5",
            "the account's balance; tasks are refused (-10) at 0 or below (default 100)",
            Number
        );
        var locked = CommandLineProgram.Flag("--locked", "the user is locked (-13)");
        var allow = Addresses("--allow", "an address that may call (others: -2); may be given again (default: any)");
        var maxTasks = Value<int?>(
            "--max-tasks",
            "N",
            "a number of tasks",
            "unfinished tasks at once (one more: -37) (default: no limit)",
            Count
        );
        var taskDuration = Duration("--task-duration", "how long a task takes to finish (default 00:00:30)");
        var queryAfter = Duration("--query-after", "how long until the query finds an accepted task (default 00:00:00)");
        var clockOffset = Value<TimeSpan?>(
            "--clock-offset",
            TimeFormat,
            "a time span like 00:06:00 or -00:06:00",
            "what the server's clock is ahead; -HH:MM:SS for behind (default 00:00:00)",
            Time
        );
        var noTexts = CommandLineProgram.Flag("--no-texts", "remember callees' numbers only, to save memory");
        var command = new RootCommand("Laaffic's voice API on this machine, in memory.")
        {
            port,
            appId,
            apiKey,
            apiSecret,
            balance,
            locked,
            allow,
            maxTasks,
            taskDuration,
            queryAfter,
            clockOffset,
            noTexts,
        };
        CommandLineProgram.AddHelp(command, Notes);
        command.SetAction(parsed =>
        {
            var defaults = new SimulatorAccount();
            var account = new SimulatorAccount
            {
                AppId = parsed.GetValue(appId) ?? defaults.AppId,
                ApiKey = parsed.GetValue(apiKey) ?? defaults.ApiKey,
                ApiSecret = parsed.GetValue(apiSecret) ?? defaults.ApiSecret,
                Balance = parsed.GetValue(balance) ?? defaults.Balance,
                Locked = parsed.GetValue(locked),
                AllowedAddresses = parsed.GetValue(allow),
                MaxTasksAtOnce = parsed.GetValue(maxTasks),
                TaskDuration = parsed.GetValue(taskDuration) ?? defaults.TaskDuration,
            };
            return run(
                new SimulatorOptions
                {
                    Account = account,
                    Port = parsed.GetValue(port) ?? DefaultPort,
                    QueryVisibleAfter = parsed.GetValue(queryAfter) ?? TimeSpan.Zero,
                    ClockOffset = parsed.GetValue(clockOffset) ?? TimeSpan.Zero,
                    RememberTexts = !parsed.GetValue(noTexts),
                }
            );
        });
        return command;
    }

    /// <summary>Says what is wrong with a text that fits nowhere.</summary>
    public static string Unknown(ParseResult parsed, string text) => $"{text}: there is no such option";

    private static Option<T?> Value<T>(string name, string valueName, string needed, string description, Func<string, T?> parse) =>
        CommandLineProgram.Value(name, valueName, description, parse, Missing(name), text => Wrong(name, text, needed));

    private static Option<TimeSpan?> Duration(string name, string description) =>
        Value<TimeSpan?>(
            name,
            TimeFormat,
            "a time span like 00:00:30",
            description,
            text => Time(text) is { } time && time >= TimeSpan.Zero ? time : null
        );

    private static Option<IReadOnlyList<IPAddress>?> Addresses(string name, string description)
    {
        var option = new Option<IReadOnlyList<IPAddress>?>(name)
        {
            HelpName = "ADDRESS",
            Description = description,
            Arity = ArgumentArity.ZeroOrMore,
            CustomParser = result =>
            {
                var wrong = result.Tokens.FirstOrDefault(token => !IPAddress.TryParse(token.Value, out _));
                if (wrong is not null)
                {
                    result.AddError(Wrong(name, wrong.Value, "an IP address"));
                    return null;
                }

                return [.. result.Tokens.Select(token => IPAddress.Parse(token.Value))];
            },
        };
        option.Validators.Add(result =>
        {
            if (result.IdentifierTokenCount > result.Tokens.Count)
            {
                result.AddError(Missing(name));
            }
        });
        return option;
    }

    private static string Missing(string name) => $"{name}: its value is missing";

    private static string Wrong(string name, string text, string needed) => $"{name}: \"{text}\" is not {needed}";

    private static decimal? Number(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    private static int? Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : null;

    // The constant format alone would take "30" as 30 days.
    private static TimeSpan? Time(string text) =>
        text.Contains(':', StringComparison.Ordinal)
        && TimeSpan.TryParseExact(text, "c", CultureInfo.InvariantCulture, out var time)
        && time.Duration() <= TimeSpan.FromDays(365)
            ? time
            : null;
}
