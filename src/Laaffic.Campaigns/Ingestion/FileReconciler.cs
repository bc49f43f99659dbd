using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Ingestion;

/// <summary>
/// Looks for dropped files that no event announced. Each call looks at one page of the container and goes on where the
/// last one ended. It asks the ledger about files changed since the last complete pass, about each of them once, and about a
/// limited number of older ones: so its cost does not grow with the number of files dealt with.
/// </summary>
internal sealed class FileReconciler(
    [FromKeyedServices(Containers.Campaigns)] BlobContainerClient campaigns,
    FileLedger ledger,
    FileIngestor files,
    ProcessedFileCache processed,
    CampaignOptions options,
    TimeProvider time,
    ILogger<FileReconciler> log
)
{
    private const int PageSize = 5000; // the most that one list request returns

    /// <summary>
    /// Older files of a page that are asked about in one call, unless this instance knows them: a file that was renamed into
    /// the container keeps the time of its last change.
    /// </summary>
    private const int MaxOlder = 100;

    /// <summary>A file's time is set when its upload begins to be committed; it may appear in the list a little later.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(15);

    /// <summary>
    /// A file that changed since then may still be growing (SFTP, flushes of hierarchical storage): it is looked at later.
    /// </summary>
    private static readonly TimeSpan StillFor = TimeSpan.FromMinutes(2);

    /// <summary>
    /// Looks at the next page. Takes up nothing new once <paramref name="stop"/> has come; the page is looked at again then.
    /// </summary>
    public async Task ReconcilePageAsync(DateTimeOffset stop, CancellationToken cancellationToken)
    {
        var progress = await ledger.GetReconciliationAsync(cancellationToken);
        var isFirstPage = progress.ContinuationToken is null;
        await foreach (
            var page in campaigns
                .GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, cancellationToken)
                .AsPages(progress.ContinuationToken, PageSize)
        )
        {
            var listedAt = page.GetRawResponse().Headers.Date ?? progress.CheckedUpTo;
            if (isFirstPage)
            {
                progress = progress with { PassStartedAt = listedAt, PassFailed = false };
            }

            var (stopped, failed) = (false, false);
            await Parallel.ForEachAsync(
                Candidates(page.Values, progress.CheckedUpTo - Overlap, listedAt),
                new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentCampaigns, CancellationToken = cancellationToken },
                async (file, c) =>
                {
                    if (time.GetUtcNow() >= stop)
                    {
                        stopped = true;
                    }
                    else if (!await TryIngestAsync(file, c))
                    {
                        failed = true;
                    }
                }
            );
            if (stopped)
            {
                return;
            }

            progress = progress with
            {
                PassFailed = progress.PassFailed || failed,
                ContinuationToken = string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken,
            };
            break;
        }

        // A pass in which a file could not even be recorded proves nothing about the files of its time.
        if (progress.ContinuationToken is null && !progress.PassFailed)
        {
            progress = progress with { CheckedUpTo = progress.PassStartedAt };
        }

        await ledger.SaveReconciliationAsync(progress, cancellationToken);
    }

    private IEnumerable<BlobItem> Candidates(IEnumerable<BlobItem> page, DateTimeOffset since, DateTimeOffset listedAt)
    {
        // By the clock that wrote the files' times: this instance's may be minutes ahead.
        var stillSince = listedAt - StillFor;
        var older = 0;
        // nothing to deal with, ever
        return page.Where(file => !FolderMarkers.IsFolder(file.Name, file.Properties.ContentLength, file.Metadata))
            .Where(file => !processed.Contains(file.Name, file.Properties.ETag.ToString()!))
            .Where(file => file.Properties.LastModified <= stillSince)
            .Where(file => file.Properties.LastModified >= since || older++ < MaxOlder);
    }

    private async Task<bool> TryIngestAsync(BlobItem file, CancellationToken cancellationToken)
    {
        try
        {
            var etag = file.Properties.ETag.ToString()!;
            var known = await ledger.FindFileAsync(file.Name, cancellationToken);
            if (known is null || !ETags.AreSame(known.BlobETag, etag))
            {
                await files.IngestAsync(file.Name, cancellationToken);
            }
            else if (known.State != FileState.Reading)
            {
                processed.Add(file.Name, etag);
            }

            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            // A storage request that timed out, too, which looks like a cancellation: one file must not end the reconciliation of all.
            log.UnannouncedFileFailed(file.Name, LogText.FirstLine(e));
            log.Details(e);
            return false;
        }
    }
}
