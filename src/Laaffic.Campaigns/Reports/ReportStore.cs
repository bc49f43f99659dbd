using System.Text.Encodings.Web;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns.Reports;

/// <summary>
/// The reports in the container <c>results</c>, and the lists of rejected callees beside them. A report is replaced only as it
/// was found, and one of another campaign moves to a place of its own first.
/// </summary>
internal sealed class ReportStore(PlanStore plans, [FromKeyedServices(Containers.Results)] BlobContainerClient results)
{
    private const string OwnerKey = "campaign";

    /// <summary>Of a report that is no campaign's: as which campaign the file's content, or the file before it, was submitted.</summary>
    private const string SubmittedAsKey = "submittedas";
    private const string HasFilesKey = "notsubmitted";

    /// <summary>A long place is cut to make the names of what lies there; so much of it is in all of them.</summary>
    private const int MaxPrefix = 900;

    private static readonly ReportJson Json = new(
        new JsonSerializerOptions(ReportJson.Default.Options)
        {
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // task names and texts are to be read by people
        }
    );

    /// <summary>What stands at a place.</summary>
    /// <param name="place">The place.</param>
    /// <param name="owner">Whose report is one's own; null if none is.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async Task<ExistingReport> FindAsync(string place, string? owner, CancellationToken cancellationToken)
    {
        var report = await FindAsync(BlobNames.Report(place), cancellationToken);
        string? before = null,
            original = null;
        report?.Metadata.TryGetValue(OwnerKey, out before);
        report?.Metadata.TryGetValue(SubmittedAsKey, out original);
        var isOwn = before is not null && before == owner;
        // The list of rejected callees comes with the first report and never changes.
        return new(
            place,
            report?.ETag,
            before,
            original,
            isOwn,
            report?.Metadata.ContainsKey(HasFilesKey) == true,
            isOwn ? null : (await FindAsync(BlobNames.Rejected(place), cancellationToken))?.ETag
        );
    }

    /// <summary>The campaign whose report stands at a place; null if there is none, or it is no campaign's.</summary>
    public async Task<string?> FindOwnerAsync(string place, CancellationToken cancellationToken) =>
        (await FindAsync(BlobNames.Report(place), cancellationToken))?.Metadata.TryGetValue(OwnerKey, out var owner) == true ? owner : null;

    /// <summary>
    /// The task names of the campaigns whose reports stand at a place, or stood there and were moved; each under the name that its
    /// report has, or gets, when another takes its place.
    /// </summary>
    public async Task<SortedDictionary<string, string>> FindTaskNamesAsync(string place, CancellationToken cancellationToken)
    {
        SortedDictionary<string, string> names = new(StringComparer.Ordinal);
        await foreach (
            var blob in results.GetBlobsAsync(
                new GetBlobsOptions { Traits = BlobTraits.Metadata, Prefix = place[..Math.Min(place.Length, MaxPrefix)] },
                cancellationToken
            )
        )
        {
            if (!blob.Metadata.TryGetValue(OwnerKey, out var owner))
            {
                continue;
            }

            var moved = BlobNames.Report(BlobNames.Superseded(place, owner)); // where the report at the path itself goes, too
            if (blob.Name != BlobNames.Report(place) && blob.Name != moved)
            {
                continue;
            }

            var stored = await results.GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken);
            names[moved] = JsonSerializer.Deserialize(stored.Value.Content, Json.CampaignReport)?.TaskName ?? "";
        }

        return names;
    }

    /// <summary>Replaces what stands at a place.</summary>
    /// <exception cref="RequestFailedException">It is not what it was any more: see <see cref="NotSubmittedFiles.IsChange"/>.</exception>
    public async Task WriteAsync(
        ExistingReport standing,
        CampaignReport report,
        Plan plan,
        string? owner,
        CancellationToken cancellationToken
    )
    {
        if (!standing.IsOwn)
        {
            if (standing.Owner is { } before)
            {
                await MoveAsync(standing, BlobNames.Superseded(standing.Place, before), cancellationToken);
            }

            await ReplaceRejectedAsync(standing, plan, cancellationToken);
        }

        await results
            .GetBlobClient(BlobNames.Report(standing.Place))
            .UploadAsync(
                BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(report, Json.CampaignReport)),
                new BlobUploadOptions
                {
                    Conditions = ETags.StillAs(standing.Report),
                    HttpHeaders = new() { ContentType = "application/json; charset=utf-8" },
                    Metadata = MetadataOf(report, owner, standing),
                },
                cancellationToken
            );
    }

    /// <summary>Writes the report on a schedule's file, whatever stands there.</summary>
    public async Task WriteAsync(string name, ScheduleFileReport report, CancellationToken cancellationToken) =>
        await results
            .GetBlobClient(name)
            .UploadAsync(
                BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(report, Json.ScheduleFileReport)),
                new BlobUploadOptions { HttpHeaders = new() { ContentType = "application/json; charset=utf-8" } },
                cancellationToken
            );

    /// <summary>Removes the report at a place, and the list of rejected callees.</summary>
    public async Task DeleteAsync(string place, CancellationToken cancellationToken)
    {
        foreach (var name in (string[])[BlobNames.Report(place), BlobNames.Rejected(place)])
        {
            await results
                .GetBlobClient(name)
                .DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, cancellationToken: cancellationToken);
        }
    }

    private static Dictionary<string, string>? MetadataOf(CampaignReport report, string? owner, ExistingReport standing)
    {
        if (owner is null)
        {
            var original =
                report.State == CampaignStates.Duplicate
                    ? CampaignLedger.OwnerOf(report.TaskName!)
                    : standing.Owner ?? standing.SubmittedAs;
            return original is null ? null : new() { [SubmittedAsKey] = original };
        }

        var metadata = new Dictionary<string, string> { [OwnerKey] = owner };
        if (report.NotSubmittedFiles.Count > 0)
        {
            metadata[HasFilesKey] = "true";
        }

        return metadata;
    }

    private async Task MoveAsync(ExistingReport standing, string newPlace, CancellationToken cancellationToken)
    {
        if (standing.Report is { } report)
        {
            await UnlessThereAsync(
                BlobNames.Report(newPlace),
                target => CopyReportAsync(standing.Place, report, newPlace, target, cancellationToken),
                cancellationToken
            );
        }

        if (standing.Rejected is { } rejected)
        {
            await UnlessThereAsync(
                BlobNames.Rejected(newPlace),
                target => CopyRejectedAsync(standing.Place, rejected, target, cancellationToken),
                cancellationToken
            );
        }
    }

    // What stands there already is newer: its campaign has written it there itself.
    private async Task UnlessThereAsync(string name, Func<BlobClient, Task> writeAsync, CancellationToken cancellationToken)
    {
        var blob = results.GetBlobClient(name);
        if (await blob.ExistsAsync(cancellationToken))
        {
            return;
        }

        try
        {
            await writeAsync(blob);
        }
        catch (RequestFailedException e) when (e.ErrorCode == BlobErrorCode.BlobAlreadyExists) { }
    }

    // The files that it names move with it; what takes their place is another campaign's.
    private async Task CopyReportAsync(string place, ETag etag, string newPlace, BlobClient to, CancellationToken cancellationToken)
    {
        var from = results.GetBlobClient(BlobNames.Report(place));
        var stored = await from.DownloadContentAsync(new BlobDownloadOptions { Conditions = ETags.StillAs(etag) }, cancellationToken);
        var report = JsonSerializer.Deserialize(stored.Value.Content, Json.CampaignReport)!;
        var moved = report with
        {
            NeedsAction = Moved(report.NeedsAction),
            RejectedFile = Moved(report.RejectedFile),
            NotSubmittedFiles = [.. report.NotSubmittedFiles.Select(file => Moved(file)!)],
        };
        await to.UploadAsync(
            BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(moved, Json.CampaignReport)),
            new BlobUploadOptions
            {
                Conditions = ETags.StillAs(null),
                HttpHeaders = new() { ContentType = stored.Value.Details.ContentType },
                Metadata = stored.Value.Details.Metadata,
            },
            cancellationToken
        );

        string? Moved(string? text) =>
            text?.Replace(
                $"{results.Name}/{BlobNames.Short(place)}.",
                $"{results.Name}/{BlobNames.Short(newPlace)}.",
                StringComparison.Ordinal
            );
    }

    private async Task CopyRejectedAsync(string place, ETag etag, BlobClient to, CancellationToken cancellationToken)
    {
        var list = await results
            .GetBlobClient(BlobNames.Rejected(place))
            .DownloadStreamingAsync(new BlobDownloadOptions { Conditions = ETags.StillAs(etag) }, cancellationToken);
        await UploadAsync(list, to, ETags.StillAs(null), cancellationToken);
    }

    private async Task ReplaceRejectedAsync(ExistingReport standing, Plan plan, CancellationToken cancellationToken)
    {
        var target = results.GetBlobClient(BlobNames.Rejected(standing.Place));
        if (plan.HasRejectedFile)
        {
            var list = await plans.OpenRejectedAsync(plan.PlanId, cancellationToken);
            await UploadAsync(list, target, ETags.StillAs(standing.Rejected), cancellationToken);
        }
        // else it may be the last copy of its own list
        else if (standing.Rejected is not null && (plan.Counts.Rejected == 0 || standing.Owner is not null))
        {
            await target.DeleteIfExistsAsync(DeleteSnapshotsOption.IncludeSnapshots, ETags.StillAs(standing.Rejected), cancellationToken);
        }
    }

    private static async Task UploadAsync(
        BlobDownloadStreamingResult copied,
        BlobClient to,
        BlobRequestConditions conditions,
        CancellationToken cancellationToken
    )
    {
        await using var stream = copied.Content;
        await to.UploadAsync(
            stream,
            new BlobUploadOptions
            {
                Conditions = conditions,
                HttpHeaders = new() { ContentType = copied.Details.ContentType },
                Metadata = copied.Details.Metadata,
            },
            cancellationToken
        );
    }

    private Task<BlobProperties?> FindAsync(string name, CancellationToken cancellationToken) =>
        results.GetBlobClient(name).FindPropertiesAsync(cancellationToken);
}
