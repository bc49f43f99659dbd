using System.Globalization;
using Laaffic.Benchmarks.EndToEnd;
using Laaffic.Benchmarks.Planning;
using Laaffic.Benchmarks.Sending;
using Laaffic.Benchmarks.Timer;
using Laaffic.Campaigns.Planning;

// dotnet run -c Release --project tests/Laaffic.Benchmarks -- MODE [options], see Usage below and docs/performance.md.
var rows = 1_000_000;
int[] sizes = [100_000, 1_000_000, 5_000_000];
var rounds = 5;
var due = 10_000;
int[] finished = [0, 10_000, 100_000];
var plain = true;
var mode = args is [var first, ..] ? first : "--help";
for (var i = 1; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--rows" when TryNumber(ref i, out rows):
            sizes = [rows];
            break;
        case "--due" when TryNumber(ref i, out due): break;
        case "--finished" when TryNumber(ref i, out var most):
            finished = [0, most];
            break;
        case "--rounds" when TryNumber(ref i, out rounds): break;
        case "--no-plain": plain = false; break;
        default: return Usage();
    }
}

switch (mode)
{
    case "planning":
        await PlanningBenchmark.RunAsync(rows, rounds, plain);
        return 0;
    case "sending":
        await SendingBenchmark.RunAsync(rounds);
        return 0;
    case "--e2e":
        await EndToEndBenchmark.RunAsync(sizes, rounds, plain);
        return 0;
    case "--timer":
        await TimerBenchmark.RunAsync(finished, due);
        return 0;
    case "profile-csv" or "profile-json":
        await PlanningBenchmark.RepeatAsync(mode == "profile-csv" ? CampaignFormat.Csv : CampaignFormat.Json, rows, rounds);
        return 0;
    default:
        return Usage();
}

bool TryNumber(ref int at, out int number)
{
    number = 0;
    return ++at < args.Length && int.TryParse(args[at], NumberStyles.None, CultureInfo.InvariantCulture, out number) && number > 0;
}

static int Usage()
{
    Console.Error.WriteLine("""
        usage: Laaffic.Benchmarks MODE [options]

          planning [--rows N] [--rounds N] [--no-plain]   a campaign's bytes to request bodies, against the floor and the plain program
          sending [--rounds N]                            a stored body to the API, against a bare HttpClient
          --e2e [--rows N] [--rounds N] [--no-plain]      whole processes: from drop to last acceptance, and the app's peak memory
          --timer [--finished N] [--due N]                storage requests of a tick, and many due tasks
          profile-csv | profile-json [--rows N] [--rounds N]   the planner alone, for a profiler
        """);
    return 2;
}
