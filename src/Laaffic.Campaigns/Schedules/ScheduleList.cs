using System.Text.Json;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns.Schedules;

/// <summary>Says what there is of schedules, as the ledger has it.</summary>
internal sealed class ScheduleList(ScheduleLedger ledger, CampaignOptions options, TimeProvider time)
{
    private const int Next = 5,
        Last = 10;

    private static readonly TimeSpan ShownAfterDeletion = TimeSpan.FromDays(7);

    /// <summary>All schedules whose files are there, or were until lately, by name.</summary>
    public async Task<IReadOnlyList<ScheduleReport>> ReadAsync(CancellationToken cancellationToken)
    {
        var rows = (await ledger.GetAllAsync(cancellationToken))
            .Where(row => !row.IsDeleted || (row.Definition.Length > 0 && row.DoneUntil > time.GetUtcNow() - ShownAfterDeletion))
            .OrderBy(row => row.Name, StringComparer.Ordinal);
        List<ScheduleReport> schedules = [];
        foreach (var batch in rows.Chunk(options.MaxConcurrentCampaigns))
        {
            schedules.AddRange(await Task.WhenAll(batch.Select(row => ReadAsync(row, cancellationToken))));
        }

        return schedules;
    }

    private async Task<ScheduleReport> ReadAsync(ScheduleRow row, CancellationToken cancellationToken)
    {
        var schedule =
            row.Definition.Length == 0
                ? null
                : await ScheduleFile.ReadAsync(row.Definition, options.TimeZone, new CampaignErrors(), cancellationToken);
        var clock = schedule?.Clock ?? new WallClock(options.TimeZone);
        var last = await ledger.FindLastAsync(row.Name, Last, cancellationToken);
        return new ScheduleReport
        {
            Name = row.Name.TrimEnd('/'),
            State =
                row.IsDeleted ? ScheduleReport.Deleted
                : schedule is null ? ScheduleReport.Wrong
                : schedule.Enabled ? ScheduleReport.InForce
                : ScheduleReport.Off,
            Errors =
                row.Errors is null || row.IsDeleted ? [] : JsonSerializer.Deserialize(row.Errors, ReportJson.Default.ListCampaignError)!,
            TimeZone = schedule?.Clock.Zone.Id,
            List = schedule?.List ?? schedule?.Newest,
            Profile = schedule?.Profile,
            Next = row.IsDeleted ? [] : [.. NextOf(schedule, row)],
            WaitsFor = row.Trouble is null ? null : $"{row.Trouble} It is tried again at {row.LeasedUntil:u}.",
            Last = [.. last.Select(Report)],
        };

        OccurrenceReport Report(OccurrenceRow occurrence) =>
            new()
            {
                At = clock.At(occurrence.At),
                State = JsonNamingPolicy.CamelCase.ConvertName(occurrence.State.ToString()),
                Reason = occurrence.Reason,
                TaskName = occurrence.TaskName,
                List = occurrence.List is null ? null : $"{Containers.Lists}/{occurrence.List}",
                Report = occurrence.Report,
                SettledAt = occurrence.SettledAt,
            };
    }

    private IEnumerable<DateTimeOffset> NextOf(Schedule? schedule, ScheduleRow row)
    {
        var now = time.GetUtcNow();
        var after = row.DoneUntil > now ? row.DoneUntil : now;
        for (var i = 0; i < Next && schedule?.FindNext(after) is { } at; i++, after = at)
        {
            yield return at;
        }
    }
}
