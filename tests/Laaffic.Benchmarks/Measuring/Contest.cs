using System.Diagnostics;
using System.Globalization;

namespace Laaffic.Benchmarks.Measuring;

/// <summary>One way to do the job.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="RunAsync">Does the job once and returns how many callees it handled, so that all ways can be seen to do it.</param>
internal sealed record Contestant(string Name, Func<Task<long>> RunAsync);

/// <summary>What one run cost the whole process.</summary>
internal readonly record struct Cost(TimeSpan Wall, TimeSpan Cpu, long Allocated)
{
    /// <summary>Runs something once.</summary>
    public static async Task<(Cost Cost, T Result)> OfAsync<T>(Func<Task<T>> run)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var (allocated, cpu, start) = (GC.GetTotalAllocatedBytes(precise: true), Environment.CpuUsage.TotalTime, Stopwatch.GetTimestamp());
        var result = await run();
        return (new(Stopwatch.GetElapsedTime(start), Environment.CpuUsage.TotalTime - cpu, GC.GetTotalAllocatedBytes(precise: true) - allocated), result);
    }
}

/// <summary>
/// Runs several ways to do the same job in turn, round by round, so that whatever else the machine does strikes all of
/// them, and compares them by the median of each round's ratios. CPU time is of the whole process, collector included.
/// </summary>
internal static class Contest
{
    /// <summary>Runs of each way before those that count.</summary>
    public const int WarmUps = 3;

    /// <summary>Runs it and prints a table; the first contestant is the measure of the others.</summary>
    public static async Task RunAsync(string title, int rounds, IReadOnlyList<Contestant> contestants)
    {
        Console.WriteLine($"\n{title}, median of {rounds} rounds");
        for (var i = 0; i < contestants.Count * WarmUps; i++)
            await contestants[i % contestants.Count].RunAsync(); // compiled in its last form, and buffers pooled

        var costs = new Cost[contestants.Count, rounds];
        var handled = new long[contestants.Count];
        for (var round = 0; round < rounds; round++)
        {
            for (var i = 0; i < contestants.Count; i++)
                (costs[i, round], handled[i]) = await Cost.OfAsync(contestants[i].RunAsync);
        }

        Console.WriteLine("| | callees | CPU ms | × | wall ms | × | allocated MB | × |");
        Console.WriteLine("|---|--:|--:|--:|--:|--:|--:|--:|");
        for (var i = 0; i < contestants.Count; i++)
        {
            var way = i;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {contestants[i].Name} | {handled[i]} | {Of(c => c.Cpu.TotalMilliseconds):0} | {Ratio(c => c.Cpu.TotalMilliseconds):0.00} | {Of(c => c.Wall.TotalMilliseconds):0} | {Ratio(c => c.Wall.TotalMilliseconds):0.00} | {Of(c => c.Allocated) / 1e6:0.0} | {Ratio(c => c.Allocated):0.000} |"));

            double Of(Func<Cost, double> what) => Median(round => what(costs[way, round]));
            double Ratio(Func<Cost, double> what) => Median(round => what(costs[way, round]) / what(costs[0, round]));
        }

        double Median(Func<int, double> of)
        {
            var sorted = Enumerable.Range(0, rounds).Select(of).Order().ToArray();
            return (sorted[(rounds - 1) / 2] + sorted[rounds / 2]) / 2;
        }
    }
}
