using System.Text.Json;
using Azure;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Logging;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>
/// Names of tasks that Laaffic accepted lately, one for each minute in which there was any. Laaffic's list of tasks may lag
/// behind: that it does not show a task proves something only if it shows one that was accepted later.
/// </summary>
internal sealed class RecentAcceptances(AccountLedger ledger, TimeProvider time, ILogger<RecentAcceptances> log)
{
    private const int MaxEntries = 64;
    private static readonly TimeSpan Spacing = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxAge = TimeSpan.FromDays(1);

    private long _notedAtTicks;

    /// <summary>Notes an acceptance. It is only a yardstick: what keeps it from being noted is logged and no more.</summary>
    public async Task NoteAsync(string taskName, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        if (now.UtcTicks - Volatile.Read(ref _notedAtTicks) < Spacing.Ticks)
        {
            return;
        }

        try
        {
            var row = await ledger.FindAcceptancesAsync(cancellationToken);
            var entries = EntriesOf(row);
            if (entries.Count == 0 || now - entries[^1].At >= Spacing)
            {
                await ledger.TrySaveAcceptancesAsync(
                    row,
                    JsonSerializer.Serialize(
                        [.. entries.TakeLast(MaxEntries - 1), new(now, taskName)],
                        AcceptanceJson.Default.ListAcceptance
                    ),
                    cancellationToken
                );
            }

            Volatile.Write(ref _notedAtTicks, now.UtcTicks);
        }
        catch (Exception e) when (e is RequestFailedException or OperationCanceledException or AggregateException)
        {
            log.AcceptanceNotNoted(taskName, LogText.FirstLine(e));
        }
    }

    /// <summary>Tasks that were accepted after that moment: the first and the last that are known, none if there is none.</summary>
    public async Task<IReadOnlyList<string>> AfterAsync(DateTimeOffset moment, CancellationToken cancellationToken)
    {
        var later = EntriesOf(await ledger.FindAcceptancesAsync(cancellationToken))
            .Where(entry => entry.At > moment)
            .Select(entry => entry.TaskName)
            .ToList();
        return later.Count < 2 ? later : [later[0], later[^1]];
    }

    /// <summary>The last that is known; null if there was none in the last day.</summary>
    public async Task<string?> LastAsync(CancellationToken cancellationToken) =>
        EntriesOf(await ledger.FindAcceptancesAsync(cancellationToken)) is [.., var last] && time.GetUtcNow() - last.At < MaxAge
            ? last.TaskName
            : null;

    private static List<Acceptance> EntriesOf(AcceptancesRow? row) =>
        row is { Entries.Length: > 0 } ? JsonSerializer.Deserialize(row.Entries, AcceptanceJson.Default.ListAcceptance) ?? [] : [];
}
