using System.CommandLine;
using System.Globalization;

namespace Laaffic.LocalHost;

/// <summary>The arguments of the program.</summary>
internal sealed record CommandLine
{
    private const int DefaultPort = 7071;

    private const string FolderName = "FOLDER";

    private const string Notes = """
        Environment variables are the app's settings. Two of them say what is started:
          AzureWebJobsStorage   a connection string other than UseDevelopmentStorage=true: that storage is used,
                                and no Azurite is started.
          Laaffic__BaseUrl      that server is called, with Laaffic__AppId, Laaffic__ApiKey and Laaffic__ApiSecret,
                                and no simulator is started.
        RetryDeferredSchedule is '*/5 * * * * *' (every five seconds) here unless it is set.
        With NO_COLOR set, nothing is coloured.
        """;

    /// <summary>The folder whose campaigns are dropped; <see langword="null"/> to serve.</summary>
    public string? Folder { get; private init; }

    /// <summary>The TCP port of the HTTP functions.</summary>
    public int Port { get; private init; }

    /// <summary>Where Azurite keeps its data; <see langword="null"/> for memory.</summary>
    public string? Data { get; private init; }

    /// <summary>Whether everything is logged.</summary>
    public bool Verbose { get; private init; }

    /// <summary>Describes the arguments.</summary>
    /// <param name="run">What is done when they are right; gives the exit code.</param>
    public static RootCommand Describe(Func<CommandLine, Task<int>> run)
    {
        var folder = new Argument<string?>(FolderName)
        {
            HelpName = FolderName,
            Arity = ArgumentArity.ZeroOrOne,
            Description =
                "Drops FOLDER/profiles/*, lists/**, schedules/* and campaigns/**, waits until every campaign has settled, shows what became of them, "
                + "and ends: with 0 when nothing needs a person, else with 1. Without it, serves until Ctrl+C.",
        };
        folder.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: "" or ['-', ..] } unknown])
            {
                result.AddError($"Unknown option '{unknown.Value}'.");
            }
        });
        var port = CommandLineProgram.Value<int?>(
            "--port",
            "N",
            $"The port of http://127.0.0.1:N/api/; 0 for any that is free. [default: {DefaultPort}]",
            text => ushort.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null,
            "--port needs a port number.",
            text => $"--port is '{text}': use a number from 0 to 65535."
        );
        var data = CommandLineProgram.Value<string>(
            "--data",
            "DIR",
            "Keeps Azurite's data in DIR. Otherwise it is in memory and gone afterwards.",
            text => text,
            "--data needs a folder.",
            text => text
        );
        var verbose = CommandLineProgram.Flag("--verbose", "Logs every call, and exceptions in full.");
        var command = new RootCommand("Runs the function app on this machine: Azurite for storage, the simulator for Laaffic's voice API.")
        {
            folder,
            port,
            data,
            verbose,
        };
        CommandLineProgram.AddHelp(command, Notes);
        command.SetAction(parsed =>
            run(
                new CommandLine
                {
                    Folder = parsed.GetValue(folder),
                    Port = parsed.GetValue(port) ?? DefaultPort,
                    Data = parsed.GetValue(data),
                    Verbose = parsed.GetValue(verbose),
                }
            )
        );
        return command;
    }

    /// <summary>Says what is wrong with a text that fits nowhere.</summary>
    public static string Unknown(ParseResult parsed, string text) =>
        text is "" or ['-', ..]
            ? $"Unknown option '{text}'."
            : $"Only one folder can be given: '{parsed.GetValue<string>(FolderName)}' or '{text}'.";
}
