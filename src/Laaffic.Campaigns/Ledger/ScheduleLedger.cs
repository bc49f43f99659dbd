using System.Globalization;
using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>The durable record of schedules: what each says, and what became of its occurrences.</summary>
internal sealed class ScheduleLedger(LedgerTable table)
{
    /// <summary>Occurrences that can be settled together.</summary>
    public const int MaxSettled = 90;

    /// <summary>All schedules, those whose files are gone included.</summary>
    public async Task<List<ScheduleRow>> GetAllAsync(CancellationToken cancellationToken) =>
        await table
            .QueryAsync<ScheduleRow>(
                TableClient.CreateQueryFilter($"PartitionKey eq {LedgerKeys.Main} and RowKey ge 'p:' and RowKey lt 'p;'"),
                cancellationToken
            )
            .ToListAsync(cancellationToken);

    /// <summary>A row for a schedule that there was not before.</summary>
    public static ScheduleRow New(string name) =>
        new()
        {
            PartitionKey = LedgerKeys.Main,
            RowKey = LedgerKeys.Schedule(name),
            Name = name,
            DoneUntil = DateTimeOffset.UnixEpoch,
        };

    /// <summary>A schedule; null if there is none of that name.</summary>
    public Task<ScheduleRow?> FindAsync(string name, CancellationToken cancellationToken) =>
        table.FindAsync<ScheduleRow>(LedgerKeys.Schedule(name), cancellationToken);

    /// <summary>When all files were last taken in, by the clock of storage; null if they never were.</summary>
    public async Task<DateTimeOffset?> FindListedAtAsync(CancellationToken cancellationToken) =>
        (await table.FindAsync<ScheduleListingRow>(LedgerKeys.ScheduleListing, cancellationToken))?.ListedAt;

    /// <summary>Writes that all files of a listing were taken in.</summary>
    public Task WriteListedAtAsync(DateTimeOffset listedAt, CancellationToken cancellationToken) =>
        table.UpsertAsync(
            new ScheduleListingRow
            {
                PartitionKey = LedgerKeys.Main,
                RowKey = LedgerKeys.ScheduleListing,
                ListedAt = listedAt,
            },
            cancellationToken
        );

    /// <summary>Writes a row as it was read, or a new one. Null if somebody else has changed it.</summary>
    public Task<ScheduleRow?> TryWriteAsync(ScheduleRow row, CancellationToken cancellationToken) =>
        row.ETag == default ? table.TryAddAsync(row, cancellationToken) : table.TryReplaceAsync(row, cancellationToken);

    /// <summary>Reserves the next occurrence of a schedule. Null if somebody else has it.</summary>
    public async Task<OccurrenceLease?> TryLeaseAsync(
        ScheduleRow row,
        DateTimeOffset at,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        var leased = row with
        {
            LeasedUntil = until,
            IsBeingMade = true,
            PlanId = Guid.CreateVersion7().ToString("N"),
            Failures = row.IsBeingMade ? row.Failures + 1 : row.Failures,
        };
        return await table.TryReplaceAsync(leased, cancellationToken) is { } written ? new(written, at, row.PlanId) : null;
    }

    /// <summary>Writes a reserved schedule's row. False if the reservation was lost.</summary>
    public async Task<bool> TryUpdateAsync(OccurrenceLease lease, ScheduleRow row, CancellationToken cancellationToken)
    {
        if (await table.TryReplaceAsync(row, cancellationToken) is not { } written)
        {
            return false;
        }

        lease.Schedule = written;
        return true;
    }

    /// <summary>
    /// Settles occurrences of which no campaign was made, the first first. Null if somebody else has changed the schedule.
    /// </summary>
    public async Task<ScheduleRow?> TrySettleAsync(
        ScheduleRow row,
        IReadOnlyCollection<OccurrenceRow> settled,
        CancellationToken cancellationToken
    ) =>
        await table.TryTransactAsync(
            [LedgerTable.Replace(After(row, settled.Last().At)), .. settled.Select(LedgerTable.Add)],
            cancellationToken
        )
            is { } written
            ? (ScheduleRow)written[0]
            : null;

    /// <summary>The last occurrences of a schedule that were settled, the newest first.</summary>
    public async Task<List<OccurrenceRow>> FindLastAsync(string name, int count, CancellationToken cancellationToken)
    {
        var prefix = LedgerKeys.Occurrence(name, "");
        return await table
            .QueryAsync<OccurrenceRow>(
                TableClient.CreateQueryFilter(
                    $"PartitionKey eq {LedgerKeys.Main} and RowKey ge {prefix} and RowKey lt {prefix[..^1] + ';'}"
                ),
                cancellationToken,
                Math.Min(count, LedgerTable.MaxRowsPerRequest)
            )
            .Take(count)
            .ToListAsync(cancellationToken);
    }

    /// <summary>A row for an occurrence of a schedule.</summary>
    public static OccurrenceRow RowFor(ScheduleRow schedule, DateTimeOffset at) =>
        new()
        {
            PartitionKey = LedgerKeys.Main,
            RowKey = LedgerKeys.Occurrence(schedule.Name, (long.MaxValue - at.UtcTicks).ToString("D19", CultureInfo.InvariantCulture)),
            Schedule = schedule.Name,
            At = at.ToUniversalTime(),
        };

    /// <summary>A schedule's row when this occurrence of it is dealt with.</summary>
    public static ScheduleRow After(ScheduleRow row, DateTimeOffset at) =>
        row with
        {
            DoneUntil = at.ToUniversalTime(),
            LeasedUntil = null,
            IsBeingMade = false,
            PlanId = null,
            Failures = 0,
            Trouble = null,
        };
}
