using System.Globalization;

namespace Laaffic.Simulation.Running;

/// <summary>The command line.</summary>
internal sealed record Arguments
{
    public const string Help = """
        Runs the whole app on virtual time, with faults by seed, and checks its promises.

          --runs N      runs, each of a seed of its own (default 2000)
          --seed N      the first seed (default 1)
          --minutes M   no more runs after that time
          --workers N   processes that share the runs (default: one per core)
          --replay N    runs one seed and prints its history
          --twice       runs each seed twice and compares: a seed must give one run
          --stop        ends at the first seed that fails
          --known TEXT  passes seeds that fail with this in their message: a break that is known already
          --before DIR  runs the release whose assemblies are in DIR beside the present one, with the faults that it bears
          --due N       drains N due campaigns and prints what it took
          --busy N      lets N campaigns stand in line for an hour and prints what it costs
          --help        prints this

        Ends with 1 if a seed failed.
        """;

    public int Runs { get; init; } = 2000;
    public int Seed { get; init; } = 1;
    public double? Minutes { get; init; }
    public int Workers { get; init; } = Environment.ProcessorCount;
    public int? Replay { get; init; }
    public bool Twice { get; init; }
    public bool Stop { get; init; }
    public string? Known { get; init; }
    public int? Due { get; init; }
    public int? Busy { get; init; }
    public string? Before { get; init; }

    /// <summary>Which of the workers this process is; not for people.</summary>
    public int? Worker { get; init; }
    public bool ShowsHelp { get; init; }
    public string? Error { get; init; }

    public static Arguments Read(string[] args)
    {
        var read = new Arguments();
        for (var i = 0; i < args.Length; i++)
        {
            switch (args[i])
            {
                case "--help" or "-h" or "-?":
                    return read with { ShowsHelp = true };
                case "--twice":
                    read = read with { Twice = true };
                    continue;
                case "--known" when i + 1 < args.Length:
                    read = read with { Known = args[++i] };
                    continue;
                case "--before" when i + 1 < args.Length:
                    read = read with { Before = args[++i] };
                    continue;
                case "--stop":
                    read = read with { Stop = true };
                    continue;
            }

            if (i + 1 == args.Length || !double.TryParse(args[i + 1], CultureInfo.InvariantCulture, out var value) || value < 0)
            {
                return read with { Error = $"{args[i]} is unknown, or needs a number." };
            }

            var number = (int)value;
            var next = args[i] switch
            {
                "--runs" => read with { Runs = number },
                "--seed" => read with { Seed = number },
                "--minutes" => read with { Minutes = value },
                "--workers" => read with { Workers = Math.Max(1, number) },
                "--replay" => read with { Replay = number },
                "--due" => read with { Due = number },
                "--busy" => read with { Busy = number },
                "--worker" => read with { Worker = number },
                _ => null,
            };
            if (next is null)
            {
                return read with { Error = $"{args[i]} is unknown." };
            }

            read = next;
            i++;
        }

        return read;
    }
}
