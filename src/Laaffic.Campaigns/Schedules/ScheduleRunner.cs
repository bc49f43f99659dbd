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

    /// <summary>What a schedule's file may have, in bytes.</summary>
    private const int MaxBytes = 4 * ScheduleFile.MaxLength;

    /// <summary>Takes in what was changed, and makes what is due. Takes up nothing new once <paramref name="stop"/> has come.</summary>
    public async Task RunAsync(DateTimeOffset stop, CancellationToken cancellationToken)
    {
        var rows = (await ledger.GetAllAsync(cancellationToken)).ToDictionary(row => row.Name, StringComparer.Ordinal);
        var listed = await ListAsync(cancellationToken);
        var names = listed.Keys.Union(rows.Where(row => !row.Value.IsDeleted).Select(row => row.Key)).Order(StringComparer.Ordinal);
        await Parallel.ForEachAsync(
            names.TakeWhile(_ => time.GetUtcNow() < stop),
            new ParallelOptions { MaxDegreeOfParallelism = options.MaxConcurrentCampaigns, CancellationToken = cancellationToken },
            async (name, c) =>
            {
                try
                {
                    var row = rows.GetValueOrDefault(name);
                    if (await TakeInAsync(row ?? ScheduleLedger.New(name), listed.GetValueOrDefault(name), stop, c) is { } current)
                    {
                        await MakeDueAsync(current, time.GetUtcNow(), stop, c);
                    }
                }
                catch (Exception e) when (e is not OperationCanceledException || !c.IsCancellationRequested)
                {
                    log.ScheduleFailed(name, LogText.FirstLine(e));
                    log.Details(e);
                }
            }
        );
    }

    /// <summary>The files by the names of their schedules.</summary>
    private async Task<Dictionary<string, BlobItem>> ListAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, BlobItem> listed = new(StringComparer.Ordinal);
        await foreach (var file in files.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, cancellationToken))
        {
            if (!FolderMarkers.IsFolder(file.Name, file.Properties.ContentLength, file.Metadata))
            {
                listed[NameOf(file.Name)] = file;
            }
        }

        return listed;
    }

    // Of a file that is none by its name, that name: its report says so.
    private static string NameOf(string file) => file.EndsWith(Ending, StringComparison.Ordinal) ? file[..^Ending.Length] : file;

    /// <summary>Takes in the present version of a schedule's file. Null if somebody else is about to, or is making an occurrence.</summary>
    private async Task<ScheduleRow?> TakeInAsync(ScheduleRow row, BlobItem? file, DateTimeOffset stop, CancellationToken cancellationToken)
    {
        if (file is null ? row.IsDeleted : !row.IsDeleted && row.SeenETag == file.Properties.ETag.ToString())
        {
            return row;
        }

        var now = time.GetUtcNow();
        if (row.IsBeingMade && row.LeasedUntil > now)
        {
            return null;
        }

        if (file is null)
        {
            if (await MissAllAsync(row, now, "The schedule was deleted before.", cancellationToken) is { } last)
            {
                log.ScheduleDeleted(row.Name);
                await ledger.TryWriteAsync(last with { IsDeleted = true }, cancellationToken);
            }

            return null;
        }

        var changedAt = file.Properties.LastModified ?? now;
        if (!row.IsDeleted && row.Definition.Length > 0)
        {
            // What was due before the change is made as it was said then; but it does not keep the change waiting.
            var done = await MakeDueAsync(row, changedAt, stop, cancellationToken);
            if (done is null && await ledger.FindAsync(row.Name, cancellationToken) is { IsBeingMade: false } waiting)
            {
                done = await MissAllAsync(waiting, changedAt, "The schedule was changed before.", cancellationToken);
            }

            if (done is null)
            {
                return null;
            }

            row = done;
        }

        var errors = new CampaignErrors();
        var (text, etag) = await ReadAsync(file, errors, cancellationToken);
        if (text is null && errors.Count == 0)
        {
            return null; // it was changed meanwhile
        }

        var schedule = text is null ? null : await ScheduleFile.ReadAsync(text, options.TimeZone, errors, cancellationToken);
        // Of a wrong one the last good version stays in force, unless that was deleted.
        var taken =
            schedule is null && !row.IsDeleted ? row : ScheduleLedger.After(row, changedAt > row.DoneUntil ? changedAt : row.DoneUntil);
        taken = taken with
        {
            Definition =
                schedule is not null ? text!
                : row.IsDeleted ? ""
                : row.Definition,
            Errors = errors.Count == 0 ? null : JsonSerializer.Serialize(errors.List.Take(MaxErrors).ToList(), Json),
            IsDeleted = false,
            SeenETag = etag,
        };
        await reports.WriteScheduleAsync(row.Name, errors.List, taken.Definition.Length > 0, cancellationToken);
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

    /// <summary>The text of a file; null, without an error, if it is not there as it was listed.</summary>
    private async Task<(string? Text, string ETag)> ReadAsync(BlobItem file, CampaignErrors errors, CancellationToken cancellationToken)
    {
        var etag = file.Properties.ETag!.Value;
        if (!file.Name.EndsWith(Ending, StringComparison.Ordinal) || !BlobNames.CanBeRead(file.Name))
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
            return (content.Value.Content.ToString(), etag.ToString());
        }
        catch (RequestFailedException e) when (e.Status is 404 or 412)
        {
            return (null, "");
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
}
