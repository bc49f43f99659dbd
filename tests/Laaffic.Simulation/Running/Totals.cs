using System.Text.Json;
using Laaffic.Simulation.Scenario;

namespace Laaffic.Simulation.Running;

/// <summary>What some runs held.</summary>
internal sealed class Totals
{
    public int Runs { get; set; }
    public int Failed { get; set; }
    public double VirtualDays { get; set; }
    public long Events { get; set; }
    public long StorageRequests { get; set; }
    public long ApiRequests { get; set; }
    public long Campaigns { get; set; }
    public long Accepted { get; set; }
    public Dictionary<string, long> Faults { get; set; } = [];

    public void Add(Run run)
    {
        var world = run.World;
        Runs++;
        VirtualDays += world.Scheduler.Elapsed.TotalDays;
        Events += world.Scheduler.Events;
        StorageRequests += world.StorageRequests;
        ApiRequests += world.Api.Creates + world.Api.Queries;
        Campaigns += world.Watch.Commits.Count;
        Accepted += world.Api.Tasks.Count(t => !t.IsStrangers);
        foreach (var ((target, kind), count) in world.Faults.Counts)
        {
            Count($"{target} {kind}", count);
        }

        foreach (var (what, count) in run.Happenings)
        {
            Count(what, count);
        }
    }

    public void Add(Totals other)
    {
        Runs += other.Runs;
        Failed += other.Failed;
        VirtualDays += other.VirtualDays;
        Events += other.Events;
        StorageRequests += other.StorageRequests;
        ApiRequests += other.ApiRequests;
        Campaigns += other.Campaigns;
        Accepted += other.Accepted;
        foreach (var (kind, count) in other.Faults)
        {
            Count(kind, count);
        }
    }

    public string ToJson() => JsonSerializer.Serialize(this, TotalsJson.Default.Totals);

    public static Totals FromJson(string json) => JsonSerializer.Deserialize(json, TotalsJson.Default.Totals)!;

    private void Count(string kind, long count) => Faults[kind] = Faults.GetValueOrDefault(kind) + count;
}
