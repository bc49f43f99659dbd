using Laaffic.Campaigns.Planning;

namespace Laaffic.Benchmarks.Planning;

/// <summary>The planner as the app calls it, on storage that keeps nothing.</summary>
internal static class PlannerRun
{
    /// <summary>Plans a campaign and returns how many callees it read.</summary>
    public static async Task<long> PlanAsync(CampaignFormat format, byte[] content)
    {
        using var storage = new DiscardingStorage();
        var planner = new Planner(
            storage.Client(),
            new PlannerOptions { AppId = "benchmark", TimeZone = TimeZoneInfo.Utc },
            TimeProvider.System
        );
        var request = new PlanRequest("plan", format, "benchmark", Profile: null, "benchmark", DateTimeOffset.UtcNow);
        using var stream = new MemoryStream(content);
        var plan = await planner.PlanAsync(request, stream, CancellationToken.None);
        return plan.IsRejected ? throw new InvalidOperationException(plan.Errors[0].Message) : plan.Counts.Read;
    }

    /// <summary>Plans again and again, for a profiler to look at.</summary>
    public static async Task RepeatAsync(CampaignFormat format, int rows, int rounds)
    {
        var content = SampleCampaign.Bytes(format == CampaignFormat.Csv ? SampleCampaign.WriteCsv : SampleCampaign.WriteJson, rows);
        for (var round = 0; round < rounds; round++)
        {
            await PlanAsync(format, content);
        }
    }
}
