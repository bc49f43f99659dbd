using System.Text.Encodings.Web;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;

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
        return await ReadAsync(campaign, plan, (await PlaceOfAsync(campaign, ct)).Place, ct);
    }

    /// <summary>Writes the report of a committed campaign, and its rejected callees if that is not done yet.</summary>
    public async Task<(CampaignReport Report, IReadOnlyList<TaskRow> Tasks)> WriteAsync(CampaignRow campaign, CancellationToken ct)
    {
        var plan = await PlanOfAsync(campaign, ct);
        var owner = CampaignLedger.CampaignKey(campaign.TaskName)[2..];
        while (true)
        {
            // The report's ETag is read before the ledger: so the last write that succeeds has seen the last change.
            var (place, existing) = await PlaceOfAsync(campaign, ct);
            var (report, tasks) = await ReadAsync(campaign, plan, place, ct);
            if (await TryWriteAsync(place, existing, report, plan, owner, ct)) return (report, tasks);
        }
    }

    /// <summary>Writes the report of a file of which nothing was submitted.</summary>
    public async Task WriteAsync(string path, Plan plan, Func<string?, CampaignReport> report, CancellationToken ct)
    {
        while (true)
        {
            var existing = await FindAsync(path, ct);
            var content = report(plan.HasRejectedFile ? $"{results.Name}/{RejectedName(path)}" : null);
            if (await TryWriteAsync(path, existing, content, plan, owner: null, ct)) return;
        }
    }

    private async Task<(CampaignReport, IReadOnlyList<TaskRow>)> ReadAsync(CampaignRow campaign, Plan plan, string place, CancellationToken ct)
    {
        var tasks = await ledger.TasksAsync(campaign.PlanId, ct);
        var hold = tasks.All(t => t.IsSettled) ? null : await ledger.FindHoldAsync(ct);
        var rejected = plan.HasRejectedFile ? RejectedName(place) : null;
        return (ReportBuilder.Of(campaign, plan, tasks, hold, time.GetUtcNow(), rejected is null ? null : $"{results.Name}/{rejected}"), tasks);
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

    // A file's report stands beside its path until a later version of the file takes that place. What stands there is looked
    // at before the ledger is asked whose place it is: so a write to a place that was taken meanwhile fails.
    private async Task<(string Place, BlobProperties? Existing)> PlaceOfAsync(CampaignRow campaign, CancellationToken ct)
    {
        var place = campaign.Path ?? "_api/" + BlobNames.Safe(campaign.TaskName);
        var existing = await FindAsync(place, ct);
        if (campaign.Path is null || (await ledger.FindSourceAsync(campaign.Path, ct))?.Campaign == campaign.TaskName) return (place, existing);
        place = SupersededPlaceOf(campaign);
        return (place, await FindAsync(place, ct));
    }

    private static string SupersededPlaceOf(CampaignRow campaign) =>
        Superseded(campaign.Path!, CampaignLedger.CampaignKey(campaign.TaskName)[2..]);

    private async Task<bool> TryWriteAsync(
        string place, BlobProperties? existing, CampaignReport report, Plan plan, string? owner, CancellationToken ct)
    {
        string? before = null;
        existing?.Metadata.TryGetValue(OwnerKey, out before);
        if (before is not null && before != owner) await MoveAsync(place, Superseded(place, before), ct);
        if (existing is null || before is null || before != owner) await CopyRejectedAsync(plan, place, ct);

        try
        {
            await results.GetBlobClient(ReportName(place)).UploadAsync(
                BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(report, Json.CampaignReport)),
                new BlobUploadOptions
                {
                    Conditions = existing is null ? new() { IfNoneMatch = ETag.All } : new() { IfMatch = existing.ETag },
                    HttpHeaders = new() { ContentType = "application/json; charset=utf-8" },
                    Metadata = owner is null ? null : new Dictionary<string, string> { [OwnerKey] = owner },
                },
                ct);
            return true;
        }
        catch (RequestFailedException e) when (e.Status is 409 or 412)
        {
            return false;
        }
    }

    private async Task MoveAsync(string from, string to, CancellationToken ct)
    {
        foreach (var name in (Func<string, string>[])[ReportName, RejectedName])
        {
            var source = results.GetBlobClient(name(from));
            var target = results.GetBlobClient(name(to));
            // What stands there already is newer: its campaign has written it there itself.
            if (await source.ExistsAsync(ct) && !await target.ExistsAsync(ct)) await CopyAsync(source, target, ct);
        }
    }

    private async Task CopyRejectedAsync(Plan plan, string place, CancellationToken ct)
    {
        var target = results.GetBlobClient(RejectedName(place));
        if (plan.HasRejectedFile) await CopyAsync(plans.GetBlobClient(Plan.RejectedBlobNameOf(plan.PlanId)), target, ct);
        else await target.DeleteIfExistsAsync(cancellationToken: ct);
    }

    private static async Task CopyAsync(BlobClient from, BlobClient to, CancellationToken ct)
    {
        var content = await from.DownloadStreamingAsync(cancellationToken: ct);
        await using var stream = content.Value.Content;
        await to.UploadAsync(stream, new BlobUploadOptions
        {
            HttpHeaders = new() { ContentType = content.Value.Details.ContentType },
            Metadata = content.Value.Details.Metadata,
        }, ct);
    }

    private async Task<BlobProperties?> FindAsync(string place, CancellationToken ct)
    {
        try
        {
            return await results.GetBlobClient(ReportName(place)).GetPropertiesAsync(cancellationToken: ct);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }

    private static string Superseded(string path, string owner) => $"{path}.{owner[..8]}";

    private static string ReportName(string place) => place + ".report.json";

    private static string RejectedName(string place) => place + ".rejected.csv";
}
