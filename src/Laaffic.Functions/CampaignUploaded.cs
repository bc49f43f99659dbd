using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary>Takes up a file that was dropped into the container <c>campaigns</c>.</summary>
/// <param name="campaigns">Does the work.</param>
/// <param name="guard">Ends a run that fails.</param>
public sealed class CampaignUploaded(CampaignService campaigns, FailureGuard guard)
{
    /// <summary>Takes up the file. An event may come twice, late or for an older version of it: the ledger decides what is new.</summary>
    /// <param name="blob">The file.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(CampaignUploaded))]
    public Task Run(
        [BlobTrigger("campaigns/{name}", Source = BlobTriggerSource.EventGrid, Connection = "AzureWebJobsStorage")] BlobClient blob,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(blob);
        return guard.RunAsync(
            nameof(CampaignUploaded),
            $"{Containers.Campaigns}/{blob.Name}",
            "the timer takes the file up",
            cancellationToken => campaigns.ProcessFileAsync(blob.Name, cancellationToken),
            cancellationToken
        );
    }
}
