using System.Globalization;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Laaffic.Benchmarks;
using Laaffic.Benchmarks.EndToEnd;
using Laaffic.Benchmarks.Planning;
using Laaffic.Benchmarks.Requests;
using Laaffic.Campaigns.Planning;

// dotnet run -c Release --project tests/Laaffic.Benchmarks -- …, see Usage below and docs/performance.md.
int[] sizes = [100_000, 1_000_000, 5_000_000];
var rounds = 5;
var due = 10_000;
int[] finished = [0, 10_000, 100_000];
var compare = true;
var mode = args is [var first, ..] ? first : "--help";
if (mode is "--filter" or "--list")
{
    // One run of each takes a tenth of a second and more; in this process, as the app's own projects are not to be built again.
    var job = Job
        .Default.WithToolchain(InProcessEmitToolchain.Instance)
        .WithStrategy(RunStrategy.Monitoring)
        .WithWarmupCount(10)
        .WithIterationCount(15)
        .WithInvocationCount(1)
        .WithUnrollFactor(1);
    BenchmarkSwitcher
        .FromAssembly(typeof(SampleCampaign).Assembly)
        .Run(
            args,
            DefaultConfig
                .Instance.AddJob(job)
                .AddDiagnoser(MemoryDiagnoser.Default)
                .WithOption(ConfigOptions.DisableLogFile, true)
                .HideColumns(Column.Error, Column.StdDev, Column.Gen0, Column.Gen1, Column.Gen2)
        );
    return 0;
}

for (var i = 1; i < args.Length; i++)
{
    switch (args[i])
    {
        case "--rows" when TryNumber(ref i, out var rows):
            sizes = [rows];
            break;
        case "--due" when TryNumber(ref i, out due):
            break;
        case "--finished" when TryNumber(ref i, out var most):
            finished = [0, most];
            break;
        case "--rounds" when TryNumber(ref i, out rounds):
            break;
        case "--no-bare":
            compare = false;
            break;
        default:
            return Usage();
    }
}

switch (mode)
{
    case "--e2e":
        await EndToEndBenchmark.RunAsync(sizes, rounds, compare);
        return 0;
    case "--requests":
        await CampaignRequests.RunAsync(sizes);
        return 0;
    case "--timer":
        await TimerBenchmark.RunAsync(finished, due);
        return 0;
    case "--profile-csv" or "--profile-json":
        await PlannerRun.RepeatAsync(mode == "--profile-csv" ? CampaignFormat.Csv : CampaignFormat.Json, sizes[^1], rounds);
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
    Console.Error.WriteLine(
        """
        usage: Laaffic.Benchmarks MODE [options]

          --filter '*Planning*'                           a campaign's bytes to request bodies, against the floor and the plain program
          --filter '*BodySending*'                            a stored body to the API, against a bare HttpClient
                                                          (these are BenchmarkDotNet's, and so are their further options)
          --e2e [--rows N] [--rounds N] [--no-bare]       whole processes: from drop to last acceptance, and the app's peak memory
          --requests [--rows N]                           storage requests of a dropped campaign
          --timer [--finished N] [--due N]                storage requests of a tick, and many due tasks
          --profile-csv | --profile-json [--rows N] [--rounds N]   the planner alone, for a profiler
        """
    );
    return 2;
}
