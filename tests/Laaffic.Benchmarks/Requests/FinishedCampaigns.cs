using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;

namespace Laaffic.Benchmarks.Requests;

/// <summary>
/// Fills storage with finished campaigns of a hundred tasks each: files in the container and rows in the ledger, copied from
/// one campaign that the app itself has finished.
/// </summary>
internal sealed class FinishedCampaigns(BlobServiceClient blobs, TableClient ledger)
{
    /// <summary>Tasks of one campaign: as many as one table transaction takes.</summary>
    public const int Tasks = 100;

    private const int Parallel = 8;

    private List<TableEntity>? _model;
    private TableEntity? _task;

    /// <summary>Adds them.</summary>
    /// <param name="file">The path of the file that became the finished campaign.</param>
    /// <param name="first">The first one's number: none may be added twice.</param>
    /// <param name="count">How many.</param>
    public async Task AddAsync(string file, int first, int count)
    {
        _model ??= await RowsOfAsync(file); // before there are any others
        _task ??= await TaskOfAsync(_model);
        var container = blobs.GetBlobContainerClient(Containers.Campaigns);
        await System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(first, count),
            new ParallelOptions { MaxDegreeOfParallelism = Parallel },
            async (number, cancellationToken) =>
            {
                var path = string.Create(CultureInfo.InvariantCulture, $"finished/{number:000000}.json");
                var planId = string.Create(CultureInfo.InvariantCulture, $"plan{number:000000}");
                var etag = (await container.UploadBlobAsync(path, BinaryData.FromString("{}"), cancellationToken)).Value.ETag;
                await ledger.SubmitTransactionAsync(Enumerable.Range(1, Tasks).Select(i => Add(CopyTask(planId, i))), cancellationToken);
                await ledger.SubmitTransactionAsync(_model.Select(row => Add(Copy(row, number, path, planId, etag))), cancellationToken);
            }
        );
    }

    private static TableTransactionAction Add(TableEntity row) => new(TableTransactionActionType.Add, row);

    /// <summary>The rows that remain of a finished campaign, besides its tasks'.</summary>
    private async Task<List<TableEntity>> RowsOfAsync(string file)
    {
        List<TableEntity> rows = [];
        await foreach (var row in ledger.QueryAsync<TableEntity>(row => row.PartitionKey == "campaigns"))
        {
            if (
                row.RowKey[..2] is "c:" or "l:" or "v:"
                || (row.RowKey.StartsWith("s:", StringComparison.Ordinal) && row.GetString("Path") == file)
            )
            {
                rows.Add(row);
            }
        }
        return rows.Count == 4 ? rows : throw new InvalidOperationException($"A finished campaign has left {rows.Count} rows, not 4.");
    }

    private async Task<TableEntity> TaskOfAsync(IEnumerable<TableEntity> rows)
    {
        var planId = rows.First(row => row.RowKey.StartsWith("c:", StringComparison.Ordinal)).GetString("PlanId");
        return await ledger.QueryAsync<TableEntity>(row => row.PartitionKey == planId).SingleAsync();
    }

    private static TableEntity Copy(TableEntity row, int number, string path, string planId, ETag etag)
    {
        var copy = new TableEntity(row)
        {
            RowKey = row.RowKey[..2] + Hash(row.RowKey.StartsWith("s:", StringComparison.Ordinal) ? path : $"{row.RowKey}{number}"),
        };
        copy.Remove("odata.etag");
        foreach (
            var (name, value) in ((string, object)[])
                [("Path", path), ("PlanId", planId), ("BlobETag", etag.ToString()), ("TaskCount", Tasks)]
        )
        {
            if (copy.ContainsKey(name))
            {
                copy[name] = value;
            }
        }
        return copy;
    }

    private TableEntity CopyTask(string planId, int number)
    {
        var copy = new TableEntity(_task) { PartitionKey = planId, RowKey = number.ToString("D6", CultureInfo.InvariantCulture) };
        copy.Remove("odata.etag");
        return copy;
    }

    // As the ledger makes its keys; were it not so any more, the number of requests would tell.
    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16);
}
