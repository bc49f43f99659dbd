using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Schedules;

/// <summary>
/// What the timer does for schedules: takes in files that were changed, and makes the occurrences whose time has come, those of a
/// schedule one after the other.
/// </summary>
internal sealed class ScheduleRunner(
    [FromKeyedServices(Containers.Schedules)] BlobContainerClient files,
    ScheduleLedger ledger,
    OccurrenceIngestor occurrences,
    ReportWriter reports,
    CampaignOptions options,
    TimeProvider time,
    ILogger<ScheduleRunner> log
)
{
    private const string Ending = ".json";

    private const int MaxErrors = 20;

    private static readonly JsonTypeInfo<List<CampaignError>> Json = ReportJson.Default.ListCampaignError;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>What a schedule's file may have, in bytes.</summary>
    private const int MaxBytes = 4 * ScheduleFile.MaxLength;

    /// <summary>Takes in what was changed, and makes what is due. Takes up nothing new once <paramref name="stop"/> has come.</summary>
    public async Task RunAsync(DateTimeOffset stop, CancellationToken cancellationToken)
    {
        var rows = (await ledger.GetAllAsync(cancellationToken)).ToDictionary(row => row.Name, StringComparer.Ordinal);
        var listing = await ListAsync(cancellationToken);
        var fresh = listing.Files.Keys.Where(name => IsFresh(rows.GetValueOrDefault(name))).ToHashSet();
        var before = fresh.Count == 0 ? null : await ledger.FindListedAtAsync(cancellationToken);
        var takenIn = 0;
        var names = listing.Files.Keys.Union(rows.Where(row => !row.Value.IsDeleted).Select(row => row.Key)).Order(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            names.TakeWhile(_ => time.GetUtcNow() < stop),
            new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentCampaigns, CancellationToken = cancellationToken },
            async (name, c) =>
            {
                try
                {
                    var row = rows.GetValueOrDefault(name) ?? ScheduleLedger.New(name);
                    var current = listing.Files.TryGetValue(name, out var file)
                        ? await TakeInAsync(row, file, before, stop, c)
                        : await DeleteAsync(row, listing.At, c);
                    if (current is null)
                    {
                        return;
                    }

                    if (fresh.Contains(name))
                    {
                        Interlocked.Increment(ref takenIn);
                    }

                    await MakeDueAsync(current, time.GetUtcNow(), stop, c);
                }
                catch (Exception e) when (e is not OperationCanceledException || !c.IsCancellationRequested)
                {
                    log.ScheduleFailed(name, LogText.FirstLine(e));
                    log.Details(e);
                }
            }
        );
        if (listing.Files.Count > 0 && takenIn == fresh.Count)
        {
            await ledger.WriteListedAtAsync(listing.At, cancellationToken);
        }
    }

    private static bool IsFresh(ScheduleRow? row) => row is null || row.IsDeleted || row.ETag == default;

    /// <summary>The files by the names of their schedules.</summary>
    private async Task<Listing> ListAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, BlobItem> listed = new(StringComparer.Ordinal);
        DateTimeOffset? at = null;
        var pages = files.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, cancellationToken).AsPages();
        await foreach (var page in pages)
        {
            at ??= page.GetRawResponse().Headers.Date;
            foreach (var file in page.Values)
            {
                if (!FolderMarkers.IsFolder(file.Name, file.Properties.ContentLength, file.Metadata))
                {
                    listed[NameOf(file.Name)] = file;
                }
            }
        }

        return new(listed, at ?? time.GetUtcNow());
    }

    // Whatever else lies there has a report under a name that no schedule can have.
    private static string NameOf(string file) => IsSchedule(file) ? file[..^Ending.Length] : file + "/";

    private static bool IsSchedule(string file) =>
        file.EndsWith(Ending, StringComparison.Ordinal)
        && BlobNames.CanBeRead(file)
        && !$"/{file}".EndsWith("/" + Ending, StringComparison.Ordinal);

    /// <summary>Ends a schedule whose file is gone: what was due and not made is missed.</summary>
    /// <returns>Null, as nothing is to be made any more.</returns>
    private async Task<ScheduleRow?> DeleteAsync(ScheduleRow row, DateTimeOffset listedAt, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (row.IsBeingMade && row.LeasedUntil > now)
        {
            return null;
        }

        // The clock of an instance may be behind: what was due when the file was still there is not to be forgotten.
        var until = listedAt > now ? listedAt : now;
        if (await MissAllAsync(row, until, "The schedule was deleted before.", cancellationToken) is { } last)
        {
            await reports.WriteScheduleAsync(row.Name, ScheduleFileReport.Deleted, [], null, cancellationToken);
            log.ScheduleDeleted(row.Name);
            await ledger.TryWriteAsync(
                last with
                {
                    IsDeleted = true,
                    DoneUntil = until > last.DoneUntil ? until : last.DoneUntil,
                },
                cancellationToken
            );
        }

        return null;
    }

    /// <summary>Takes in the present version of a schedule's file.</summary>
    /// <param name="row">The schedule.</param>
    /// <param name="file">Its file.</param>
    /// <param name="before">When its name, if it is new, was not there yet; null if that is not known.</param>
    /// <param name="stop">When to take up nothing new.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The row afterwards; null if that must wait: for somebody else, or for what was due before the change.</returns>
    private async Task<ScheduleRow?> TakeInAsync(
        ScheduleRow row,
        BlobItem file,
        DateTimeOffset? before,
        DateTimeOffset stop,
        CancellationToken cancellationToken
    )
    {
        if (!row.IsDeleted && row.SeenETag == file.Properties.ETag.ToString())
        {
            return row;
        }

        if (row.IsBeingMade && row.LeasedUntil > time.GetUtcNow())
        {
            return null;
        }

        var errors = new CampaignErrors();
        var (text, etag) = await ReadAsync(file, errors, cancellationToken);
        if (text is null && errors.Count == 0)
        {
            return null; // it was changed meanwhile
        }

        var schedule = text is null ? null : await ScheduleFile.ReadAsync(text, options.TimeZone, errors, cancellationToken);
        var isInForce = !row.IsDeleted && row.Definition.Length > 0;
        var changedAt = file.Properties.LastModified ?? time.GetUtcNow();
        if (isInForce && schedule is not null)
        {
            if (await EndVersionAsync(row, schedule, changedAt, stop, cancellationToken) is not { } ended)
            {
                return null;
            }

            row = ended;
        }
        else if (IsFresh(row) && before > changedAt)
        {
            // A file that was renamed or restored can have kept the time at which it was written under another name, or long ago.
            changedAt = before.Value;
        }

        // Of a wrong one the last good version stays in force, unless that was deleted.
        var taken = schedule is null && isInForce ? row : ScheduleLedger.After(row, changedAt > row.DoneUntil ? changedAt : row.DoneUntil);
        taken = taken with
        {
            Definition =
                schedule is not null ? text!
                : isInForce ? row.Definition
                : "",
            Errors = errors.Count == 0 ? null : JsonSerializer.Serialize(errors.List.Take(MaxErrors).ToList(), Json),
            IsDeleted = false,
            SeenETag = etag,
        };
        await ReportAsync(taken, errors, cancellationToken);
        if (await ledger.TryWriteAsync(taken, cancellationToken) is not { } written)
        {
            return null;
        }

        if (schedule is null)
        {
            log.ScheduleWrong(row.Name, LogText.Mask(errors.List[0].Message), errors.Count);
            CampaignTelemetry.CountWrongSchedule();
        }
        else
        {
            log.ScheduleTakenIn(row.Name);
        }

        return written;
    }

    /// <summary>
    /// What was due before a change is made as the schedule was then, and the change waits for it; unless it turns the schedule off.
    /// </summary>
    private async Task<ScheduleRow?> EndVersionAsync(
        ScheduleRow row,
        Schedule changed,
        DateTimeOffset changedAt,
        DateTimeOffset stop,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        if (!changed.Enabled)
        {
            return await MissAllAsync(row, changedAt, "The schedule was turned off before it could be made.", cancellationToken);
        }

        var done = await MakeDueAsync(row, changedAt < now ? changedAt : now, stop, cancellationToken);
        // Where storage's clock is ahead, this one's has still to come to what was due.
        return done is not null && (await DefinitionOfAsync(done, cancellationToken))?.FindNext(done.DoneUntil) <= changedAt ? null : done;
    }

    private Task ReportAsync(ScheduleRow row, CampaignErrors errors, CancellationToken cancellationToken)
    {
        var (state, action) =
            errors.Count == 0 ? (ScheduleFileReport.Right, null)
            : row.Definition.Length > 0
                ? (ScheduleFileReport.Wrong, "Fix the errors below. Until then the last version that was right stays in force.")
            : (ScheduleFileReport.Wrong, "Fix the errors below. Until then this schedule makes nothing.");
        return reports.WriteScheduleAsync(row.Name, state, errors.List, action, cancellationToken);
    }

    /// <summary>The text of a file; null, without an error, if it is not there as it was listed.</summary>
    private async Task<(string? Text, string ETag)> ReadAsync(BlobItem file, CampaignErrors errors, CancellationToken cancellationToken)
    {
        var etag = file.Properties.ETag!.Value;
        if (!IsSchedule(file.Name))
        {
            errors.Add(
                null,
                null,
                $"A schedule is a JSON file whose name ends in {Ending}, such as morning{Ending}: this one is no schedule."
            );
            return (null, etag.ToString());
        }

        if (file.Properties.ContentLength > MaxBytes)
        {
            errors.Add(null, null, $"The file is larger than {MaxBytes / 1000} KB: it is no schedule.");
            return (null, etag.ToString());
        }

        try
        {
            var content = await files
                .GetBlobClient(file.Name)
                .DownloadContentAsync(new BlobDownloadOptions { Conditions = ETags.StillAs(etag) }, cancellationToken);
            return (Decode(content.Value.Content.ToArray(), errors), etag.ToString());
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return (null, "");
        }
    }

    private static string? Decode(byte[] content, CampaignErrors errors)
    {
        try
        {
            return Utf8.GetString(content).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException)
        {
            errors.Add(null, null, "The file is not UTF-8: save it as UTF-8.");
            return null;
        }
    }

    /// <summary>
    /// Makes the occurrences of a schedule up to an instant, as far as that goes, and reports those that it is too late for. The row
    /// afterwards; null if one of them is in somebody else's hands, or to be tried again later.
    /// </summary>
    private async Task<ScheduleRow?> MakeDueAsync(
        ScheduleRow row,
        DateTimeOffset until,
        DateTimeOffset stop,
        CancellationToken cancellationToken
    )
    {
        if (await DefinitionOfAsync(row, cancellationToken) is not { } schedule)
        {
            return row;
        }

        ScheduleRow? current = row;
        while (current is not null && schedule.FindNext(current.DoneUntil) is { } at && at <= until)
        {
            if (current.LeasedUntil > time.GetUtcNow() || time.GetUtcNow() >= stop)
            {
                return null;
            }

            current =
                time.GetUtcNow() - at > schedule.Grace
                    ? await MissAsync(current, schedule, until, null, cancellationToken)
                    : await occurrences.MakeAsync(current, schedule, at, cancellationToken);
        }

        return current;
    }

    private async Task<Schedule?> DefinitionOfAsync(ScheduleRow row, CancellationToken cancellationToken)
    {
        if (row.Definition.Length == 0)
        {
            return null;
        }

        var errors = new CampaignErrors();
        return await ScheduleFile.ReadAsync(row.Definition, options.TimeZone, errors, cancellationToken)
            ?? throw new InvalidOperationException($"What is stored of it is no schedule: {errors.List[0].Message}");
    }

    /// <summary>Reports all occurrences up to an instant as missed. The row afterwards; null if somebody else has changed it.</summary>
    private async Task<ScheduleRow?> MissAllAsync(ScheduleRow row, DateTimeOffset until, string why, CancellationToken cancellationToken)
    {
        var schedule = await DefinitionOfAsync(row, cancellationToken);
        ScheduleRow? current = row;
        while (current is not null && schedule?.FindNext(current.DoneUntil) <= until)
        {
            current = await MissAsync(current, schedule, until, why, cancellationToken);
        }

        return current;
    }

    /// <summary>Reports the next occurrences as missed, as far as it is too late for them or a reason is given.</summary>
    private async Task<ScheduleRow?> MissAsync(
        ScheduleRow row,
        Schedule schedule,
        DateTimeOffset until,
        string? why,
        CancellationToken cancellationToken
    )
    {
        var now = time.GetUtcNow();
        List<OccurrenceRow> missed = [];
        for (
            var at = schedule.FindNext(row.DoneUntil);
            at is { } one && one <= until && (why is not null || now - one > schedule.Grace) && missed.Count < ScheduleLedger.MaxSettled;
            at = schedule.FindNext(one)
        )
        {
            var trouble =
                missed.Count == 0 && row.Trouble is not null ? $"The last attempt failed: {row.Trouble}"
                : why is null ? "The app was not running."
                : "";
            missed.Add(
                ScheduleLedger.RowFor(row, one) with
                {
                    State = OccurrenceState.Missed,
                    Reason = $"{why ?? $"It was not made within {schedule.Grace:c} (grace)."} {trouble}".TrimEnd(),
                    SettledAt = now,
                }
            );
        }

        var settled = await ledger.TrySettleAsync(row, missed, cancellationToken);
        if (settled is not null)
        {
            foreach (var one in missed)
            {
                log.OccurrenceNotMade(row.Name, one.At, one.State, one.Reason!);
                CampaignTelemetry.CountOccurrence(one.State);
            }
        }

        return settled;
    }

    /// <summary>The files that there are.</summary>
    /// <param name="Files">They, by the names of their schedules.</param>
    /// <param name="At">When they were listed, by the clock of storage.</param>
    private sealed record Listing(IReadOnlyDictionary<string, BlobItem> Files, DateTimeOffset At);
}
