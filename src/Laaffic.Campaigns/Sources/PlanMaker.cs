using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Sources;

/// <summary>Makes plans with the account's present settings, and removes those that came to nothing.</summary>
internal sealed class PlanMaker(BlobServiceClient storage, BlobContainerClient plans, CredentialsSource credentials, CampaignOptions options, TimeProvider time)
{
    public async Task<Plan> MakeAsync(PlanRequest request, Stream content, CancellationToken ct)
    {
        using var span = CampaignTelemetry.StartPlan();
        var account = await credentials(refresh: false, ct);
        var planner = new Planner(storage, new PlannerOptions
        {
            AppId = account.AppId,
            TimeZone = options.TimeZone,
            MaxCalleesPerTask = options.MaxCalleesPerTask,
        }, time);
        return await planner.PlanAsync(request, content, ct);
    }

    /// <summary>Removes what was stored for a plan that is not and never will be committed.</summary>
    public async Task DiscardAsync(string planId, CancellationToken ct)
    {
        await foreach (var blob in plans.GetBlobsAsync(new GetBlobsOptions { Prefix = planId + "/" }, ct))
            await plans.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: ct);
    }
}
