using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// The container <c>tasks</c>, the outbox: for each plan its record, the request bodies of its tasks and the list of its rejected
/// callees, under names that no other plan has.
/// </summary>
internal sealed class PlanStore([FromKeyedServices(Containers.Tasks)] BlobContainerClient container)
{
    /// <summary>The name of a plan's record.</summary>
    public static string RecordNameOf(string planId) => $"{planId}/plan.json";

    /// <summary>The name of the list of a plan's rejected callees.</summary>
    public static string RejectedNameOf(string planId) => $"{planId}/rejected.csv";

    /// <summary>A blob of a plan, to be written.</summary>
    public StagedBlob NewBlob(string name, string contentType) => new(container.GetBlockBlobClient(name), contentType);

    /// <summary>Stores a plan's record, the last of what is stored of it: if it is there, so are all bodies.</summary>
    public Task SaveAsync(Plan plan, CancellationToken cancellationToken) =>
        container
            .GetBlobClient(RecordNameOf(plan.PlanId))
            .UploadAsync(
                BinaryData.FromBytes(plan.ToJson()),
                new BlobUploadOptions { HttpHeaders = new BlobHttpHeaders { ContentType = "application/json" } },
                cancellationToken
            );

    /// <summary>A stored plan; null if it is not there.</summary>
    public async Task<Plan?> FindAsync(string planId, CancellationToken cancellationToken) =>
        await container.GetBlobClient(RecordNameOf(planId)).FindContentAsync(cancellationToken) is { } record
            ? Plan.FromJson(record.Content)
            : null;

    /// <summary>Whether a task's body is there.</summary>
    public async Task<bool> HasBodyAsync(string name, CancellationToken cancellationToken) =>
        await container.GetBlobClient(name).ExistsAsync(cancellationToken);

    /// <summary>A task's body.</summary>
    /// <exception cref="RequestFailedException">It is not there, or storage did not do its part.</exception>
    public async Task<BlobDownloadStreamingResult> OpenBodyAsync(string name, CancellationToken cancellationToken) =>
        await container.GetBlobClient(name).DownloadStreamingAsync(cancellationToken: cancellationToken);

    /// <summary>Whether the list of a plan's rejected callees is there.</summary>
    public async Task<bool> HasRejectedAsync(string planId, CancellationToken cancellationToken) =>
        await container.GetBlobClient(RejectedNameOf(planId)).ExistsAsync(cancellationToken);

    /// <summary>The list of a plan's rejected callees.</summary>
    /// <exception cref="RequestFailedException">It is not there, or storage did not do its part.</exception>
    public async Task<BlobDownloadStreamingResult> OpenRejectedAsync(string planId, CancellationToken cancellationToken) =>
        await container.GetBlobClient(RejectedNameOf(planId)).DownloadStreamingAsync(cancellationToken: cancellationToken);

    /// <summary>Removes what was stored for a plan that is not and never will be committed.</summary>
    public async Task DiscardAsync(string planId, CancellationToken cancellationToken)
    {
        await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Prefix = planId + "/" }, cancellationToken))
        {
            await container.DeleteBlobIfExistsAsync(blob.Name, cancellationToken: cancellationToken);
        }
    }
}
