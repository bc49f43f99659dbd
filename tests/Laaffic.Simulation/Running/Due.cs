using System.Diagnostics;
using System.Globalization;
using System.Text;
using Laaffic.Campaigns;
using Laaffic.Simulation.Api;
using Laaffic.Simulation.Checks;
using Laaffic.Simulation.Faults;
using Laaffic.Simulation.Instances;
using Laaffic.Simulation.Scenario;
using Laaffic.Simulation.Time;

namespace Laaffic.Simulation.Running;

/// <summary>
/// Many campaigns that fall due at one time, and what it takes to submit them all: one instance, a tick a minute, no faults.
/// </summary>
internal static class Due
{
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(3);

    public static async Task<int> RunAsync(int count)
    {
        var watch = Stopwatch.StartNew();
        var random = new Random(1);
        SharedRandom.Seed(random);
        var scheduler = new Scheduler(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero), random);
        var world = new World(
            random,
            Features.None,
            scheduler,
            new FaultPlan(random, scheduler.Now),
            new ApiSwitches(),
            new CampaignOptions(),
            keepsHistory: false
        )
        {
            Watch = { LooksForWriteAhead = false },
        };
        foreach (var name in Containers.All)
        {
            world.Direct.Blobs.GetBlobContainerClient(name).CreateIfNotExists();
        }

        var instance = world.Start();
        await PrepareAsync(world, instance, count);
        Tell($"{count} campaigns were handed in");
        var (storage, memory) = (world.StorageRequests, GC.GetTotalMemory(forceFullCollection: true));
        var peak = memory;

        await scheduler.RunForAsync(scheduler.Start + Ahead - scheduler.Now + TimeSpan.FromSeconds(10));
        var (fellDue, ticks, counted) = (scheduler.Now, 0, world.StorageRequests);
        while (Ledger.Open(world.Account).Count > 0 && scheduler.Now < fellDue + TimeSpan.FromDays(3))
        {
            var next = scheduler.Now + TimeSpan.FromMinutes(1);
            var tick = instance.TickAsync();
            await scheduler.RunAsync(() => tick.IsCompleted);
            ticks++;
            peak = Math.Max(peak, GC.GetTotalMemory(forceFullCollection: false));
            if (scheduler.Now < next)
            {
                await scheduler.RunForAsync(next - scheduler.Now);
            }
        }

        var took = scheduler.Now - fellDue;
        var requests = world.StorageRequests - counted;
        Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"all submitted after {took.TotalMinutes:0} virtual minutes and {ticks} ticks "
                    + $"({count / took.TotalMinutes:0} campaigns a minute), the longest tick "
                    + $"{world.Watch.LongestTick.TotalMinutes:0.0} minutes"
            )
        );
        Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{(double)requests / count:0.0} storage requests and "
                    + $"{(double)(world.Api.Creates + world.Api.Queries) / count:0.00} API requests a campaign ({requests} and "
                    + $"{world.Api.Creates + world.Api.Queries}); handing in took {(double)storage / count:0.0} storage requests each"
            )
        );
        Tell(
            string.Create(
                CultureInfo.InvariantCulture,
                $"memory: {memory >> 20} MiB with the account's content before, {peak >> 20} MiB at most while working; the process "
                    + $"{Process.GetCurrentProcess().PeakWorkingSet64 >> 20} MiB"
            )
        );
        var left = Ledger.Open(world.Account).Count;
        Console.WriteLine(
            left == 0 && world.Api.Tasks.Count == count
                ? "1 passed, 0 failed"
                : $"0 passed, 1 failed: {left} are still open, {world.Api.Tasks.Count} tasks were accepted"
        );
        return left == 0 ? 0 : 1;

        void Tell(string what) =>
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{watch.Elapsed.TotalSeconds:0} s: {what}"));
    }

    private static async Task PrepareAsync(World world, Instance instance, int count)
    {
        var submitAt = (world.Scheduler.Start + Ahead).ToString("yyyy-MM-dd'T'HH:mm:ssK", CultureInfo.InvariantCulture);
        var done = 0;
        while (done < count)
        {
            var posts = Enumerable
                .Range(done, Math.Min(100, count - done))
                .Select(i =>
                    instance.PostAsync(
                        Encoding.UTF8.GetBytes(
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $$"""{"taskName":"Due {{i}}","agentId":41,"delivery":{"submitAt":"{{submitAt}}"},"numberInfoList":"""
                                    + $$"""[{"calleeNumber":"{{12020000000 + i}}"}]}"""
                            )
                        ),
                        "application/json",
                        null
                    )
                )
                .ToList();
            done += posts.Count;
            await world.Scheduler.RunAsync(() => posts.All(p => p.IsCompleted));
            if (posts.FirstOrDefault(p => p.Result.Status != 202) is { } odd)
            {
                throw new InvalidOperationException($"A campaign was answered {odd.Result.Status}: {odd.Result.Body}");
            }
        }
    }
}
