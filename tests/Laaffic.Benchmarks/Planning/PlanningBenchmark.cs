using System.Globalization;
using Laaffic.Benchmarks.Measuring;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Benchmarks.Planning;

/// <summary>From a campaign's bytes to its tasks' request bodies: the planner, its floor and the plain program.</summary>
internal static class PlanningBenchmark
{
    public static async Task RunAsync(int rows, int rounds, bool plain)
    {
        var csv = SampleCampaign.Bytes(SampleCampaign.WriteCsv, rows);
        await RunAsync(CampaignFormat.Csv, csv, rows, rounds, () => Floors.Csv(csv), plain ? () => PlainPrograms.Csv(csv) : null);
        csv = [];
        var json = SampleCampaign.Bytes(SampleCampaign.WriteJson, rows);
        await RunAsync(CampaignFormat.Json, json, rows, rounds, () => Floors.Json(json), plain ? () => PlainPrograms.FromJson(json) : null);
    }

    /// <summary>The planner alone, again and again, for a profiler to look at.</summary>
    public static async Task RepeatAsync(CampaignFormat format, int rows, int rounds)
    {
        var content = SampleCampaign.Bytes(format == CampaignFormat.Csv ? SampleCampaign.WriteCsv : SampleCampaign.WriteJson, rows);
        for (var round = 0; round < rounds; round++)
            await PlanAsync(format, content);
    }

    private static async Task RunAsync(CampaignFormat format, byte[] content, int rows, int rounds, Func<long> floor, Func<long>? plain)
    {
        List<Contestant> contestants =
        [
            new("floor", () => Task.FromResult(floor())),
            new("planner", () => PlanAsync(format, content)),
        ];
        if (plain is not null)
            contestants.Add(new("plain program", () => Task.FromResult(plain())));
        await Contest.RunAsync(string.Create(CultureInfo.InvariantCulture, $"Planning {format} of {rows} rows ({content.Length / 1e6:0.0} MB)"), rounds, contestants);
    }

    /// <summary>Plans as the app does, on storage that keeps nothing.</summary>
    public static async Task<long> PlanAsync(CampaignFormat format, byte[] content)
    {
        using var storage = new DiscardingStorage();
        var planner = new Planner(storage.Client(), new PlannerOptions { AppId = "benchmark", TimeZone = TimeZoneInfo.Utc }, TimeProvider.System);
        var request = new PlanRequest("plan", format, "benchmark", Profile: null, "benchmark", DateTimeOffset.UtcNow);
        using var stream = new MemoryStream(content);
        var plan = await planner.PlanAsync(request, stream, CancellationToken.None);
        return plan.IsRejected ? throw new InvalidOperationException(plan.Errors[0].Message) : plan.Counts.Read;
    }
}
