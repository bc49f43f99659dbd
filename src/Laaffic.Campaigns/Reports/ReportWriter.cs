using System.Text.Encodings.Web;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Sources;

namespace Laaffic.Campaigns.Reports;

/// <summary>
/// Writes what users read. A report can always be made again from the ledger and the plan, so a crash loses nothing, and
/// a write that was overtaken is repeated with what the ledger says by then.
/// </summary>
internal sealed class ReportWriter(
    CampaignLedger ledger, BlobContainerClient plans, BlobContainerClient results, TimeProvider time)
{
    private const string OwnerKey = "campaign";

    private static readonly ReportJson Json = new(new JsonSerializerOptions(ReportJson.Default.Options)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // task names and texts are to be read by people
    });

    /// <summary>The report of a committed campaign, as the ledger has it now.</summary>
    public async Task<(CampaignReport Report, IReadOnlyList<TaskRow> Tasks)> ReadAsync(CampaignRow campaign, CancellationToken ct)
    {
        var plan = await PlanOfAsync(campaign, ct);
        return await ReadAsync(campaign, plan, await PlaceOfAsync(campaign, ct), ct);
    }

    /// <summary>Writes the report of a committed campaign, and its rejected callees if that is not done yet.</summary>
    public async Task<(CampaignReport Report, IReadOnlyList<TaskRow> Tasks)> WriteAsync(CampaignRow campaign, CancellationToken ct)
    {
        var plan = await PlanOfAsync(campaign, ct);
        var owner = CampaignLedger.CampaignKey(campaign.TaskName)[2..];
        var place = campaign.Path ?? await PlaceOfAsync(campaign, ct);
        while (true)
        {
            // What stands there is read before the ledger: so the last write that succeeds has seen the last change.
            var standing = await FindAsync(place, owner, ct);
            var now = await PlaceOfAsync(campaign, ct);
            if (now != place)
            {
                place = now;
                continue;
            }

            var (report, tasks) = await ReadAsync(campaign, plan, place, ct);
            if (await TryWriteAsync(standing, report, plan, owner, ct)) return (report, tasks);
        }
    }

    /// <summary>Writes the report of a file of which nothing was submitted.</summary>
    /// <exception cref="ClaimLostException">Another reader has the file now, and the report is its business.</exception>
    public async Task WriteAsync(SourceClaim claim, Plan plan, Func<string?, CampaignReport> report, CancellationToken ct)
    {
        var path = claim.Source.Path;
        while (true)
        {
            var standing = await FindAsync(path, owner: null, ct);
            if (!await ledger.IsHeldAsync(claim, ct)) throw new ClaimLostException();
            var content = report(plan.HasRejectedFile ? $"{results.Name}/{RejectedName(path)}" : null);
            if (await TryWriteAsync(standing, content, plan, owner: null, ct)) return;
        }
    }

    private async Task<(CampaignReport, IReadOnlyList<TaskRow>)> ReadAsync(CampaignRow campaign, Plan plan, string place, CancellationToken ct)
    {
        var tasks = await ledger.TasksAsync(campaign.PlanId, ct);
        var gate = tasks.All(t => t.IsSettled) ? null : await ledger.FindGateAsync(ct);
        var rejected = plan.HasRejectedFile ? RejectedName(place) : null;
        return (ReportBuilder.Of(campaign, plan, tasks, gate, time.GetUtcNow(), rejected is null ? null : $"{results.Name}/{rejected}"), tasks);
    }

    // Old plans are deleted, as they stand beside phone numbers; what the ledger knows of a campaign outlives them.
    private async Task<Plan> PlanOfAsync(CampaignRow campaign, CancellationToken ct) =>
        await Plan.LoadAsync(plans, campaign.PlanId, ct) ?? new Plan
        {
            PlanId = campaign.PlanId,
            Source = campaign.Source,
            TaskName = campaign.TaskName,
            ContentHash = campaign.ContentHash,
            Counts = new(campaign.Read, campaign.Read - campaign.Duplicate - campaign.Rejected, campaign.Duplicate, campaign.Rejected),
        };

    /// <summary>
    /// Removes what was written aside while a new upload of the file was read, which turned out to be the same content.
    /// </summary>
    public async Task RemoveSupersededAsync(CampaignRow campaign, CancellationToken ct)
    {
        var place = SupersededPlaceOf(campaign);
        await results.GetBlobClient(ReportName(place)).DeleteIfExistsAsync(cancellationToken: ct);
        await results.GetBlobClient(RejectedName(place)).DeleteIfExistsAsync(cancellationToken: ct);
    }

    // A file's report stands beside its path until a later version of the file takes that place.
    private async Task<string> PlaceOfAsync(CampaignRow campaign, CancellationToken ct)
    {
        if (campaign.Path is null) return "_api/" + BlobNames.Safe(campaign.TaskName);
        var source = await ledger.FindSourceAsync(campaign.Path, ct);
        return source?.Campaign == campaign.TaskName ? campaign.Path : SupersededPlaceOf(campaign);
    }

    private static string SupersededPlaceOf(CampaignRow campaign) =>
        Superseded(campaign.Path!, CampaignLedger.CampaignKey(campaign.TaskName)[2..]);

    /// <summary>Replaces what stands at a place. False if it is not what it was any more.</summary>
    private async Task<bool> TryWriteAsync(Standing standing, CampaignReport report, Plan plan, string? owner, CancellationToken ct)
    {
        try
        {
            if (!standing.IsOwn)
            {
                if (standing.Owner is { } before) await MoveAsync(standing, Superseded(standing.Place, before), ct);
                await ReplaceRejectedAsync(standing, plan, ct);
            }

            await results.GetBlobClient(ReportName(standing.Place)).UploadAsync(
                BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(report, Json.CampaignReport)),
                new BlobUploadOptions
                {
                    Conditions = StillAs(standing.Report),
                    HttpHeaders = new() { ContentType = "application/json; charset=utf-8" },
                    Metadata = owner is null ? null : new Dictionary<string, string> { [OwnerKey] = owner },
                },
                ct);
            return true;
        }
        catch (RequestFailedException e) when (IsChange(e))
        {
            return false;
        }
    }

    private async Task MoveAsync(Standing standing, string to, CancellationToken ct)
    {
        foreach (var (name, etag) in ((Func<string, string>, ETag?)[])[(ReportName, standing.Report), (RejectedName, standing.Rejected)])
        {
            var target = results.GetBlobClient(name(to));
            // What stands there already is newer: its campaign has written it there itself.
            if (etag is null || await target.ExistsAsync(ct)) continue;
            try
            {
                await CopyAsync(results.GetBlobClient(name(standing.Place)), etag, target, StillAs(null), ct);
            }
            catch (RequestFailedException e) when (IsChange(e) && e.ErrorCode == BlobErrorCode.BlobAlreadyExists)
            {
            }
        }
    }

    private async Task ReplaceRejectedAsync(Standing standing, Plan plan, CancellationToken ct)
    {
        var target = results.GetBlobClient(RejectedName(standing.Place));
        if (plan.HasRejectedFile)
            await CopyAsync(plans.GetBlobClient(Plan.RejectedBlobNameOf(plan.PlanId)), null, target, StillAs(standing.Rejected), ct);
        else if (standing.Rejected is not null)
            await target.DeleteIfExistsAsync(conditions: StillAs(standing.Rejected), cancellationToken: ct);
    }

    private static async Task CopyAsync(BlobClient from, ETag? still, BlobClient to, BlobRequestConditions conditions, CancellationToken ct)
    {
        var content = await from.DownloadStreamingAsync(
            still is null ? null : new BlobDownloadOptions { Conditions = StillAs(still) }, ct);
        await using var stream = content.Value.Content;
        await to.UploadAsync(stream, new BlobUploadOptions
        {
            Conditions = conditions,
            HttpHeaders = new() { ContentType = content.Value.Details.ContentType },
            Metadata = content.Value.Details.Metadata,
        }, ct);
    }

    private async Task<Standing> FindAsync(string place, string? owner, CancellationToken ct)
    {
        var report = await FindAsync(ReportName(place), ct);
        string? before = null;
        report?.Metadata.TryGetValue(OwnerKey, out before);
        var isOwn = before is not null && before == owner;
        // The list of rejected callees comes with the first report and never changes.
        return new(place, report?.ETag, before, isOwn, isOwn ? null : (await FindAsync(RejectedName(place), ct))?.ETag);
    }

    private async Task<BlobProperties?> FindAsync(string name, CancellationToken ct)
    {
        try
        {
            return await results.GetBlobClient(name).GetPropertiesAsync(cancellationToken: ct);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private static BlobRequestConditions StillAs(ETag? etag) => etag is null ? new() { IfNoneMatch = ETag.All } : new() { IfMatch = etag };

    private static bool IsChange(RequestFailedException e) => e.Status is 409 or 412;

    private static string Superseded(string path, string owner) => $"{path}.{owner[..8]}";

    private static string ReportName(string place) => BlobNames.Short(place) + ".report.json";

    private static string RejectedName(string place) => BlobNames.Short(place) + ".rejected.csv";

    /// <summary>What stands at a place: the report, whose it is, and the list of rejected callees unless the report is one's own.</summary>
    private sealed record Standing(string Place, ETag? Report, string? Owner, bool IsOwn, ETag? Rejected);
}
