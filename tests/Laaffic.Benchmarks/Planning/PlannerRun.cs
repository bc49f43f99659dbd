using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Benchmarks.Planning;

/// <summary>The planner as the app calls it, on storage that keeps nothing.</summary>
internal static class PlannerRun
{
    /// <summary>Plans a campaign and returns how many callees it read.</summary>
    public static Task<long> PlanAsync(CampaignFormat format, byte[] content) => PlanAsync("plan" + format.Ending(), content);

    /// <inheritdoc cref="PlanAsync(CampaignFormat, byte[])"/>
    public static async Task<long> PlanAsync(string fileName, byte[] content)
    {
        using var storage = new DiscardingStorage();
        using var stream = new MemoryStream(content);
        var plan = await PlanAsync(storage.Client(), "plan", fileName, stream);
        return plan.IsRejected ? throw new InvalidOperationException(plan.Errors[0].Message) : plan.Counts.Read;
    }

    /// <summary>Plans a campaign on some storage.</summary>
    public static Task<Plan> PlanAsync(
        BlobServiceClient storage,
        string planId,
        string fileName,
        Stream content,
        int maxCalleesPerTask = 200_000
    )
    {
        var account = new SimulatorAccount();
        var planner = new Planner(
            new PlanStore(storage.GetBlobContainerClient(Containers.Tasks)),
            new ProfileReader(storage.GetBlobContainerClient(Containers.Profiles)),
            (_, _) => new(new LaafficCredentials(account.AppId, account.ApiKey, account.ApiSecret)),
            new CampaignOptions { MaxCalleesPerTask = maxCalleesPerTask },
            TimeProvider.System
        );
        var request = new PlanRequest(planId, fileName, planId, Profile: null, DateTimeOffset.UtcNow);
        return planner.PlanAsync(request, content, CancellationToken.None);
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
