using System.Globalization;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns.Schedules;

/// <summary>Finds the list of an occurrence in the container <c>lists</c>, or out why it must not be called.</summary>
internal sealed class ListFinder([FromKeyedServices(Containers.Lists)] BlobContainerClient lists)
{
    /// <summary>Looks for the list.</summary>
    /// <param name="schedule">Says which it is.</param>
    /// <param name="row">Knows the list of the campaign before.</param>
    /// <param name="at">The occurrence.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="RequestFailedException">Storage did not do its part.</exception>
    public async Task<FoundList> FindAsync(Schedule schedule, ScheduleRow row, DateTimeOffset at, CancellationToken cancellationToken)
    {
        var path = schedule.List ?? await FindNewestAsync(schedule.Newest!, cancellationToken);
        if (path is null)
        {
            return new(null, null, OccurrenceState.ListMissing, $"There is no list in the folder {lists.Name}/{schedule.Newest}.");
        }

        var shown = $"{lists.Name}/{path}";
        var file = await lists.GetBlobClient(path).FindPropertiesAsync(cancellationToken);
        var upload = await FindUploadAsync(path, file, cancellationToken);
        if (upload?.IsOvertaken(row.Upload) == false)
        {
            return BeingWritten($"{(file is null ? "its upload" : "the upload of a new version")} has begun and not ended") with
            {
                Upload = upload,
            };
        }

        if (file is null)
        {
            return new(path, null, OccurrenceState.ListMissing, $"There is no {shown}.");
        }

        if (file.BlobType != BlobType.Block)
        {
            return BeingWritten($"it is {(file.BlobType == BlobType.Append ? "an append" : "a page")} blob, which may grow at any time");
        }

        if (file.LeaseStatus == LeaseStatus.Locked)
        {
            return BeingWritten("somebody holds a lease on it, as programs do while they write");
        }

        if (file.BlobCopyStatus == CopyStatus.Pending)
        {
            return BeingWritten("it is being copied");
        }

        if (file.ContentLength == 0)
        {
            return new(path, file, OccurrenceState.ListEmpty, $"{shown} is empty.");
        }

        if (schedule.MaxListAge is { } age && at - file.LastModified > age)
        {
            return new(
                path,
                file,
                OccurrenceState.ListTooOld,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{shown} was written at {file.LastModified:u}, more than {age:c} (maxListAge) before."
                )
            );
        }

        return !schedule.SameListAgain && row.LastList == path && row.LastListETag == file.ETag.ToString()
            ? Unchanged(path, file)
            : new(path, file, null, null);

        FoundList BeingWritten(string why) => new(path, null, OccurrenceState.ListBeingWritten, $"{shown} is still being written: {why}.");
    }

    /// <summary>Whether a list is still the one that was found, and nobody has begun to replace it.</summary>
    public async Task<bool> IsStillAsync(FoundList found, ScheduleRow row, CancellationToken cancellationToken)
    {
        var file = await lists.GetBlobClient(found.Path!).FindPropertiesAsync(cancellationToken);
        var upload = await FindUploadAsync(found.Path!, file, cancellationToken);
        return file?.ETag == found.File!.ETag && upload?.IsOvertaken(row.Upload) != false;
    }

    /// <summary>Opens the version that was found; reading another one fails.</summary>
    public async Task<Stream> OpenAsync(string path, ETag etag, CancellationToken cancellationToken)
    {
        var download = await lists
            .GetBlobClient(path)
            .DownloadStreamingAsync(new BlobDownloadOptions { Conditions = ETags.StillAs(etag) }, cancellationToken);
        return download.Value.Content;
    }

    /// <summary>What is said of a list that the campaign before was made of.</summary>
    public FoundList Unchanged(string path, BlobProperties file) =>
        new(
            path,
            file,
            OccurrenceState.ListUnchanged,
            $"{lists.Name}/{path} has not changed since the last campaign was made of it; with \"sameListAgain\": true it is called again."
        );

    /// <summary>The path of the list in a folder that was written last; one whose upload has not ended counts, too.</summary>
    private async Task<string?> FindNewestAsync(string folder, CancellationToken cancellationToken)
    {
        BlobItem? newest = null;
        var listing = lists.GetBlobsAsync(
            new GetBlobsOptions
            {
                Traits = BlobTraits.Metadata,
                States = BlobStates.Uncommitted,
                Prefix = folder,
            },
            cancellationToken
        );
        await foreach (var blob in listing)
        {
            if (FolderMarkers.IsFolder(blob.Name, blob.Properties.ContentLength, blob.Metadata))
            {
                continue;
            }

            // Of two that were written at the same moment the last by name: the choice must not change.
            if (newest is null || blob.Properties.LastModified >= newest.Properties.LastModified)
            {
                newest = blob;
            }
        }

        return newest?.Name;
    }

    private async Task<UnfinishedUpload?> FindUploadAsync(string path, BlobProperties? file, CancellationToken cancellationToken)
    {
        try
        {
            var blocks = await lists
                .GetBlockBlobClient(path)
                .GetBlockListAsync(BlockListTypes.Uncommitted, cancellationToken: cancellationToken);
            return UnfinishedUpload.Of(path, blocks.Value.UncommittedBlocks, file?.ETag.ToString());
        }
        catch (RequestFailedException e) when (e.Status is 404 or 409)
        {
            return null; // it is not there, or no block blob
        }
    }
}
