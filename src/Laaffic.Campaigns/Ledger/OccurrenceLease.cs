using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>An occurrence reserved for being made, with its schedule's row as the ledger last stored it.</summary>
/// <param name="schedule">The schedule's row.</param>
/// <param name="at">The occurrence.</param>
/// <param name="abandonedPlan">What an earlier one left half-written; null if there is nothing.</param>
internal sealed class OccurrenceLease(ScheduleRow schedule, DateTimeOffset at, string? abandonedPlan) : ISourceLease
{
    /// <summary>The schedule's row.</summary>
    public ScheduleRow Schedule { get; set; } = schedule;

    /// <summary>The occurrence.</summary>
    public DateTimeOffset At { get; } = at;

    /// <summary>What an earlier one left half-written; null if there is nothing.</summary>
    public string? AbandonedPlan { get; } = abandonedPlan;

    /// <summary>What the campaign is made of, once that is known.</summary>
    public (string Path, string ETag, string Hash)? List { get; set; }

    /// <inheritdoc/>
    public IEnumerable<TableTransactionAction> EndAs(string taskName, DateTimeOffset now)
    {
        var (path, etag, hash) = List!.Value;
        var made = ScheduleLedger.RowFor(Schedule, At) with
        {
            State = OccurrenceState.Made,
            TaskName = taskName,
            List = path,
            SettledAt = now,
        };
        var schedule = ScheduleLedger.After(Schedule, At) with { LastList = path, LastListETag = etag, LastListHash = hash };
        return [LedgerTable.Add(made), LedgerTable.Replace(schedule)];
    }
}
