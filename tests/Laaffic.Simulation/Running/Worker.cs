using System.Diagnostics;
using Laaffic.Simulation.Scenario;

namespace Laaffic.Simulation.Running;

/// <summary>
/// One process's part of the runs. Tells its parent by lines: <c>T</c> the totals since the last one, <c>F</c> a seed that
/// failed and why.
/// </summary>
internal static class Worker
{
    public static async Task<int> RunAsync(Arguments arguments, int number)
    {
        var watch = Stopwatch.StartNew();
        var totals = new Totals();
        var told = TimeSpan.Zero;
        var current = 0;
        List<string> unobserved = [];
        TaskScheduler.UnobservedTaskException += (_, e) =>
        {
            e.SetObserved();
            lock (unobserved)
            {
                unobserved.Add(e.Exception.GetBaseException().ToString().ReplaceLineEndings(" | "));
            }
        };
        for (var i = number; i < arguments.Runs; i += arguments.Workers)
        {
            if (watch.Elapsed.TotalMinutes > arguments.Minutes)
            {
                break;
            }

            current = arguments.Seed + i;
            var failure = await FailureOfAsync(current, arguments.Twice, totals);
            if (failure is not null && (arguments.Known is null || !failure.Contains(arguments.Known, StringComparison.Ordinal)))
            {
                totals.Failed++;
                Tell();
                Console.Out.WriteLine($"F {current} {failure.ReplaceLineEndings(" ")}");
                if (arguments.Stop)
                {
                    break;
                }
            }

            if (watch.Elapsed - told > TimeSpan.FromSeconds(1))
            {
                Tell();
            }
        }

        // What nobody awaited shows when it is collected.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        lock (unobserved)
        {
            foreach (var exception in unobserved.Take(3))
            {
                Console.Out.WriteLine($"U before seed {current}: {exception}");
            }
        }

        Tell();
        return 0;

        void Tell()
        {
            told = watch.Elapsed;
            Console.Out.WriteLine("T " + totals.ToJson());
            totals = new Totals();
        }
    }

    private static async Task<string?> FailureOfAsync(int seed, bool twice, Totals totals)
    {
        try
        {
            var run = await Run.OfAsync(seed);
            totals.Add(run);
            if (twice && (await Run.OfAsync(seed, keepsHistory: true)).Fingerprint != run.Fingerprint)
            {
                return "[one seed, one run] the second run was another one";
            }

            return run.World.Watch.Violations is [var first, ..] ? $"[{first.Invariant}] {first.Detail}" : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"[the simulation itself] {e}";
        }
    }
}
