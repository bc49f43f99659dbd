using System.Globalization;

namespace Laaffic.LocalHost;

/// <summary>The arguments of the program.</summary>
internal sealed record CommandLine
{
    /// <summary>What <c>--help</c> shows.</summary>
    public const string Help = """
        Runs the function app on this machine: Azurite for storage, the simulator for Laaffic's voice API.

        Usage: dotnet run --project src/Laaffic.LocalHost -- [FOLDER] [options]

          FOLDER          Drops FOLDER/profiles/* and FOLDER/campaigns/**, waits until every campaign has settled,
                          shows what became of them, and ends: with 0 when nothing needs a person, else with 1.
                          Without it, serves until Ctrl+C.

          --port N        The port of http://127.0.0.1:N/api/ (7071; 0 for any that is free).
          --data DIR      Keeps Azurite's data in DIR. Otherwise it is in memory and gone afterwards.
          --verbose       Logs every call, and exceptions in full.
          --help          Shows this.

        Environment variables are the app's settings. Two of them say what is started:
          AzureWebJobsStorage   a connection string other than UseDevelopmentStorage=true: that storage is used,
                                and no Azurite is started.
          Laaffic__BaseUrl      that server is called, with Laaffic__AppId, Laaffic__ApiKey and Laaffic__ApiSecret,
                                and no simulator is started.
          RetryDeferredSchedule is '*/5 * * * * *' (every five seconds) here unless it is set.
        """;

    /// <summary>The folder whose campaigns are dropped; <see langword="null"/> to serve.</summary>
    public string? Folder { get; private init; }

    /// <summary>The TCP port of the HTTP functions.</summary>
    public int Port { get; private init; } = 7071;

    /// <summary>Where Azurite keeps its data; <see langword="null"/> for memory.</summary>
    public string? Data { get; private init; }

    /// <summary>Whether everything is logged.</summary>
    public bool Verbose { get; private init; }

    /// <summary>Whether only the help is wanted.</summary>
    public bool ShowHelp { get; private init; }

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">As the program got them.</param>
    /// <exception cref="ArgumentException">One is unknown, lacks its value or has a bad one; the message says which.</exception>
    public static CommandLine Parse(IReadOnlyList<string> arguments)
    {
        var line = new CommandLine();
        var rest = new Queue<string>(arguments);
        while (rest.TryDequeue(out var argument))
        {
            // --port=1 as well as --port 1.
            var (option, value) =
                argument.StartsWith("--", StringComparison.Ordinal) && argument.IndexOf('=', StringComparison.Ordinal) is > 0 and var at
                    ? (argument[..at], argument[(at + 1)..])
                    : (argument, null);
            line = (option, value) switch
            {
                ("--port", _) => line with { Port = ReadPort(Value("a port number")) },
                ("--data", _) => line with { Data = Value("a folder") },
                ("--verbose", null) => line with { Verbose = true },
                ("--help" or "-h", null) => line with { ShowHelp = true },
                ("" or ['-', ..], _) => throw new ArgumentException($"Unknown option '{argument}'."),
                _ when line.Folder is not null => throw new ArgumentException(
                    $"Only one folder can be given: '{line.Folder}' or '{argument}'."
                ),
                _ => line with { Folder = argument },
            };

            string Value(string what)
            {
                var given =
                    value ?? (rest.TryPeek(out var next) && !next.StartsWith("--", StringComparison.Ordinal) ? rest.Dequeue() : null);
                return string.IsNullOrEmpty(given) ? throw new ArgumentException($"{option} needs {what}.") : given;
            }
        }

        return line;
    }

    private static int ReadPort(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535
            ? port
            : throw new ArgumentException($"--port is '{text}': use a number from 0 to 65535.");
}
