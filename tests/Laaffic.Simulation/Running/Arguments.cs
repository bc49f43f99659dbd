using System.CommandLine;
using System.Globalization;

namespace Laaffic.Simulation.Running;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    private const int DefaultRuns = 2000;
    private const int DefaultSeed = 1;

    public int Runs { get; init; }
    public int Seed { get; init; }
    public double? Minutes { get; init; }
    public int Workers { get; init; }
    public int? Replay { get; init; }
    public bool Twice { get; init; }
    public bool Stop { get; init; }
    public string? Known { get; init; }
    public int? Due { get; init; }
    public int? Busy { get; init; }
    public string? Before { get; init; }

    /// <summary>Which of the workers this process is; not for people.</summary>
    public int? Worker { get; init; }

    /// <summary>Describes the arguments.</summary>
    /// <param name="run">What is done when they are right; gives the exit code.</param>
    public static RootCommand Describe(Func<Arguments, Task<int>> run)
    {
        var runs = CommandLineProgram.Number("--runs", "N", $"Runs, each of a seed of its own. [default: {DefaultRuns}]");
        var seed = CommandLineProgram.Number("--seed", "N", $"The first seed. [default: {DefaultSeed}]");
        var minutes = CommandLineProgram.Value<double?>(
            "--minutes",
            "M",
            "No more runs after that time.",
            text => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : null,
            "--minutes needs a number.",
            text => $"--minutes is '{text}': use a number such as 0.5."
        );
        var workers = CommandLineProgram.Number("--workers", "N", "Processes that share the runs. [default: one per core]");
        var replay = CommandLineProgram.Number("--replay", "N", "Runs one seed and prints its history.");
        var twice = CommandLineProgram.Flag("--twice", "Runs each seed twice and compares: a seed must give one run.");
        var stop = CommandLineProgram.Flag("--stop", "Ends at the first seed that fails.");
        var known = Text("--known", "TEXT", "Passes seeds that fail with this in their message: a break that is known already.");
        var before = Text(
            "--before",
            "DIR",
            "Runs the release whose assemblies are in DIR beside the present one, with the faults that it bears."
        );
        var due = CommandLineProgram.Number("--due", "N", "Drains N due campaigns and prints what it took.");
        var busy = CommandLineProgram.Number("--busy", "N", "Lets N campaigns stand in line for an hour and prints what it costs.");
        var worker = CommandLineProgram.Number("--worker", "N", "Which of the workers this process is.");
        worker.Hidden = true;
        var command = new RootCommand(
            "Runs the whole app on virtual time, with faults by seed, and checks its promises. Ends with 1 if a seed failed."
        )
        {
            runs,
            seed,
            minutes,
            workers,
            replay,
            twice,
            stop,
            known,
            before,
            due,
            busy,
            worker,
        };
        command.SetAction(parsed =>
            run(
                new Arguments
                {
                    Runs = parsed.GetValue(runs) ?? DefaultRuns,
                    Seed = parsed.GetValue(seed) ?? DefaultSeed,
                    Minutes = parsed.GetValue(minutes),
                    Workers = Math.Max(1, parsed.GetValue(workers) ?? Environment.ProcessorCount),
                    Replay = parsed.GetValue(replay),
                    Twice = parsed.GetValue(twice),
                    Stop = parsed.GetValue(stop),
                    Known = parsed.GetValue(known),
                    Before = parsed.GetValue(before),
                    Due = parsed.GetValue(due),
                    Busy = parsed.GetValue(busy),
                    Worker = parsed.GetValue(worker),
                }
            )
        );
        return command;
    }

    private static Option<string?> Text(string name, string valueName, string description) =>
        CommandLineProgram.Value<string>(name, valueName, description, text => text, $"{name} needs a value.", text => text);
}
