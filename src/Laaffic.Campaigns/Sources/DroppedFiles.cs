using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Submission;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Sources;

/// <summary>From a file in the container <c>campaigns</c> to a committed campaign or a report that says why not.</summary>
internal sealed class DroppedFiles(
    BlobContainerClient campaigns,
    CampaignLedger ledger,
    PlanMaker plans,
    CampaignCommitter committer,
    CampaignWorker worker,
    ReportWriter reports,
    HandledFiles handled,
    CampaignOptions options,
    TimeProvider time,
    ILogger<DroppedFiles> log)
{
    /// <summary>Failures for reasons outside the file after which it is rejected rather than tried for ever.</summary>
    private const int MaxFailures = 5;

    /// <summary>Bytes from which on one file at a time is read: memory grows with the numbers in it.</summary>
    private const long Large = 32 * 1024 * 1024;

    private static readonly SemaphoreSlim LargeFile = new(1); // the memory is the process's

    /// <summary>
    /// Deals with the file at this path if its present version was not dealt with before. Safe to call for any hint, as
    /// often as it comes.
    /// </summary>
    public async Task TakeUpAsync(string path, CancellationToken ct)
    {
        // Once more when the file was overwritten meanwhile: that event may have found it being read, and left.
        while (await TakeUpVersionAsync(path, ct))
        {
        }
    }

    private async Task<bool> TakeUpVersionAsync(string path, CancellationToken ct)
    {
        var known = await ledger.FindSourceAsync(path, ct);
        var file = await FindAsync(path, ct);
        if (file is null && known?.State != SourceState.Reading) return false;
        if (file is not null && IsFolder(file)) return false;
        var etag = file?.ETag.ToString() ?? known!.BlobETag;
        if (known?.BlobETag == etag && known.State != SourceState.Reading)
        {
            handled.Note(path, etag);
            return false;
        }

        var now = time.GetUtcNow();
        var claim = await ledger.ClaimSourceAsync(path, etag, known, now, now + options.LeaseDuration, ct);
        if (claim is null) return false;
        if (claim.AbandonedPlan is { } abandoned) await plans.DiscardAsync(abandoned, ct);
        if (file is null)
        {
            log.LogWarning("The file {Path} was deleted before it was read; nothing of it is submitted.", path);
            await CloseAsync(claim, SourceState.Rejected, null, ct);
            return false;
        }

        using var span = CampaignTelemetry.StartCampaign($"{campaigns.Name}/{path}");
        CommitOutcome.Committed? committed;
        try
        {
            committed = await ReadAsync(path, file, claim, ct);
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412 && e.ErrorCode is "ConditionNotMet" or "BlobNotFound")
        {
            await ledger.TryReserveAsync(claim.Open, time.GetUtcNow(), ct); // overwritten or deleted while it was read
            return true;
        }
        catch (ClaimLostException)
        {
            log.LogWarning("Reading {Path} took longer than its lease; another instance reads it now.", path);
            return false;
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            await ledger.TryReserveAsync(claim.Open, time.GetUtcNow(), CancellationToken.None);
            throw;
        }
        catch (SecretsUnavailableException e)
        {
            // Nobody can say when they come, and none of it is the file's fault: it waits, as long again as it has waited.
            var failedAt = time.GetUtcNow();
            claim.Open.DeferredSince ??= failedAt;
            var waited = failedAt - claim.Open.DeferredSince.Value;
            var again = failedAt + (waited < options.InitialDelay ? options.InitialDelay : waited < options.HoldDuration ? waited : options.HoldDuration);
            log.LogError("{Path} waits until {Until:u}: {Failure}", path, again, e.Message);
            await ledger.TryReserveAsync(claim.Open, again, ct);
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Reading {Path} failed.", path);
            try
            {
                await RetryOrRejectAsync(path, claim, ct);
            }
            catch (ClaimLostException)
            {
                log.LogWarning("Another instance reads {Path} now.", path);
            }

            return false;
        }

        if (committed is not null) await worker.WorkAsync(committed.Campaign, committed.Open, ct);
        return await FindAsync(path, ct) is { } latest && latest.ETag != file.ETag;
    }

    private async Task<CommitOutcome.Committed?> ReadAsync(string path, BlobProperties file, SourceClaim claim, CancellationToken ct)
    {
        var source = $"{campaigns.Name}/{path}";
        var plan = await PlanInTurnAsync(path, source, file, claim, ct);
        if (await committer.FindSameAsync(source, plan.ContentHash, ct) is { } before)
        {
            log.LogInformation("{Path} has the content of an earlier upload, campaign {Campaign}: nothing to do.", path, before.TaskName);
            await plans.DiscardAsync(plan.PlanId, ct);
            // The place of the report first, so that a crash before the report is written leaves the file to be read again.
            if (!await ledger.NameSourceAsync(claim, before.TaskName, ct)) return null;
            await reports.WriteAsync(before, ct);
            await reports.RemoveSupersededAsync(before, ct);
            await CloseAsync(claim, SourceState.Planned, before.TaskName, ct);
            return null;
        }

        if (plan.IsRejected)
        {
            await RejectAsync(path, plan, claim, ct);
            return null;
        }

        switch (await committer.CommitAsync(plan, path, source, claim, ct))
        {
            case CommitOutcome.Committed committed:
                handled.Note(path, claim.Source.BlobETag);
                log.LogInformation("{Path} is committed as campaign {Campaign}: {Callees} callees in {Tasks} tasks.", path, plan.TaskName, plan.Counts.Valid, plan.Tasks.Count);
                return committed;
            case CommitOutcome.TakenOver:
                return null;
            case CommitOutcome.SameContent same:
                await reports.WriteAsync(claim, plan with { HasRejectedFile = false }, _ => ReportBuilder.OfDuplicate(plan, same.Campaign), ct);
                await plans.DiscardAsync(plan.PlanId, ct);
                if (await CloseAsync(claim, SourceState.Planned, null, ct)) CampaignTelemetry.CountSettled(ReportBuilder.OfDuplicate(plan, same.Campaign));
                return null;
            case CommitOutcome.NameTaken taken:
                await RejectAsync(path, plan.WithError("taskName", taken.Message), claim, ct);
                return null;
            default:
                throw new ClaimLostException();
        }
    }

    /// <summary>The version is dealt with. False if the claim was lost.</summary>
    private async Task<bool> CloseAsync(SourceClaim claim, SourceState state, string? campaign, CancellationToken ct)
    {
        var closed = await ledger.CloseSourceAsync(claim, state, campaign, ct);
        if (closed) handled.Note(claim.Source.Path, claim.Source.BlobETag);
        return closed;
    }

    private async Task<Plan> PlanInTurnAsync(string path, string source, BlobProperties file, SourceClaim claim, CancellationToken ct)
    {
        if (file.ContentLength < Large) return await PlanAsync(path, source, file, claim, ct);
        await LargeFile.WaitAsync(ct);
        try
        {
            return await PlanAsync(path, source, file, claim, ct);
        }
        finally
        {
            LargeFile.Release();
        }
    }

    private async Task<Plan> PlanAsync(string path, string source, BlobProperties file, SourceClaim claim, CancellationToken ct)
    {
        var folder = path.Contains('/') ? path[..path.LastIndexOf('/')] : null;
        var name = path[(path.LastIndexOf('/') + 1)..];
        var format = Path.GetExtension(name).ToUpperInvariant() switch
        {
            ".JSON" => CampaignFormat.Json,
            ".CSV" => CampaignFormat.Csv,
            _ => (CampaignFormat?)null,
        };
        if (format is null)
        {
            return Plan.Reject(claim.Source.PlanId, source,
                $"'{name}' is neither a .json nor a .csv file. Save the list as CSV (UTF-8) or as a JSON campaign and drop it under a name with that ending.");
        }

        var download = await campaigns.GetBlobClient(path).DownloadStreamingAsync(
            new BlobDownloadOptions { Conditions = new() { IfMatch = file.ETag } }, ct);
        await using var content = download.Value.Content;
        return await plans.MakeAsync(
            new PlanRequest(
                claim.Source.PlanId,
                format.Value,
                source,
                format == CampaignFormat.Csv ? folder ?? "default" : null,
                Path.GetFileNameWithoutExtension(name),
                file.LastModified,
                c => RenewAsync(claim, c)),
            content,
            ct);
    }

    private async ValueTask RenewAsync(SourceClaim claim, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (claim.Open.DueAt - now > options.LeaseDuration / 2) return;
        if (!await ledger.TryReserveAsync(claim.Open, now + options.LeaseDuration, ct)) throw new ClaimLostException();
    }

    private async Task RejectAsync(string path, Plan plan, SourceClaim claim, CancellationToken ct)
    {
        log.LogError("{Path} is rejected, nothing of it is submitted: {Error} ({Count} errors)", path, CampaignTelemetry.Mask(plan.Errors[0].Message), plan.ErrorCount);
        await reports.WriteAsync(claim, plan, rejected => ReportBuilder.OfRejected(plan, rejected), ct);
        await plans.DiscardAsync(plan.PlanId, ct);
        if (await CloseAsync(claim, SourceState.Rejected, null, ct)) CampaignTelemetry.CountSettled(ReportBuilder.OfRejected(plan, null));
    }

    private async Task RetryOrRejectAsync(string path, SourceClaim claim, CancellationToken ct)
    {
        var again = time.GetUtcNow() + Backoff.After(claim.Source.Failures + 1, options.InitialDelay, options.MaxDelay);
        if (await ledger.RetrySourceAsync(claim, again, ct) && claim.Source.Failures >= MaxFailures)
        {
            await RejectAsync(path, Plan.Reject(claim.Source.PlanId, $"{campaigns.Name}/{path}",
                $"Reading this file failed {MaxFailures} times for a reason that is not in its content; the app's log has it. Nothing of it was submitted: drop it again once that is mended."), claim, ct);
        }
    }

    private async Task<BlobProperties?> FindAsync(string path, CancellationToken ct)
    {
        try
        {
            return await campaigns.GetBlobClient(path).GetPropertiesAsync(cancellationToken: ct);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    // Storage accounts with a hierarchical namespace keep folders as empty blobs.
    private static bool IsFolder(BlobProperties file) => file.Metadata.TryGetValue("hdi_isfolder", out var folder) && folder == "true";
}

/// <summary>Another worker has taken the file over.</summary>
internal sealed class ClaimLostException : Exception;
