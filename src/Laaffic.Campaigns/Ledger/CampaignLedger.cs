using System.Globalization;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Azure;
using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// The durable record of every file, campaign, task and attempt, in one storage table. All rows but the tasks' share a
/// partition, so that whatever belongs together changes in one transaction.
/// </summary>
internal sealed partial class CampaignLedger(TableClient table)
{
    public const string TableName = "ledger";

    // Row keys: c campaign, l list entry, s source, v version of a source, o open work (of a campaign or a file).
    private const string Main = "campaigns";

    private const int MaxRowsPerRequest = 1000; // the limit of one table query

    public static string CampaignKey(string taskName) => "c:" + Hash(taskName);

    public async Task PrepareAsync(CancellationToken ct) => await table.CreateIfNotExistsAsync(ct);

    // ---- files -------------------------------------------------------------------------------------------------

    public Task<SourceRow?> FindSourceAsync(string path, CancellationToken ct) => FindAsync<SourceRow>(Main, SourceKey(path), ct);

    /// <summary>
    /// Reserves one version of a file for reading. Null if somebody else is reading the file, or dealt with it meanwhile.
    /// </summary>
    public async Task<SourceClaim?> ClaimSourceAsync(
        string path, string blobETag, SourceRow? known, DateTimeOffset now, DateTimeOffset until, CancellationToken ct)
    {
        OpenRow? working = null;
        if (known?.State == SourceState.Reading)
        {
            working = await FindAsync<OpenRow>(Main, OpenKey(OpenKind.File, path), ct);
            if (working is not null && working.DueAt > now) return null;
        }

        var source = new SourceRow
        {
            PartitionKey = Main,
            RowKey = SourceKey(path),
            ETag = known?.ETag ?? default,
            Path = path,
            BlobETag = blobETag,
            State = SourceState.Reading,
            PlanId = Guid.CreateVersion7().ToString("N"),
            Campaign = null, // the report's place belongs to whatever this version turns out to be
            Failures = known?.State == SourceState.Reading && known.BlobETag == blobETag ? known.Failures : 0,
        };
        var open = NewOpen(OpenKind.File, path, until);
        open.DeferredSince = working?.DeferredSince;
        var done = await TryTransactAsync(source,
            [
                known is null ? new(TableTransactionActionType.Add, source) : Replace(source),
                new(TableTransactionActionType.UpsertReplace, open),
            ], ct);
        if (!done) return null;
        await ReadETagAsync(open, ct);
        return new SourceClaim(source, open, AbandonedPlan: known?.State == SourceState.Reading ? known.PlanId : null);
    }

    /// <summary>The report at the file's path is that of this campaign from now on. False if the claim was lost.</summary>
    public Task<bool> NameSourceAsync(SourceClaim claim, string campaign, CancellationToken ct)
    {
        claim.Source.Campaign = campaign;
        return TryReplaceAsync(claim.Source, ct);
    }

    /// <summary>The version is dealt with: it belongs to a campaign, or it was rejected. False if the claim was lost.</summary>
    public Task<bool> CloseSourceAsync(SourceClaim claim, SourceState state, string? campaign, CancellationToken ct)
    {
        claim.Source.State = state;
        claim.Source.Campaign = campaign;
        return TryTransactAsync(claim.Source, [Replace(claim.Source), Delete(claim.Open)], ct);
    }

    /// <summary>Whether the file is still reserved by this claim, expired or not.</summary>
    public async Task<bool> IsHeldAsync(SourceClaim claim, CancellationToken ct) =>
        await FindSourceAsync(claim.Source.Path, ct) is { State: SourceState.Reading } source && source.PlanId == claim.Source.PlanId;

    /// <summary>Reading failed for a reason outside the file: it falls due again. False if the claim was lost.</summary>
    public Task<bool> RetrySourceAsync(SourceClaim claim, DateTimeOffset due, CancellationToken ct)
    {
        claim.Source.Failures++;
        claim.Open.DueAt = due;
        return TryTransactAsync(claim.Source, [Replace(claim.Source), Replace(claim.Open)], ct);
    }

    // ---- campaigns ---------------------------------------------------------------------------------------------

    public Task<CampaignRow?> FindCampaignAsync(string taskName, CancellationToken ct) =>
        FindAsync<CampaignRow>(Main, CampaignKey(taskName), ct);

    /// <summary>The campaign that these bytes were submitted as before, from this source; or null.</summary>
    public Task<VersionRow?> FindVersionAsync(string source, string contentHash, CancellationToken ct) =>
        FindAsync<VersionRow>(Main, VersionKey(source, contentHash), ct);

    /// <summary>Stores the tasks of a plan. They mean nothing until the campaign is committed.</summary>
    public async Task AddTasksAsync(IEnumerable<TaskRow> tasks, CancellationToken ct)
    {
        foreach (var batch in tasks.Chunk(100)) // the limit of one table transaction
            await table.SubmitTransactionAsync(batch.Select(t => new TableTransactionAction(TableTransactionActionType.UpsertReplace, t)), ct);
    }

    /// <summary>
    /// The commit: the campaign, its open work, its place in the list and the memory of its content appear at once, and
    /// the file's claim ends with them. Null if any of them was there before, or if the claim was lost.
    /// </summary>
    public async Task<OpenRow?> CommitAsync(
        CampaignRow campaign, string versionSource, SourceClaim? claim, DateTimeOffset until, CancellationToken ct)
    {
        campaign.PartitionKey = Main;
        campaign.RowKey = CampaignKey(campaign.TaskName);
        var newestFirst = (long.MaxValue - campaign.CommittedAt.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
        var open = NewOpen(OpenKind.Campaign, campaign.TaskName, until);
        List<TableTransactionAction> actions =
        [
            new(TableTransactionActionType.Add, campaign),
            new(TableTransactionActionType.Add, open),
            new(TableTransactionActionType.Add, new ListRow
            {
                PartitionKey = Main, RowKey = $"l:{newestFirst}:{Hash(campaign.TaskName)}", TaskName = campaign.TaskName,
            }),
            new(TableTransactionActionType.Add, new VersionRow
            {
                PartitionKey = Main,
                RowKey = VersionKey(versionSource, campaign.ContentHash),
                TaskName = campaign.TaskName,
                PlanId = campaign.PlanId,
            }),
        ];
        if (claim is not null)
        {
            claim.Source.State = SourceState.Planned;
            claim.Source.Campaign = campaign.TaskName;
            actions.Add(Replace(claim.Source));
            actions.Add(Delete(claim.Open));
        }

        if (!await TryTransactAsync(campaign, actions, ct)) return null;
        await ReadETagAsync(open, ct);
        return open;
    }

    /// <summary>The tasks of a campaign, in their order.</summary>
    public async Task<List<TaskRow>> TasksAsync(string planId, CancellationToken ct)
    {
        List<TaskRow> tasks = [];
        await foreach (var task in table.QueryAsync<TaskRow>(t => t.PartitionKey == planId, cancellationToken: ct))
            tasks.Add(task);
        return tasks;
    }

    /// <summary>A page of task names, the newest campaign first, and where the next page goes on; null at the end.</summary>
    /// <exception cref="FormatException">The continuation is none that this gave.</exception>
    public async Task<(IReadOnlyList<string> TaskNames, string? Next)> ListAsync(int size, string? continuation, CancellationToken ct)
    {
        if (continuation is not null && !ListPlace().IsMatch(continuation)) throw new FormatException("This is no continuation of a list.");
        var after = "l:" + continuation;
        // One more than asked for tells whether there are more.
        var rows = await table
            .QueryAsync<ListRow>(
                TableClient.CreateQueryFilter($"PartitionKey eq {Main} and RowKey gt {after} and RowKey lt 'l;'"), Math.Min(size + 1, MaxRowsPerRequest), cancellationToken: ct)
            .Take(size + 1)
            .ToListAsync(ct);
        return ([.. rows.Take(size).Select(r => r.TaskName)], rows.Count > size ? rows[size - 1].RowKey[2..] : null);
    }

    // ---- open work ---------------------------------------------------------------------------------------------

    /// <summary>Open work that is due, or has deferred tasks. Finished work leaves no trace here, so the cost does not grow with it.</summary>
    public async IAsyncEnumerable<OpenRow> DueOrDeferredAsync(DateTimeOffset now, [EnumeratorCancellation] CancellationToken ct)
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {Main} and RowKey ge 'o:' and RowKey lt 'o;' and (DueAt le {now} or DeferredSince le {now})");
        await foreach (var open in table.QueryAsync<OpenRow>(filter, cancellationToken: ct))
            yield return open;
    }

    public Task<OpenRow?> FindOpenAsync(OpenKind kind, string subject, CancellationToken ct) =>
        FindAsync<OpenRow>(Main, OpenKey(kind, subject), ct);

    /// <summary>Takes open work up, or keeps it, until the given time. False if somebody else has it.</summary>
    public Task<bool> TryReserveAsync(OpenRow open, DateTimeOffset until, CancellationToken ct)
    {
        open.DueAt = until;
        return TryReplaceAsync(open, ct);
    }

    /// <summary>
    /// Ends a round of work on a campaign: its state for the list, and its open work either ends or falls due again.
    /// False if somebody else has taken it up.
    /// </summary>
    public Task<bool> EndRoundAsync(CampaignRow campaign, OpenRow open, DateTimeOffset? dueAgain, CancellationToken ct)
    {
        if (dueAgain is { } due) open.DueAt = due;
        return TryTransactAsync(campaign, [Replace(campaign), dueAgain is null ? Delete(open, open.ETag) : Replace(open)], ct);
    }

    // ---- the account -------------------------------------------------------------------------------------------

    public Task<HoldRow?> FindHoldAsync(CancellationToken ct) => FindAsync<HoldRow>(Main, "hold", ct);

    /// <summary>Puts the account on hold. False if it is on hold already.</summary>
    public async Task<bool> TryAddHoldAsync(HoldRow hold, CancellationToken ct)
    {
        (hold.PartitionKey, hold.RowKey) = (Main, "hold");
        return await TryTransactAsync(hold, [new(TableTransactionActionType.Add, hold)], ct);
    }

    /// <summary>Ends a hold. False if it has ended, or another probe of it was begun, or it is another hold by now.</summary>
    public async Task<bool> TryRemoveHoldAsync(HoldRow hold, CancellationToken ct)
    {
        try
        {
            // The client takes a row that is not there for a success.
            return (await table.DeleteEntityAsync(hold.PartitionKey, hold.RowKey, hold.ETag, ct)).Status != 404;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return false;
        }
    }

    // ---- the sweep ---------------------------------------------------------------------------------------------

    public async Task<SweepRow> SweepAsync(CancellationToken ct) =>
        await FindAsync<SweepRow>(Main, "sweep", ct)
        ?? new SweepRow { PartitionKey = Main, RowKey = "sweep", PassStartedAt = DateTimeOffset.UnixEpoch, CheckedUpTo = DateTimeOffset.UnixEpoch };

    /// <summary>Unconditional: two sweeps at once at worst look at a page twice.</summary>
    public async Task SaveSweepAsync(SweepRow sweep, CancellationToken ct) =>
        await table.UpsertEntityAsync(sweep, TableUpdateMode.Replace, ct);

    // ---- writing -----------------------------------------------------------------------------------------------

    /// <summary>Writes the row if it is still as it was read. False, and the row unchanged in storage, if it is not.</summary>
    public async Task<bool> TryReplaceAsync(LedgerRow row, CancellationToken ct)
    {
        row.WriteId = Guid.NewGuid().ToString("N");
        try
        {
            var response = await ReplaceAsync(row, ct);
            row.ETag = response.Headers.ETag!.Value;
            return true;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return await IsOwnWriteAsync(row, ct);
        }
    }

    /// <summary>The row as it is in storage now.</summary>
    public async Task<TaskRow?> RereadAsync(TaskRow task, CancellationToken ct) => await FindAsync<TaskRow>(task.PartitionKey, task.RowKey, ct);

    // The table client serialises by the static type of its argument.
    private Task<Response> ReplaceAsync(LedgerRow row, CancellationToken ct) => row switch
    {
        TaskRow task => table.UpdateEntityAsync(task, row.ETag, TableUpdateMode.Replace, ct),
        OpenRow open => table.UpdateEntityAsync(open, row.ETag, TableUpdateMode.Replace, ct),
        HoldRow hold => table.UpdateEntityAsync(hold, row.ETag, TableUpdateMode.Replace, ct),
        SourceRow source => table.UpdateEntityAsync(source, row.ETag, TableUpdateMode.Replace, ct),
        CampaignRow campaign => table.UpdateEntityAsync(campaign, row.ETag, TableUpdateMode.Replace, ct),
        _ => throw new ArgumentException($"A {row.GetType().Name} is never written by itself.", nameof(row)),
    };

    /// <summary>All or nothing; <paramref name="witness"/> is one of the rows, read back if the reply to the write was lost.</summary>
    private async Task<bool> TryTransactAsync(LedgerRow witness, List<TableTransactionAction> actions, CancellationToken ct)
    {
        var writeId = Guid.NewGuid().ToString("N");
        foreach (var action in actions) ((LedgerRow)action.Entity).WriteId = writeId;
        try
        {
            var responses = await table.SubmitTransactionAsync(actions, ct);
            for (var i = 0; i < actions.Count; i++)
                if (responses.Value[i].Headers.ETag is { } etag) actions[i].Entity.ETag = etag;
            return true;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return await IsOwnWriteAsync(witness, ct);
        }
    }

    // The client repeats a request whose reply was lost; if the first one took effect, the second one is in conflict with it.
    private async Task<bool> IsOwnWriteAsync(LedgerRow row, CancellationToken ct)
    {
        var stored = await FindAsync<TableEntity>(row.PartitionKey, row.RowKey, ct);
        if (stored is null || stored.GetString(nameof(LedgerRow.WriteId)) != row.WriteId) return false;
        row.ETag = stored.ETag;
        return true;
    }

    private async Task ReadETagAsync(OpenRow open, CancellationToken ct)
    {
        if (open.ETag == default && await FindAsync<OpenRow>(open.PartitionKey, open.RowKey, ct) is { } stored) open.ETag = stored.ETag;
    }

    private async Task<T?> FindAsync<T>(string partition, string key, CancellationToken ct) where T : class, ITableEntity
    {
        var found = await table.GetEntityIfExistsAsync<T>(partition, key, cancellationToken: ct);
        return found.HasValue ? found.Value : null;
    }

    private static bool IsConflict(RequestFailedException e) => e.Status is 404 or 409 or 412;

    private static TableTransactionAction Replace(LedgerRow row) => new(TableTransactionActionType.UpdateReplace, row, row.ETag);

    private static TableTransactionAction Delete(LedgerRow row, ETag? etag = null) => new(TableTransactionActionType.Delete, row, etag ?? ETag.All);

    private static OpenRow NewOpen(OpenKind kind, string subject, DateTimeOffset due) =>
        new() { PartitionKey = Main, RowKey = OpenKey(kind, subject), Kind = kind, Subject = subject, DueAt = due };

    private static string OpenKey(OpenKind kind, string subject) => (kind == OpenKind.File ? "o:f:" : "o:c:") + Hash(subject);

    private static string SourceKey(string path) => "s:" + Hash(path);

    private static string VersionKey(string source, string contentHash) => "v:" + Hash(source + "\n" + contentHash);

    [GeneratedRegex("^[0-9]{19}:[0-9a-f]{32}$")]
    private static partial Regex ListPlace();

    // Task names and paths may hold any character and length; row keys may not.
    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16);
}

/// <summary>A file reserved for reading. <paramref name="AbandonedPlan"/>: what an earlier reader left half-written.</summary>
internal sealed record SourceClaim(SourceRow Source, OpenRow Open, string? AbandonedPlan);
