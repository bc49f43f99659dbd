using System.Globalization;
using Laaffic.Simulation.Checks;
using Laaffic.Simulation.Scenario;

namespace Laaffic.Simulation.Running;

/// <summary>Runs one seed again and tells what happened to the campaign whose promise was broken.</summary>
internal static class Replay
{
    public static async Task<int> RunAsync(int seed)
    {
        var run = await Run.OfAsync(seed, keepsHistory: true);
        var world = run.World;
        Console.WriteLine($"Seed {seed}: {string.Join(", ", Describe(world.Features))}");
        Console.WriteLine($"{world.Api.Switches}");
        Console.WriteLine($"MaxCalleesPerTask {world.Options.MaxCalleesPerTask}, GiveUpAfter {world.Options.GiveUpAfter}");
        foreach (var outage in world.Faults.Outages)
        {
            Console.WriteLine($"outage of {outage.Target} from {outage.From:HH:mm:ss} to {outage.To:HH:mm:ss}: {outage.Kind}");
        }

        var violations = world.Watch.Violations;
        var about = violations.Count == 0 ? [] : Words(world, violations[0]);
        foreach (var (at, who, what) in world.History!)
        {
            if (
                violations.Count == 0
                || who.Length == 0
                || about.Any(word => what.Contains(word, StringComparison.Ordinal))
                || IsLifecycle(what)
            )
            {
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{at:dd HH:mm:ss.fff} {who.PadRight(4)} {what}"));
            }
        }

        foreach (var violation in violations)
        {
            Console.WriteLine($"BROKEN [{violation.Invariant}] {violation.Detail}");
        }

        Console.WriteLine(violations.Count == 0 ? "1 passed, 0 failed" : "0 passed, 1 failed");
        return violations.Count == 0 ? 0 : 1;
    }

    private static IEnumerable<string> Describe(Features features) =>
        typeof(Features).GetProperties().Where(p => p.GetValue(features) is true).Select(p => p.Name);

    private static bool IsLifecycle(string what) =>
        what is "is killed" or "goes on" or "is gone" or "starts" || what.StartsWith("is ", StringComparison.Ordinal);

    /// <summary>A campaign is called by its name, its path, their keys in the ledger, and its plan.</summary>
    private static List<string> Words(World world, Violation violation)
    {
        List<string> words = [];
        foreach (var name in violation.About.Where(a => a.Length > 0))
        {
            words.AddRange([name, Uri.EscapeDataString(name), Ledger.Key(name)]);
            if (Ledger.Campaign(world.Account, name) is { } campaign)
            {
                words.Add(campaign.PlanId);
            }
        }

        return words;
    }
}
