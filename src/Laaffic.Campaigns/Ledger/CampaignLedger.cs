using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// The durable record of every file, campaign, task and attempt, in one storage table. All rows but the tasks' share a
/// partition, so that whatever belongs together changes in one transaction.
/// </summary>
internal sealed partial class CampaignLedger(TableClient table)
{
    public const string TableName = "ledger";

    // Row keys: c campaign, l list entry, s source, v version of a source, o open work (of a campaign or a file), b the
    // name before the numbers of task names.
    private const string Main = "campaigns";
    private const string GateKey = "hold"; // as the first release named it
    private const string BusyKey = "busy";
    private const string AcceptancesKey = "accepted";
    private const string TickKey = "tick";

    private const int MaxRowsPerRequest = 1000; // the limit of one table query

    public static string CampaignKey(string taskName) => "c:" + Hash(taskName);

    public async Task PrepareAsync(CancellationToken ct) => await table.CreateIfNotExistsAsync(ct);

    // ---- files -------------------------------------------------------------------------------------------------

    public Task<FileRow?> FindFileAsync(string path, CancellationToken ct) => FindAsync<FileRow>(Main, FileKey(path), ct);

    /// <summary>
    /// Reserves one version of a file for reading. Null if somebody else is reading the file, or dealt with it meanwhile.
    /// A claim that its reader left behind counts as a failure to read that version.
    /// </summary>
    public async Task<FileLease?> TryLeaseFileAsync(
        string path,
        string blobETag,
        FileRow? known,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken ct
    )
    {
        WorkItemRow? working = null;
        if (known?.State == FileState.Reading)
        {
            working = await FindAsync<WorkItemRow>(Main, WorkItemKey(WorkItemKind.File, path), ct);
            if (working is not null && working.DueAt > now)
            {
                return null;
            }
        }

        var again = known?.State == FileState.Reading;
        var sameVersion = again && known!.BlobETag == blobETag;
        var source = new FileRow
        {
            PartitionKey = Main,
            RowKey = FileKey(path),
            ETag = known?.ETag ?? default,
            Path = path,
            BlobETag = blobETag,
            State = FileState.Reading,
            PlanId = Guid.CreateVersion7().ToString("N"),
            Campaign = null, // the report's place belongs to whatever this version turns out to be
            Failures = sameVersion ? known!.Failures + 1 : 0,
            TroubleSince = sameVersion ? known!.TroubleSince : null,
            Overwrites = again ? known!.Overwrites : 0,
        };
        var open = NewWorkItem(WorkItemKind.File, path, until) with { DeferredSince = working?.DeferredSince };
        var written = await TryTransactAsync(
            [
                known is null ? new(TableTransactionActionType.Add, source) : Replace(source),
                new(TableTransactionActionType.UpsertReplace, open),
            ],
            ct
        );
        return written is null
            ? null
            : new FileLease((FileRow)written[0], (WorkItemRow)written[1], AbandonedPlan: again ? known!.PlanId : null);
    }

    /// <summary>The report at the file's path is that of this campaign from now on. False if the claim was lost.</summary>
    public async Task<bool> SetFileCampaignAsync(FileLease claim, string campaign, CancellationToken ct) =>
        claim.TryUpdate(await TryReplaceAsync(claim.File with { Campaign = campaign }, ct), claim.WorkItem);

    /// <summary>The version is dealt with: it belongs to a campaign, or it was rejected. False if the claim was lost.</summary>
    public async Task<bool> CompleteFileAsync(FileLease claim, FileState state, string? campaign, CancellationToken ct) =>
        await TryTransactAsync([Replace(claim.File with { State = state, Campaign = campaign }), Delete(claim.WorkItem)], ct) is not null;

    /// <summary>Whether the file is still reserved by this claim, expired or not.</summary>
    public async Task<bool> IsLeaseHeldAsync(FileLease claim, CancellationToken ct) =>
        await FindFileAsync(claim.File.Path, ct) is { State: FileState.Reading } source && source.PlanId == claim.File.PlanId;

    /// <summary>Keeps the claim until the given time. False if it was lost.</summary>
    public async Task<bool> TryRenewLeaseAsync(FileLease claim, DateTimeOffset until, CancellationToken ct) =>
        claim.TryUpdate(claim.File, await TryReplaceAsync(claim.WorkItem with { DueAt = until }, ct));

    /// <summary>
    /// Reading did not come to its end: the file falls due again, with what is to be remembered of it. False if the claim was lost.
    /// </summary>
    public async Task<bool> RescheduleFileAsync(
        FileLease claim,
        FileRow source,
        DateTimeOffset due,
        DateTimeOffset? deferredSince,
        CancellationToken ct
    )
    {
        var written = await TryTransactAsync(
            [Replace(source), Replace(claim.WorkItem with { DueAt = due, DeferredSince = deferredSince })],
            ct
        );
        return written is not null && claim.TryUpdate((FileRow)written[0], (WorkItemRow)written[1]);
    }

    // ---- campaigns ---------------------------------------------------------------------------------------------

    /// <summary>What tells a campaign from others where its name cannot stand: in the metadata of what is written about it.</summary>
    public static string OwnerOf(CampaignRow campaign) => OwnerOf(campaign.TaskName);

    public static string OwnerOf(string taskName) => Hash(taskName);

    /// <summary>Whether there is a campaign of which <see cref="OwnerOf(string)"/> gives this.</summary>
    public async Task<bool> HasCampaignOwnedByAsync(string owner, CancellationToken ct) =>
        await FindAsync<CampaignRow>(Main, "c:" + owner, ct) is not null;

    public Task<CampaignRow?> FindCampaignAsync(string taskName, CancellationToken ct) =>
        FindAsync<CampaignRow>(Main, CampaignKey(taskName), ct);

    /// <summary>The campaign that these bytes were submitted as before, from this source; or null.</summary>
    public Task<IdempotencyRow?> FindSubmittedAsync(string source, string contentHash, CancellationToken ct) =>
        FindAsync<IdempotencyRow>(Main, IdempotencyKey(source, contentHash), ct);

    /// <summary>
    /// Stores the tasks of a plan. They mean nothing until the campaign is committed. Those that are there stay as they are:
    /// a request that arrives once more, later, must not undo what has become of them.
    /// </summary>
    public async Task AddTasksAsync(IEnumerable<TaskRow> tasks, CancellationToken ct)
    {
        foreach (var batch in tasks.Chunk(100)) // the limit of one table transaction
        {
            try
            {
                await table.SubmitTransactionAsync(batch.Select(t => new TableTransactionAction(TableTransactionActionType.Add, t)), ct);
            }
            catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.EntityAlreadyExists)
            {
                // The plan's id is nobody else's: this very batch was stored before.
            }
        }
    }

    /// <summary>
    /// The commit: the campaign, its open work, its place in the list and the memory of its content appear at once, and
    /// the file's claim ends with them. Null if any of them was there before, if the claim was lost, or if somebody else has
    /// committed a name that could be one of this campaign's tasks since <paramref name="guards"/> were read.
    /// </summary>
    public async Task<(CampaignRow Campaign, WorkItemRow Open)?> CommitAsync(
        CampaignRow campaign,
        string versionSource,
        FileLease? claim,
        IReadOnlyList<ReservedNameRow> guards,
        DateTimeOffset until,
        CancellationToken ct
    )
    {
        campaign = campaign with { PartitionKey = Main, RowKey = CampaignKey(campaign.TaskName) };
        var newestFirst = (long.MaxValue - campaign.CommittedAt.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
        var open = NewWorkItem(WorkItemKind.Campaign, campaign.TaskName, until) with
        {
            Deadline = campaign.Deadline,
            SendDueAt = campaign.ReadyAt,
            Priority = campaign.Priority,
            ReadyAt = campaign.ReadyAt,
        };
        List<TableTransactionAction> actions =
        [
            new(TableTransactionActionType.Add, campaign),
            new(TableTransactionActionType.Add, open),
            new(
                TableTransactionActionType.Add,
                new CampaignIndexRow
                {
                    PartitionKey = Main,
                    RowKey = $"l:{newestFirst}:{Hash(campaign.TaskName)}",
                    TaskName = campaign.TaskName,
                }
            ),
            new(
                TableTransactionActionType.Add,
                new IdempotencyRow
                {
                    PartitionKey = Main,
                    RowKey = IdempotencyKey(versionSource, campaign.ContentHash),
                    TaskName = campaign.TaskName,
                    PlanId = campaign.PlanId,
                }
            ),
            .. guards.Select(guard => guard.ETag == default ? new(TableTransactionActionType.Add, guard) : Replace(guard)),
        ];
        if (claim is not null)
        {
            actions.Add(Replace(claim.File with { State = FileState.Planned, Campaign = campaign.TaskName }));
            actions.Add(Delete(claim.WorkItem));
        }

        return await TryTransactAsync(actions, ct) is { } written ? ((CampaignRow)written[0], (WorkItemRow)written[1]) : null;
    }

    /// <summary>What guards the names that are this one and a number, to be given to a commit that uses such names.</summary>
    public async Task<ReservedNameRow> FindReservedNameAsync(string name, CancellationToken ct) =>
        await FindAsync<ReservedNameRow>(Main, "b:" + Hash(name), ct)
        ?? new ReservedNameRow
        {
            PartitionKey = Main,
            RowKey = "b:" + Hash(name),
            Name = name,
        };

    /// <summary>The tasks of a campaign, in their order.</summary>
    public async Task<List<TaskRow>> GetTasksAsync(string planId, CancellationToken ct)
    {
        List<TaskRow> tasks = [];
        await foreach (
            var task in table.QueryAsync<TaskRow>(TableClient.CreateQueryFilter($"PartitionKey eq {planId}"), cancellationToken: ct)
        )
        {
            tasks.Add(task);
        }

        return tasks;
    }

    /// <summary>A page of task names, the newest campaign first, and where the next page goes on; null at the end.</summary>
    /// <exception cref="FormatException">The continuation is none that this gave.</exception>
    public async Task<(IReadOnlyList<string> TaskNames, string? Next)> ListCampaignsAsync(
        int size,
        string? continuation,
        CancellationToken ct
    )
    {
        if (continuation is not null && !ListPlace().IsMatch(continuation))
        {
            throw new FormatException("This is no continuation of a list.");
        }

        var after = "l:" + continuation;
        // One more than asked for tells whether there are more.
        var rows = await table
            .QueryAsync<CampaignIndexRow>(
                TableClient.CreateQueryFilter($"PartitionKey eq {Main} and RowKey gt {after} and RowKey lt 'l;'"),
                Math.Min(size + 1, MaxRowsPerRequest),
                cancellationToken: ct
            )
            .Take(size + 1)
            .ToListAsync(ct);
        return ([.. rows.Take(size).Select(r => r.TaskName)], rows.Count > size ? rows[size - 1].RowKey[2..] : null);
    }

    // ---- open work ---------------------------------------------------------------------------------------------

    /// <summary>
    /// Open work that is due, or has deferred tasks. Finished work leaves no trace here, so the cost does not grow with it.
    /// </summary>
    public async IAsyncEnumerable<WorkItemRow> GetDueOrDeferredAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken ct)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {Main} and RowKey ge 'o:' and RowKey lt 'o;' and (DueAt le {now} or DeferredSince le {now})"
        );
        await foreach (var open in table.QueryAsync<WorkItemRow>(filter, cancellationToken: ct))
        {
            yield return open;
        }
    }

    public Task<WorkItemRow?> FindWorkItemAsync(WorkItemKind kind, string subject, CancellationToken ct) =>
        FindAsync<WorkItemRow>(Main, WorkItemKey(kind, subject), ct);

    /// <summary>Takes open work up, or keeps it, until the given time. Null if somebody else has it.</summary>
    public Task<WorkItemRow?> TryLeaseAsync(WorkItemRow open, DateTimeOffset until, CancellationToken ct) =>
        TryReplaceAsync(open with { DueAt = until }, ct);

    /// <summary>
    /// Ends a round of work on a campaign: its state for the list, and its open work either ends (null) or is as given.
    /// False if somebody else has taken it up.
    /// </summary>
    public async Task<bool> CompleteRunAsync(CampaignRow campaign, WorkItemRow open, WorkItemRow? next, CancellationToken ct) =>
        await TryTransactAsync([Replace(campaign), next is null ? Delete(open, open.ETag) : Replace(next)], ct) is not null;

    /// <summary>A person has said what became of a task: the campaign falls due at once, as work that was ended before or not.</summary>
    public async Task ReopenAsync(CampaignRow campaign, DateTimeOffset now, CancellationToken ct)
    {
        while (true)
        {
            var open = await FindWorkItemAsync(WorkItemKind.Campaign, campaign.TaskName, ct);
            var due = (open ?? NewWorkItem(WorkItemKind.Campaign, campaign.TaskName, now)) with
            {
                DueAt = now,
                AskDueAt = now,
                Deadline = campaign.Deadline,
                Priority = campaign.Priority,
                ReadyAt = campaign.ReadyAt,
            };
            if (
                open is null
                    ? await TryTransactAsync([new(TableTransactionActionType.Add, due)], ct) is not null
                    : await TryReplaceAsync(due, ct) is not null
            )
            {
                return;
            }
        }
    }

    // ---- the account -------------------------------------------------------------------------------------------

    /// <summary>What keeps tasks from being sent; null if nothing does.</summary>
    public Task<CircuitRow?> FindCircuitAsync(CancellationToken ct) => FindAsync<CircuitRow>(Main, GateKey, ct);

    /// <summary>Closes the gate. Null if it is closed already.</summary>
    public async Task<CircuitRow?> TryOpenCircuitAsync(CircuitRow gate, CancellationToken ct) =>
        await TryAddAsync(gate with { PartitionKey = Main, RowKey = GateKey }, ct);

    /// <summary>Opens the gate. False if it is open, or another probe was begun, or it was closed anew by now.</summary>
    public Task<bool> TryCloseCircuitAsync(CircuitRow gate, CancellationToken ct) => TryRemoveAsync(gate, ct);

    /// <summary>That Laaffic takes no more tasks at present; null if it does, as far as is known.</summary>
    public Task<CapacityRow?> FindCapacityAsync(CancellationToken ct) => FindAsync<CapacityRow>(Main, BusyKey, ct);

    /// <summary>Null if that is known already.</summary>
    public async Task<CapacityRow?> TryAddCapacityAsync(CapacityRow busy, CancellationToken ct) =>
        await TryAddAsync(busy with { PartitionKey = Main, RowKey = BusyKey }, ct);

    /// <summary>Nobody stands in line any more. False if somebody else has changed the row meanwhile.</summary>
    public Task<bool> TryRemoveCapacityAsync(CapacityRow busy, CancellationToken ct) => TryRemoveAsync(busy, ct);

    private async Task<bool> TryRemoveAsync(LedgerRow row, CancellationToken ct)
    {
        try
        {
            // The client takes a row that is not there for a success.
            return (await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, ct)).Status != 404;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return false;
        }
    }

    public Task<AcceptancesRow?> FindAcceptancesAsync(CancellationToken ct) => FindAsync<AcceptancesRow>(Main, AcceptancesKey, ct);

    /// <summary>False if somebody else has changed it meanwhile.</summary>
    public async Task<bool> TrySaveAcceptancesAsync(AcceptancesRow? before, string entries, CancellationToken ct) =>
        before is null
            ? await TryAddAsync(
                new AcceptancesRow
                {
                    PartitionKey = Main,
                    RowKey = AcceptancesKey,
                    Entries = entries,
                },
                ct
            )
                is not null
            : await TryReplaceAsync(before with { Entries = entries }, ct) is not null;

    // ---- the timer ---------------------------------------------------------------------------------------------

    /// <summary>When a tick was last known to be at work; null if none was yet.</summary>
    public async Task<DateTimeOffset?> FindLastTickAsync(CancellationToken ct) => (await FindAsync<TickRow>(Main, TickKey, ct))?.LastSeenAt;

    /// <summary>A tick is at work. Unconditional: whichever instance is last is right.</summary>
    public async Task SaveTickAsync(DateTimeOffset now, CancellationToken ct) =>
        await table.UpsertEntityAsync(
            new TickRow
            {
                PartitionKey = Main,
                RowKey = TickKey,
                LastSeenAt = now,
            },
            TableUpdateMode.Replace,
            ct
        );

    // ---- reconciliation ----------------------------------------------------------------------------------------

    public async Task<ReconciliationRow> GetReconciliationAsync(CancellationToken ct) =>
        await FindAsync<ReconciliationRow>(Main, "sweep", ct)
        ?? new ReconciliationRow
        {
            PartitionKey = Main,
            RowKey = "sweep",
            PassStartedAt = DateTimeOffset.UnixEpoch,
            CheckedUpTo = DateTimeOffset.UnixEpoch,
        };

    /// <summary>Unconditional: two sweeps at once at worst look at a page twice.</summary>
    public async Task SaveReconciliationAsync(ReconciliationRow sweep, CancellationToken ct) =>
        await table.UpsertEntityAsync(sweep, TableUpdateMode.Replace, ct);

    // ---- writing -----------------------------------------------------------------------------------------------

    /// <summary>
    /// Writes the row if it is still as it was read. The row as it is stored now; null, and nothing changed in storage, if
    /// somebody else has changed it.
    /// </summary>
    public async Task<T?> TryReplaceAsync<T>(T row, CancellationToken ct)
        where T : LedgerRow
    {
        var written = row with { WriteId = NewWriteId() };
        try
        {
            var response = await table.UpdateEntityAsync(written, row.ETag, TableUpdateMode.Replace, ct);
            written.ETag = response.Headers.ETag!.Value;
            return written;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return await IsOwnWriteAsync(written, ct) ? written : null;
        }
    }

    /// <summary>The row as it is in storage now.</summary>
    public async Task<TaskRow?> RefreshAsync(TaskRow task, CancellationToken ct) =>
        await FindAsync<TaskRow>(task.PartitionKey, task.RowKey, ct);

    private async Task<T?> TryAddAsync<T>(T row, CancellationToken ct)
        where T : LedgerRow => await TryTransactAsync([new(TableTransactionActionType.Add, row)], ct) is { } written ? (T)written[0] : null;

    /// <summary>All or nothing: the rows as they are stored now, in the order of the actions; null if any was in conflict.</summary>
    private async Task<IReadOnlyList<LedgerRow>?> TryTransactAsync(List<TableTransactionAction> actions, CancellationToken ct)
    {
        var writeId = NewWriteId();
        var rows = actions.Select(action => (LedgerRow)action.Entity with { WriteId = writeId }).ToList();
        try
        {
            var responses = await table.SubmitTransactionAsync(
                actions.Zip(rows, (action, row) => new TableTransactionAction(action.ActionType, row, action.ETag)),
                ct
            );
            for (var i = 0; i < rows.Count; i++)
            {
                if (responses.Value[i].Headers.ETag is { } etag)
                {
                    rows[i].ETag = etag;
                }
            }

            return rows;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            // The first row is never one that the transaction deletes.
            if (!await IsOwnWriteAsync(rows[0], ct))
            {
                return null;
            }

            for (var i = 1; i < rows.Count; i++)
            {
                if (actions[i].ActionType != TableTransactionActionType.Delete)
                {
                    await IsOwnWriteAsync(rows[i], ct);
                }
            }

            return rows;
        }
    }

    // The client repeats a request whose reply was lost; if the first one took effect, the second one is in conflict with it.
    private async Task<bool> IsOwnWriteAsync(LedgerRow row, CancellationToken ct)
    {
        var stored = await FindAsync<TableEntity>(row.PartitionKey, row.RowKey, ct);
        if (stored is null || stored.GetString(nameof(LedgerRow.WriteId)) != row.WriteId)
        {
            return false;
        }

        row.ETag = stored.ETag;
        return true;
    }

    private static string NewWriteId() => Guid.NewGuid().ToString("N");

    private async Task<T?> FindAsync<T>(string partition, string key, CancellationToken ct)
        where T : class, ITableEntity
    {
        var found = await table.GetEntityIfExistsAsync<T>(partition, key, cancellationToken: ct);
        return found.HasValue ? found.Value : null;
    }

    private static bool IsConflict(RequestFailedException e) => e.Status is 404 or 409 or 412;

    private static TableTransactionAction Replace(LedgerRow row) => new(TableTransactionActionType.UpdateReplace, row, row.ETag);

    private static TableTransactionAction Delete(LedgerRow row, ETag? etag = null) =>
        new(TableTransactionActionType.Delete, row, etag ?? ETag.All);

    private static WorkItemRow NewWorkItem(WorkItemKind kind, string subject, DateTimeOffset due) =>
        new()
        {
            PartitionKey = Main,
            RowKey = WorkItemKey(kind, subject),
            Kind = kind,
            Subject = subject,
            DueAt = due,
        };

    private static string WorkItemKey(WorkItemKind kind, string subject) => (kind == WorkItemKind.File ? "o:f:" : "o:c:") + Hash(subject);

    private static string FileKey(string path) => "s:" + Hash(path);

    private static string IdempotencyKey(string source, string contentHash) => "v:" + Hash(source + "\n" + contentHash);

    [GeneratedRegex("^[0-9]{19}:[0-9a-f]{32}$")]
    private static partial Regex ListPlace();

    // Task names and paths may hold any character and length; row keys may not.
    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16);
}
