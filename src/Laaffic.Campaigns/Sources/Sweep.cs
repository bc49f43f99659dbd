using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Ledger;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Sources;

/// <summary>
/// Looks for dropped files that no event announced. Each call looks at one page of the container and goes on where the
/// last one ended, and asks the ledger only about files changed since the last complete pass, about each of them once: so
/// its cost does not grow with the number of files dealt with.
/// </summary>
internal sealed class Sweep(BlobContainerClient campaigns, CampaignLedger ledger, DroppedFiles files, HandledFiles handled, CampaignOptions options, ILogger<Sweep> log)
{
    private const int PageSize = 5000; // the most that one list request returns

    /// <summary>A file's time is set when its upload begins to be committed; it may appear in the list a little later.</summary>
    private static readonly TimeSpan Overlap = TimeSpan.FromMinutes(15);

    public async Task SweepPageAsync(CancellationToken ct)
    {
        var sweep = await ledger.SweepAsync(ct);
        var isFirstPage = sweep.ContinuationToken is null;
        await foreach (var page in campaigns.GetBlobsAsync(new GetBlobsOptions(), ct).AsPages(sweep.ContinuationToken, PageSize))
        {
            if (isFirstPage) (sweep.PassStartedAt, sweep.PassFailed) = (page.GetRawResponse().Headers.Date ?? sweep.CheckedUpTo, false);
            await Parallel.ForEachAsync(
                page.Values.Where(file => file.Properties.LastModified >= sweep.CheckedUpTo - Overlap),
                new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentCampaigns, CancellationToken = ct },
                async (file, c) =>
                {
                    if (!await TryTakeUpAsync(file, c)) sweep.PassFailed = true;
                });

            sweep.ContinuationToken = string.IsNullOrEmpty(page.ContinuationToken) ? null : page.ContinuationToken;
            break;
        }

        // A pass in which a file could not even be recorded proves nothing about the files of its time.
        if (sweep.ContinuationToken is null && !sweep.PassFailed) sweep.CheckedUpTo = sweep.PassStartedAt;
        handled.ForgetBefore(sweep.CheckedUpTo - Overlap); // older files are not looked at again
        await ledger.SaveSweepAsync(sweep, ct);
    }

    private async Task<bool> TryTakeUpAsync(BlobItem file, CancellationToken ct)
    {
        try
        {
            var etag = file.Properties.ETag.ToString()!;
            if (handled.Contains(file.Name, etag)) return true;
            var known = await ledger.FindSourceAsync(file.Name, ct);
            if (known is null || !IsSame(known.BlobETag, etag)) await files.TakeUpAsync(file.Name, ct);
            else if (known.State != SourceState.Reading) handled.Note(file.Name, etag);
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException || !ct.IsCancellationRequested)
        {
            // A storage request that timed out, too, which looks like a cancellation: one file must not end the sweep of all.
            log.LogError(e, "Taking up {Path} failed; it is looked at again.", file.Name);
            return false;
        }
    }

    // Listings give ETags without the quotes that properties have.
    private static bool IsSame(string known, string listed) => known.Trim('"') == listed.Trim('"');
}
