using System.Globalization;
using System.Text;
using Laaffic.Campaigns;
using Laaffic.Simulation.Api;
using Laaffic.Simulation.Faults;
using Laaffic.Simulation.Instances;
using Laaffic.Simulation.Scenario;
using Laaffic.Simulation.Time;

namespace Laaffic.Simulation.Running;

/// <summary>What it costs that many campaigns stand in line for an hour, before an account whose two tasks do not end.</summary>
internal static class Busy
{
    private const int Minutes = 60;

    public static async Task<int> RunAsync(int count)
    {
        var random = new Random(1);
        SharedRandom.Seed(random);
        var scheduler = new Scheduler(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero), random);
        var switches = new ApiSwitches { MostTasksAtOnce = 2, TaskDuration = TimeSpan.FromDays(2) };
        var world = new World(
            random,
            Features.None,
            scheduler,
            new FaultPlan(random, scheduler.Now),
            switches,
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
        for (var i = 0; i < count + 2; i++)
        {
            await HandInAsync(world, instance, i);
        }

        var (storage, bytes, creates, queries) = (world.StorageRequests, world.StorageBytes, world.Api.Creates, world.Api.Queries);
        for (var minute = 0; minute < Minutes; minute++)
        {
            var next = scheduler.Now + TimeSpan.FromMinutes(1);
            var tick = instance.TickAsync();
            await scheduler.RunAsync(() => tick.IsCompleted);
            if (scheduler.Now < next)
            {
                await scheduler.RunForAsync(next - scheduler.Now);
            }
        }

        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{count} campaigns in line for an hour: {(double)(world.StorageRequests - storage) / Minutes:0.0} storage requests a "
                    + $"minute, answered with {(double)(world.StorageBytes - bytes) / Minutes / 1024:0} KiB; "
                    + $"{(double)(world.Api.Queries - queries) / Minutes:0.00} looks at the list of tasks a minute; "
                    + $"{world.Api.Creates - creates} probes in the hour"
            )
        );
        Console.WriteLine(
            world.Api.Tasks.Count == 2 ? "1 passed, 0 failed" : $"0 passed, 1 failed: {world.Api.Tasks.Count} tasks were accepted"
        );
        return world.Api.Tasks.Count == 2 ? 0 : 1;
    }

    private static async Task HandInAsync(World world, Instance instance, int campaign)
    {
        var callees = Enumerable
            .Range(0, 10)
            .Select(i => string.Create(CultureInfo.InvariantCulture, $$"""{"calleeNumber":"{{12020000000 + 10 * campaign + i}}"}"""));
        var post = instance.PostAsync(
            Encoding.UTF8.GetBytes($$"""{"taskName":"Busy {{campaign}}","agentId":41,"numberInfoList":[{{string.Join(',', callees)}}]}"""),
            "application/json",
            null
        );
        await world.Scheduler.RunAsync(() => post.IsCompleted);
    }
}
