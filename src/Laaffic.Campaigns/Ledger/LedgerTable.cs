using Azure;
using Azure.Data.Tables;
using Azure.Data.Tables.Models;

namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// The one storage table of the ledger, and how rows are changed in it: only as they were read, and so that a repeated request knows
/// its own work. All rows but the tasks' share a partition, so that whatever belongs together changes in one transaction.
/// </summary>
internal sealed class LedgerTable(TableClient table)
{
    public const string TableName = "ledger";

    /// <summary>The limit of one table query.</summary>
    public const int MaxRowsPerRequest = 1000;

    /// <summary>The limit of one table transaction.</summary>
    private const int MaxRowsPerTransaction = 100;

    public async Task PrepareAsync(CancellationToken cancellationToken) => await table.CreateIfNotExistsAsync(cancellationToken);

    /// <summary>A row of the main partition; null if it is not there.</summary>
    public Task<T?> FindAsync<T>(string key, CancellationToken cancellationToken)
        where T : class, ITableEntity => FindAsync<T>(LedgerKeys.Main, key, cancellationToken);

    public async Task<T?> FindAsync<T>(string partition, string key, CancellationToken cancellationToken)
        where T : class, ITableEntity
    {
        var found = await table.GetEntityIfExistsAsync<T>(partition, key, cancellationToken: cancellationToken);
        return found.HasValue ? found.Value : null;
    }

    public IAsyncEnumerable<T> QueryAsync<T>(string filter, CancellationToken cancellationToken, int? rowsPerRequest = null)
        where T : class, ITableEntity => table.QueryAsync<T>(filter, rowsPerRequest, cancellationToken: cancellationToken);

    /// <summary>Writes the row whatever is there.</summary>
    public async Task UpsertAsync(LedgerRow row, CancellationToken cancellationToken) =>
        await table.UpsertEntityAsync(row, TableUpdateMode.Replace, cancellationToken);

    /// <summary>
    /// Writes the row if it is still as it was read. The row as it is stored now; null, and nothing changed in storage, if
    /// somebody else has changed it.
    /// </summary>
    public async Task<T?> TryReplaceAsync<T>(T row, CancellationToken cancellationToken)
        where T : LedgerRow
    {
        var written = row with { WriteId = NewWriteId() };
        try
        {
            var response = await table.UpdateEntityAsync(written, row.ETag, TableUpdateMode.Replace, cancellationToken);
            written.ETag = response.Headers.ETag!.Value;
            return written;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return await IsOwnWriteAsync(written, cancellationToken) ? written : null;
        }
    }

    /// <summary>False if the row is not as it was read, or not there.</summary>
    public async Task<bool> TryRemoveAsync(LedgerRow row, CancellationToken cancellationToken)
    {
        try
        {
            // The client takes a row that is not there for a success.
            return (await table.DeleteEntityAsync(row.PartitionKey, row.RowKey, row.ETag, cancellationToken)).Status != 404;
        }
        catch (RequestFailedException e) when (IsConflict(e))
        {
            return false;
        }
    }

    /// <summary>The row as it is stored now; null if it is there already.</summary>
    public async Task<T?> TryAddAsync<T>(T row, CancellationToken cancellationToken)
        where T : LedgerRow =>
        await TryTransactAsync([new(TableTransactionActionType.Add, row)], cancellationToken) is { } written ? (T)written[0] : null;

    /// <summary>All or nothing: the rows as they are stored now, in the order of the actions; null if any was in conflict.</summary>
    public async Task<IReadOnlyList<LedgerRow>?> TryTransactAsync(List<TableTransactionAction> actions, CancellationToken cancellationToken)
    {
        var writeId = NewWriteId();
        var rows = actions.Select(action => (LedgerRow)action.Entity with { WriteId = writeId }).ToList();
        try
        {
            var responses = await table.SubmitTransactionAsync(
                actions.Zip(rows, (action, row) => new TableTransactionAction(action.ActionType, row, action.ETag)),
                cancellationToken
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
            if (!await IsOwnWriteAsync(rows[0], cancellationToken))
            {
                return null;
            }

            for (var i = 1; i < rows.Count; i++)
            {
                if (actions[i].ActionType != TableTransactionActionType.Delete)
                {
                    await IsOwnWriteAsync(rows[i], cancellationToken);
                }
            }

            return rows;
        }
    }

    // The client repeats a request whose reply was lost; if the first one took effect, the second one is in conflict with it.
    private async Task<bool> IsOwnWriteAsync(LedgerRow row, CancellationToken cancellationToken)
    {
        var stored = await FindAsync<TableEntity>(row.PartitionKey, row.RowKey, cancellationToken);
        if (stored is null || stored.GetString(nameof(LedgerRow.WriteId)) != row.WriteId)
        {
            return false;
        }

        row.ETag = stored.ETag;
        return true;
    }

    /// <summary>Adds rows that are nobody else's. Those that are there stay as they are.</summary>
    public async Task AddOwnAsync(IEnumerable<LedgerRow> rows, CancellationToken cancellationToken)
    {
        foreach (var batch in rows.Chunk(MaxRowsPerTransaction))
        {
            try
            {
                await table.SubmitTransactionAsync(
                    batch.Select(row => new TableTransactionAction(TableTransactionActionType.Add, row)),
                    cancellationToken
                );
            }
            catch (RequestFailedException e) when (e.ErrorCode == TableErrorCode.EntityAlreadyExists)
            {
                // This very batch was stored before.
            }
        }
    }

    public static TableTransactionAction Add(LedgerRow row) => new(TableTransactionActionType.Add, row);

    public static TableTransactionAction Replace(LedgerRow row) => new(TableTransactionActionType.UpdateReplace, row, row.ETag);

    public static TableTransactionAction Delete(LedgerRow row, ETag? etag = null) =>
        new(TableTransactionActionType.Delete, row, etag ?? ETag.All);

    private static string NewWriteId() => Guid.NewGuid().ToString("N");

    private static bool IsConflict(RequestFailedException e) => e.Status is 404 or 409 or 412;
}
