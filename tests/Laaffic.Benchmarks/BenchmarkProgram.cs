using System.CommandLine;
using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Engines;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Laaffic.Benchmarks.EndToEnd;
using Laaffic.Benchmarks.Lists;
using Laaffic.Benchmarks.Planning;
using Laaffic.Benchmarks.Requests;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;

namespace Laaffic.Benchmarks;

/// <summary>The program's arguments: what to measure, and how much of it.</summary>
internal static class BenchmarkProgram
{
    private const string Filter = "--filter";
    private const string List = "--list";

    private static readonly int[] DefaultSizes = [100_000, 1_000_000, 5_000_000];

    /// <summary>Whether the arguments are BenchmarkDotNet's, which has more options than are named here.</summary>
    public static bool IsForBenchmarkDotNet(string[] arguments) => arguments is [Filter or List, ..];

    /// <summary>Runs BenchmarkDotNet.</summary>
    public static void RunBenchmarkDotNet(string[] arguments)
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
                arguments,
                DefaultConfig
                    .Instance.AddJob(job)
                    .AddDiagnoser(MemoryDiagnoser.Default)
                    .WithOption(ConfigOptions.DisableLogFile, true)
                    .HideColumns(Column.Error, Column.StdDev, Column.Gen0, Column.Gen1, Column.Gen2)
            );
    }

    /// <summary>Describes the arguments and what they start.</summary>
    public static RootCommand Describe()
    {
        var endToEnd = CommandLineProgram.Flag(
            "--e2e",
            "Whole processes: from drop to last acceptance, and the app's peak memory. Takes --rows, --rounds and --no-bare."
        );
        var requests = CommandLineProgram.Flag("--requests", "Storage requests of a dropped campaign. Takes --rows.");
        var timer = CommandLineProgram.Flag("--timer", "Storage requests of a tick, and many due tasks. Takes --finished and --due.");
        var profileCsv = CommandLineProgram.Flag("--profile-csv", "The planner alone, for a profiler. Takes --rows and --rounds.");
        var profileJson = CommandLineProgram.Flag("--profile-json", "The same, of a JSON campaign.");
        var lists = CommandLineProgram.Flag(
            "--lists",
            "Lists of the forms that people have, against bare loops. Takes --rows and --rounds."
        );
        Option<bool>[] modes = [endToEnd, requests, timer, lists, profileCsv, profileJson];
        var rows = CommandLineProgram.Number("--rows", "N", "The callees. [default: 100000, 1000000 and 5000000]", min: 1);
        var rounds = CommandLineProgram.Number("--rounds", "N", "How often it is repeated. [default: 5]", min: 1);
        var noBare = CommandLineProgram.Flag("--no-bare", "Leaves the bare HttpClient out.");
        var finished = CommandLineProgram.Number("--finished", "N", "The campaigns that are there. [default: 10000 and 100000]", min: 1);
        var due = CommandLineProgram.Number("--due", "N", "The tasks that fall due. [default: 10000]", min: 1);
        var command = new RootCommand(
            "Measures the app. Give one of --filter, --list, --e2e, --requests, --timer, --lists, --profile-csv, --profile-json."
        )
        {
            // These two are here for the help alone.
            new Option<string[]>(Filter)
            {
                HelpName = "GLOB",
                Description =
                    "'*Planning*': a campaign's bytes to request bodies, against the floor and the plain program. '*BodySending*': a "
                    + "stored body to the API, against a bare HttpClient. Must come first; BenchmarkDotNet's further options may follow.",
            },
            new Option<bool>(List) { HelpName = "flat|tree", Description = "Lists BenchmarkDotNet's benchmarks. Must come first." },
            endToEnd,
            requests,
            timer,
            lists,
            profileCsv,
            profileJson,
            rows,
            rounds,
            noBare,
            finished,
            due,
        };
        command.Validators.Add(result =>
        {
            if (modes.Count(result.GetValue) != 1)
            {
                result.AddError(
                    $"Give one of {Filter}, {List}, {string.Join(", ", modes.Select(mode => mode.Name))}, the first two before all else."
                );
            }
        });
        command.SetAction(async parsed =>
        {
            int[] sizes = parsed.GetValue(rows) is { } size ? [size] : DefaultSizes;
            var repeats = parsed.GetValue(rounds) ?? 5;
            if (parsed.GetValue(endToEnd))
            {
                await EndToEndBenchmark.RunAsync(sizes, repeats, compare: !parsed.GetValue(noBare));
            }
            else if (parsed.GetValue(requests))
            {
                await CampaignRequests.RunAsync(sizes);
            }
            else if (parsed.GetValue(timer))
            {
                int[] beside = parsed.GetValue(finished) is { } count ? [0, count] : [0, 10_000, 100_000];
                await TimerBenchmark.RunAsync(beside, parsed.GetValue(due) ?? 10_000);
            }
            else if (parsed.GetValue(lists))
            {
                await ListBenchmark.RunAsync(parsed.GetValue(rows) ?? 1_000_000, repeats);
            }
            else
            {
                await PlannerRun.RepeatAsync(parsed.GetValue(profileCsv) ? CampaignFormat.Csv : CampaignFormat.Json, sizes[^1], repeats);
            }

            return 0;
        });
        return command;
    }
}
