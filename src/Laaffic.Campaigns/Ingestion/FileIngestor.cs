using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Dispatch;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Ingestion;

/// <summary>From a file in the container <c>campaigns</c> to a committed campaign or a report that says why not.</summary>
internal sealed class FileIngestor(
    [FromKeyedServices(Containers.Campaigns)] BlobContainerClient campaigns,
    FileLedger ledger,
    Planner planner,
    PlanStore plans,
    CampaignCommitter committer,
    CampaignDispatcher dispatcher,
    ReportWriter reports,
    ProcessedFileCache processed,
    LargeInputLimiter largeInputs,
    Backoff backoff,
    CampaignOptions options,
    TimeProvider time,
    ILogger<FileIngestor> log
)
{
    /// <summary>
    /// How often the reading of a version may start without coming to its end (its reader dies, runs out of time or fails), and
    /// how often a file may be overwritten while it is read, until it is rejected rather than tried again and again.
    /// </summary>
    private const int MaxFailures = 10;

    /// <summary>How long the reader of a large file goes on with those that wait: a run of a function may take half an hour.</summary>
    private static readonly TimeSpan MaxTakingWaiting = TimeSpan.FromMinutes(5);

    // 1 while a file is read whose reading did not come to its end before: one at a time; the others stay due.
    private int _suspects;

    /// <summary>
    /// Deals with the file at this path if its present version was not dealt with before. Safe to call for any hint, as
    /// often as it comes.
    /// </summary>
    public async Task IngestAsync(string path, CancellationToken cancellationToken)
    {
        var began = time.GetUtcNow();
        await IngestOneAsync(path, cancellationToken);
        while (time.GetUtcNow() - began < MaxTakingWaiting && largeInputs.TakeWaiting() is { } waiting)
        {
            await IngestOneAsync(waiting, cancellationToken);
        }
    }

    private async Task IngestOneAsync(string path, CancellationToken cancellationToken)
    {
        if (!BlobNames.CanBeRead(path))
        {
            await RejectUnreadableAsync(path, cancellationToken);
            return;
        }

        // Once more when the file was overwritten meanwhile: that event may have found it being read, and left.
        while (await IngestVersionAsync(path, cancellationToken)) { }
    }

    /// <summary>True if there is a later version to be looked at now.</summary>
    private async Task<bool> IngestVersionAsync(string path, CancellationToken cancellationToken)
    {
        var receivedAt = time.GetUtcNow();
        var known = await ledger.FindFileAsync(path, cancellationToken);
        if (known is not { State: FileState.Reading, Failures: > 0 })
        {
            return await LeaseAndIngestAsync(path, known, receivedAt, cancellationToken);
        }
        // It may be what ended its last readers, and end this process too: none but it is to be blamed for that.
        if (Interlocked.CompareExchange(ref _suspects, 1, 0) != 0)
        {
            return false;
        }

        try
        {
            return await LeaseAndIngestAsync(path, known, receivedAt, cancellationToken);
        }
        finally
        {
            Volatile.Write(ref _suspects, 0);
        }
    }

    private async Task<bool> LeaseAndIngestAsync(
        string path,
        FileRow? known,
        DateTimeOffset receivedAt,
        CancellationToken cancellationToken
    )
    {
        var file = await FindAsync(path, cancellationToken);
        if (file is null && known?.State != FileState.Reading)
        {
            return false;
        }

        if (file is not null && FolderMarkers.IsFolder(path, file.ContentLength, file.Metadata))
        {
            return false;
        }

        var etag = file?.ETag.ToString() ?? known!.BlobETag;
        if (known?.BlobETag == etag && known.State != FileState.Reading)
        {
            processed.Add(path, etag);
            return false;
        }

        var mayRead = largeInputs.TryEnter(path, ListFile.ExpectedLength(path, file?.ContentLength ?? 0), out var turn);
        using var _ = turn;
        if (!mayRead && known?.BlobETag == etag)
        {
            return false; // it stays due
        }

        var now = time.GetUtcNow();
        var lease = await ledger.TryLeaseFileAsync(path, etag, known, now, now + options.LeaseDuration, cancellationToken);
        if (lease is null)
        {
            return false;
        }

        if (lease.AbandonedPlan is { } abandoned)
        {
            await plans.DiscardAsync(abandoned, cancellationToken);
        }

        if (!mayRead)
        {
            log.FileWaitsForItsTurn(path);
            await ledger.RescheduleFileAsync(lease, lease.File, time.GetUtcNow(), lease.WorkItem.DeferredSince, cancellationToken);
            return false;
        }

        if (file is null)
        {
            log.FileDeleted(path);
            await CloseAsync(lease, FileState.Rejected, null, cancellationToken);
            return false;
        }

        return await IngestLeasedAsync(path, file, lease, turn, receivedAt, cancellationToken);
    }

    /// <summary>Reads a reserved version and dispatches its campaign. True if there is a later version to be looked at now.</summary>
    private async Task<bool> IngestLeasedAsync(
        string path,
        BlobProperties file,
        FileLease lease,
        IDisposable? turn,
        DateTimeOffset receivedAt,
        CancellationToken cancellationToken
    )
    {
        using var span = CampaignTelemetry.StartCampaign($"{campaigns.Name}/{path}");
        CommitOutcome.Committed? committed;
        try
        {
            if (await RejectPoisonFileAsync(path, file, lease, cancellationToken))
            {
                return false;
            }

            committed = await ReadAndCommitAsync(path, file, lease, turn, receivedAt, cancellationToken);
        }
        catch (Exception e) when (IsChangeOfFile(e))
        {
            return await RescheduleChangedFileAsync(path, lease, cancellationToken);
        }
        catch (LeaseLostException)
        {
            log.FileTakenOver(path);
            return false;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            await ledger.TryRenewLeaseAsync(lease, time.GetUtcNow(), CancellationToken.None);
            throw;
        }
        catch (SecretsUnavailableException e)
        {
            await WaitForSecretsAsync(path, lease, e, cancellationToken);
            return false;
        }
        catch (Exception e)
        {
            await RetryAsync(path, lease, e, cancellationToken);
            return false;
        }

        if (committed is not null)
        {
            await dispatcher.DispatchAsync(committed.Campaign, committed.WorkItem, cancellationToken);
        }

        return await FindAsync(path, cancellationToken) is { } latest && latest.ETag != file.ETag;
    }

    /// <summary>Rejects a file that will not become a campaign however often it is read. False if it may.</summary>
    private async Task<bool> RejectPoisonFileAsync(string path, BlobProperties file, FileLease lease, CancellationToken cancellationToken)
    {
        string? reason = null,
            advice = null;
        if (file.BlobType == BlobType.Append)
        {
            (reason, advice) = (
                "This file is an append blob, which may still grow at any time, so it is never known to be whole.",
                "upload it as a block blob, as every ordinary upload does."
            );
        }
        else if (lease.File.Failures >= MaxFailures)
        {
            (reason, advice) = (
                $"Reading this file was begun {lease.File.Failures} times and never came to an end, for a reason that is not in its "
                    + $"content as a campaign: it took longer than the app may run, ended its process, or failed as the app's log says.",
                "split it, or have that fixed, and drop it again under another name."
            );
        }
        else if (lease.File.Overwrites >= MaxFailures)
        {
            (reason, advice) = (
                $"This file was overwritten while it was being read, {lease.File.Overwrites} times in a row, so it is not known to be "
                    + $"whole.",
                "write it under another name elsewhere and copy it here when it is complete."
            );
        }
        else if (lease.File.TroubleSince is { } since && time.GetUtcNow() - since >= options.GiveUpAfter)
        {
            (reason, advice) = (
                $"Storage has kept this file from being read since {since:u}; the app's log has its answers.",
                "drop it again once that is fixed."
            );
        }

        if (reason is null)
        {
            return false;
        }
        // Nobody has read it, so it may be what was submitted before.
        var earlier = await reports.OfEarlierUploadsAsync(path, cancellationToken);
        var plan = Plan.Reject(
            lease.File.PlanId,
            $"{campaigns.Name}/{path}",
            $"{reason} {earlier ?? $"Nothing of it was submitted: {advice}"}"
        );
        await RejectAsync(path, plan, lease, cancellationToken, mayBeSubmitted: earlier is not null);
        return true;
    }

    /// <summary>Rejects a file that no client can read by its name. It is known from listings only.</summary>
    private async Task RejectUnreadableAsync(string path, CancellationToken cancellationToken)
    {
        var known = await ledger.FindFileAsync(path, cancellationToken);
        var reading = known?.State == FileState.Reading ? known.BlobETag : null;
        if ((await FindListedETagAsync(path, cancellationToken) ?? reading) is not { } etag)
        {
            return;
        }

        if (known?.BlobETag == etag && known.State != FileState.Reading)
        {
            processed.Add(path, etag);
            return;
        }

        var now = time.GetUtcNow();
        if (await ledger.TryLeaseFileAsync(path, etag, known, now, now + options.LeaseDuration, cancellationToken) is not { } lease)
        {
            return;
        }

        try
        {
            await RejectAsync(
                path,
                Plan.Reject(
                    lease.File.PlanId,
                    $"{campaigns.Name}/{path}",
                    "This file cannot be read under its name: clients of storage take one with '.' or '..' between slashes, or with a "
                        + "slash at either end, for another. Nothing of it was submitted: drop it under another name."
                ),
                lease,
                cancellationToken
            );
        }
        catch (LeaseLostException)
        {
            log.FileTakenOver(path);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            await RetryAsync(path, lease, e, cancellationToken);
        }
    }

    /// <summary>The ETag of a file as its listing has it; null if there is none of exactly this name.</summary>
    private async Task<string?> FindListedETagAsync(string path, CancellationToken cancellationToken)
    {
        var listing = campaigns.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata, Prefix = path }, cancellationToken);
        // The name itself comes before all longer ones.
        await foreach (var listed in listing)
        {
            return listed.Name == path && !FolderMarkers.IsFolder(path, listed.Properties.ContentLength, listed.Metadata)
                ? listed.Properties.ETag.ToString()
                : null;
        }

        return null;
    }

    /// <summary>
    /// The file was overwritten or deleted while it was read: it is looked at again, at once at first, and then less and less often.
    /// </summary>
    private async Task<bool> RescheduleChangedFileAsync(string path, FileLease lease, CancellationToken cancellationToken)
    {
        var overwrites = lease.File.Overwrites + 1;
        var due = time.GetUtcNow();
        if (overwrites > 2)
        {
            due += backoff.After(overwrites - 2);
        }

        log.FileChanged(path, due);
        return await ledger.RescheduleFileAsync(
                lease,
                lease.File with
                {
                    Overwrites = overwrites,
                },
                due,
                lease.WorkItem.DeferredSince,
                cancellationToken
            )
            && overwrites <= 2;
    }

    /// <summary>The account's secrets, which this file needs, are not known: it is read again later.</summary>
    private async Task WaitForSecretsAsync(
        string path,
        FileLease lease,
        SecretsUnavailableException failure,
        CancellationToken cancellationToken
    )
    {
        // Nobody can say when they come, and none of it is the file's fault: it waits, as long again as it has waited. It was
        // read to its end, so whatever trouble storage made before is over.
        var now = time.GetUtcNow();
        var since = lease.WorkItem.DeferredSince ?? now;
        var waited = now - since;
        var due =
            now
            + (
                waited < options.InitialDelay ? options.InitialDelay
                : waited < options.HoldDuration ? waited
                : options.HoldDuration
            );
        log.FileWaitsForSecrets(path, due, LogText.FirstLine(failure));
        await ledger.RescheduleFileAsync(
            lease,
            lease.File with
            {
                Failures = Math.Max(0, lease.File.Failures - 1),
                TroubleSince = null,
            },
            due,
            since,
            cancellationToken
        );
    }

    private async Task RetryAsync(string path, FileLease lease, Exception failure, CancellationToken cancellationToken)
    {
        // Trouble that storage answers with is no failure of the file: it is tried for hours, as a task is. A read that takes longer
        // than the client waits may be the file's own: it counts.
        var now = time.GetUtcNow();
        var file =
            StorageFailure.Is(failure) && !StorageFailure.IsTimeout(failure)
                ? lease.File with
                {
                    TroubleSince = lease.File.TroubleSince ?? now,
                    Failures = Math.Max(0, lease.File.Failures - 1),
                }
                : lease.File;
        var tries = file.TroubleSince is { } since ? 1 + (int)((now - since) / options.InitialDelay) : file.Failures + 1;
        var due = now + backoff.After(tries);
        log.FileFailed(path, due, LogText.FirstLine(failure));
        log.Details(failure);
        if (!await ledger.RescheduleFileAsync(lease, file, due, lease.WorkItem.DeferredSince, cancellationToken))
        {
            log.FileTakenOver(path);
        }
    }

    /// <summary>Reads the file and commits what it holds; null if it is dealt with otherwise.</summary>
    private async Task<CommitOutcome.Committed?> ReadAndCommitAsync(
        string path,
        BlobProperties file,
        FileLease lease,
        IDisposable? turn,
        DateTimeOffset receivedAt,
        CancellationToken cancellationToken
    )
    {
        var source = $"{campaigns.Name}/{path}";
        var plan = await PlanAsync(path, source, file, lease, cancellationToken);
        turn?.Dispose();

        if (await committer.FindSameAsync(source, plan.ContentHash, cancellationToken) is { } before)
        {
            log.FileIsRepeated(path, before.TaskName);
            await plans.DiscardAsync(plan.PlanId, cancellationToken);
            await RestoreReportAsync(before, lease, cancellationToken);
            return null;
        }

        if (plan.IsRejected)
        {
            await RejectAsync(path, plan, lease, cancellationToken);
            return null;
        }

        // Whoever has replaced the list by now does not want this one called.
        if ((await FindAsync(path, cancellationToken))?.ETag != file.ETag)
        {
            throw new FileChangedException();
        }

        switch (await committer.CommitAsync(plan, path, source, lease, receivedAt, cancellationToken))
        {
            case CommitOutcome.Committed committed:
                processed.Add(path, lease.File.BlobETag);
                log.FileCommitted(path, plan.TaskName, plan.Counts.Valid, plan.Tasks.Count);
                return committed;
            case CommitOutcome.TakenOver:
                return null;
            case CommitOutcome.SameContent same:
                await CloseAsDuplicateAsync(plan, same.Campaign, lease, cancellationToken);
                return null;
            case CommitOutcome.NameTaken taken:
                await RejectAsync(path, plan.WithError("taskName", taken.Message), lease, cancellationToken, mayBeSubmitted: true);
                return null;
            case CommitOutcome.Outdated:
                throw new FileChangedException(); // not the file, but what it is to be read with
            default:
                throw new LeaseLostException();
        }
    }

    /// <summary>This file became the campaign before, so its report is that campaign's again.</summary>
    private async Task RestoreReportAsync(CampaignRow campaign, FileLease lease, CancellationToken cancellationToken)
    {
        // The place of the report first, so that a crash before the report is written leaves the file to be read again.
        if (!await ledger.SetFileCampaignAsync(lease, campaign.TaskName, cancellationToken))
        {
            return;
        }

        await reports.WriteAsync(campaign, cancellationToken);
        await reports.RemoveSupersededAsync(campaign, cancellationToken);
        await CloseAsync(lease, FileState.Planned, campaign.TaskName, cancellationToken);
    }

    /// <summary>Another file, or a request, with the same content became the campaign before.</summary>
    private async Task CloseAsDuplicateAsync(Plan plan, CampaignRow original, FileLease lease, CancellationToken cancellationToken)
    {
        var report = ReportBuilder.OfDuplicate(plan, original);
        await reports.WriteAsync(lease, plan with { HasRejectedFile = false }, _ => report, cancellationToken);
        await plans.DiscardAsync(plan.PlanId, cancellationToken);
        if (await CloseAsync(lease, FileState.Planned, null, cancellationToken))
        {
            CampaignTelemetry.CountSettled(report);
        }
    }

    /// <summary>The version is dealt with. False if the lease was lost.</summary>
    private async Task<bool> CloseAsync(FileLease lease, FileState state, string? campaign, CancellationToken cancellationToken)
    {
        var closed = await ledger.CompleteFileAsync(lease, state, campaign, cancellationToken);
        if (closed)
        {
            processed.Add(lease.File.Path, lease.File.BlobETag);
        }

        return closed;
    }

    private async Task<Plan> PlanAsync(
        string path,
        string source,
        BlobProperties file,
        FileLease lease,
        CancellationToken cancellationToken
    )
    {
        var folder = path.Contains('/') ? path[..path.LastIndexOf('/')] : null;
        var name = path[(path.LastIndexOf('/') + 1)..];
        var download = await campaigns
            .GetBlobClient(path)
            .DownloadStreamingAsync(new BlobDownloadOptions { Conditions = ETags.StillAs(file.ETag) }, cancellationToken);
        await using var content = download.Value.Content;
        using var planning = CampaignTelemetry.StartPlan();
        return await planner.PlanAsync(
            new PlanRequest(lease.File.PlanId, name, source, folder ?? ProfileReader.Default, file.LastModified)
            {
                OnProgress = c => RenewAsync(lease, c),
                WasSubmitted = async hash => await committer.FindSameAsync(source, hash, cancellationToken) is not null,
                FindFamily = name => committer.FindFamilyAsync(name, cancellationToken),
            },
            content,
            cancellationToken
        );
    }

    private async ValueTask RenewAsync(FileLease lease, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (lease.WorkItem.DueAt - now > options.LeaseDuration / 2)
        {
            return;
        }

        if (!await ledger.TryRenewLeaseAsync(lease, now + options.LeaseDuration, cancellationToken))
        {
            throw new LeaseLostException();
        }
    }

    private async Task RejectAsync(
        string path,
        Plan plan,
        FileLease lease,
        CancellationToken cancellationToken,
        bool mayBeSubmitted = false
    )
    {
        log.FileRejected(path, LogText.Mask(plan.Errors[0].Message), plan.ErrorCount);
        await reports.WriteAsync(lease, plan, rejected => ReportBuilder.OfRejected(plan, rejected, mayBeSubmitted), cancellationToken);
        await plans.DiscardAsync(plan.PlanId, cancellationToken);
        if (await CloseAsync(lease, FileState.Rejected, null, cancellationToken))
        {
            CampaignTelemetry.CountSettled(ReportBuilder.OfRejected(plan, null));
        }
    }

    private Task<BlobProperties?> FindAsync(string path, CancellationToken cancellationToken) =>
        campaigns.GetBlobClient(path).FindPropertiesAsync(cancellationToken);

    private static bool IsChangeOfFile(Exception e) =>
        e is FileChangedException
        || (
            e is RequestFailedException failure
            && (failure.ErrorCode == BlobErrorCode.ConditionNotMet || failure.ErrorCode == BlobErrorCode.BlobNotFound)
        );
}
