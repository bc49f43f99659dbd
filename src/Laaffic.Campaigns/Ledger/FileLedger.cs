using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// The durable record of dropped files: which version is being read or was dealt with, and how far the container is reconciled.
/// </summary>
internal sealed class FileLedger(LedgerTable table)
{
    public Task<FileRow?> FindFileAsync(string path, CancellationToken cancellationToken) =>
        table.FindAsync<FileRow>(LedgerKeys.File(path), cancellationToken);

    /// <summary>
    /// Reserves one version of a file for reading. Null if somebody else is reading the file, or dealt with it meanwhile.
    /// A lease that its reader left behind counts as a failure to read that version.
    /// </summary>
    public async Task<FileLease?> TryLeaseFileAsync(
        string path,
        string blobETag,
        FileRow? known,
        DateTimeOffset now,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        WorkItemRow? before = null;
        if (known?.State == FileState.Reading)
        {
            before = await table.FindAsync<WorkItemRow>(LedgerKeys.WorkItem(WorkItemKind.File, path), cancellationToken);
            if (before is not null && before.DueAt > now)
            {
                return null;
            }
        }

        var again = known?.State == FileState.Reading;
        var sameVersion = again && known!.BlobETag == blobETag;
        var file = new FileRow
        {
            PartitionKey = LedgerKeys.Main,
            RowKey = LedgerKeys.File(path),
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
        var item = WorkItemRow.New(WorkItemKind.File, path, until) with { DeferredSince = before?.DeferredSince };
        var written = await table.TryTransactAsync(
            [known is null ? LedgerTable.Add(file) : LedgerTable.Replace(file), new(TableTransactionActionType.UpsertReplace, item)],
            cancellationToken
        );
        return written is null
            ? null
            : new FileLease((FileRow)written[0], (WorkItemRow)written[1], abandonedPlan: again ? known!.PlanId : null);
    }

    /// <summary>The report at the file's path is that of this campaign from now on. False if the lease was lost.</summary>
    public async Task<bool> SetFileCampaignAsync(FileLease lease, string campaign, CancellationToken cancellationToken) =>
        lease.TryUpdate(await table.TryReplaceAsync(lease.File with { Campaign = campaign }, cancellationToken), lease.WorkItem);

    /// <summary>The version is dealt with: it belongs to a campaign, or it was rejected. False if the lease was lost.</summary>
    public async Task<bool> CompleteFileAsync(FileLease lease, FileState state, string? campaign, CancellationToken cancellationToken) =>
        await table.TryTransactAsync(
            [LedgerTable.Replace(lease.File with { State = state, Campaign = campaign }), LedgerTable.Delete(lease.WorkItem)],
            cancellationToken
        )
            is not null;

    /// <summary>Whether the file is still reserved by this lease, expired or not.</summary>
    public async Task<bool> IsLeaseHeldAsync(FileLease lease, CancellationToken cancellationToken) =>
        await FindFileAsync(lease.File.Path, cancellationToken) is { State: FileState.Reading } file && file.PlanId == lease.File.PlanId;

    /// <summary>Keeps the lease until the given time. False if it was lost.</summary>
    public async Task<bool> TryRenewLeaseAsync(FileLease lease, DateTimeOffset until, CancellationToken cancellationToken) =>
        lease.TryUpdate(lease.File, await table.TryReplaceAsync(lease.WorkItem with { DueAt = until }, cancellationToken));

    /// <summary>
    /// Reading did not come to its end: the file falls due again, with what is to be remembered of it. False if the lease was lost.
    /// </summary>
    public async Task<bool> RescheduleFileAsync(
        FileLease lease,
        FileRow file,
        DateTimeOffset due,
        DateTimeOffset? deferredSince,
        CancellationToken cancellationToken
    )
    {
        var written = await table.TryTransactAsync(
            [LedgerTable.Replace(file), LedgerTable.Replace(lease.WorkItem with { DueAt = due, DeferredSince = deferredSince })],
            cancellationToken
        );
        return written is not null && lease.TryUpdate((FileRow)written[0], (WorkItemRow)written[1]);
    }

    public async Task<ReconciliationRow> GetReconciliationAsync(CancellationToken cancellationToken) =>
        await table.FindAsync<ReconciliationRow>(LedgerKeys.Reconciliation, cancellationToken)
        ?? new ReconciliationRow
        {
            PartitionKey = LedgerKeys.Main,
            RowKey = LedgerKeys.Reconciliation,
            PassStartedAt = DateTimeOffset.UnixEpoch,
            CheckedUpTo = DateTimeOffset.UnixEpoch,
        };

    /// <summary>Unconditional: two passes at once at worst look at a page twice.</summary>
    public async Task SaveReconciliationAsync(ReconciliationRow reconciliation, CancellationToken cancellationToken) =>
        await table.UpsertAsync(reconciliation, cancellationToken);
}
