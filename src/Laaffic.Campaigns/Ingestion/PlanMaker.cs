using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Ingestion;

/// <summary>Makes plans with the account's present settings, and removes those that came to nothing.</summary>
internal sealed class PlanMaker(
    BlobServiceClient storage,
    BlobContainerClient plans,
    CredentialsProvider credentials,
    CampaignOptions options,
    TimeProvider time
)
{
    /// <param name="request">What is known of the campaign.</param>
    /// <param name="content">Its bytes.</param>
    /// <param name="wasSubmitted">Whether content of this hash was submitted from there before: that is so whatever is known by
    /// now.</param>
    /// <param name="ct">Ends it.</param>
    /// <exception cref="SecretsUnavailableException">The campaign is new and names no application id, and the account's is not
    /// known.</exception>
    public async Task<Plan> MakeAsync(PlanRequest request, Stream content, Func<string, Task<bool>> wasSubmitted, CancellationToken ct)
    {
        using var span = CampaignTelemetry.StartPlan();
        SecretsUnavailableException? unavailable = null;
        var appId = "";
        try
        {
            appId = (await credentials(refresh: false, ct)).AppId;
        }
        catch (SecretsUnavailableException e)
        {
            unavailable = e; // no matter to a campaign that names an application id: its tasks wait for the secrets
        }

        var planner = new Planner(
            storage,
            new PlannerOptions
            {
                AppId = appId,
                TimeZone = options.TimeZone,
                MaxCalleesPerTask = options.MaxCalleesPerTask,
            },
            time
        );
        var plan = await planner.PlanAsync(request, content, ct);
        if (unavailable is null || !plan.Errors.Any(e => e.Field == "appId"))
        {
            return plan;
        }

        if (await wasSubmitted(plan.ContentHash))
        {
            return plan;
        }

        await DiscardAsync(plan.PlanId, ct);
        throw unavailable;
    }

    /// <summary>Removes what was stored for a plan that is not and never will be committed.</summary>
    public async Task DiscardAsync(string planId, CancellationToken ct)
    {
        await foreach (var blob in plans.GetBlobsAsync(new GetBlobsOptions { Prefix = planId + "/" }, ct))
        {
            await plans.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: ct);
        }
    }
}
