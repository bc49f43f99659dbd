using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Azure;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;

namespace Laaffic.Benchmarks.Timer;

/// <summary>
/// Fills storage with finished campaigns: files in the container and their rows in the ledger, copied from one campaign
/// that the app itself has finished.
/// </summary>
internal sealed class FinishedCampaigns(BlobServiceClient blobs, TableClient ledger)
{
    private const int Parallel = 16;

    private List<TableEntity>? rows;

    /// <summary>Adds them.</summary>
    /// <param name="model">The path of the file that became the finished campaign.</param>
    /// <param name="first">The first one's number: none may be added twice.</param>
    /// <param name="count">How many.</param>
    public async Task AddAsync(string model, int first, int count)
    {
        var container = blobs.GetBlobContainerClient(Containers.Campaigns);
        rows ??= await RowsOfAsync(model); // before there are any others
        await System.Threading.Tasks.Parallel.ForEachAsync(
            Enumerable.Range(first, count).Chunk(25), new ParallelOptions { MaxDegreeOfParallelism = Parallel }, async (numbers, ct) =>
            {
                List<TableTransactionAction> actions = [];
                foreach (var number in numbers)
                {
                    var path = string.Create(CultureInfo.InvariantCulture, $"finished/{number:000000}.json");
                    var etag = (await container.UploadBlobAsync(path, BinaryData.FromString("{}"), ct)).Value.ETag;
                    actions.AddRange(rows.Select(row => new TableTransactionAction(TableTransactionActionType.Add, Copy(row, number, path, etag))));
                }
                await ledger.SubmitTransactionAsync(actions, ct);
            });
    }

    /// <summary>The rows that remain of a finished campaign, besides its task's.</summary>
    private async Task<List<TableEntity>> RowsOfAsync(string model)
    {
        List<TableEntity> found = [];
        await foreach (var row in ledger.QueryAsync<TableEntity>(row => row.PartitionKey == "campaigns"))
        {
            if (row.RowKey[..2] is "c:" or "l:" or "v:" || (row.RowKey.StartsWith("s:", StringComparison.Ordinal) && row.GetString("Path") == model))
                found.Add(row);
        }
        return found.Count == 4 ? found : throw new InvalidOperationException($"A finished campaign has left {found.Count} rows, not 4.");
    }

    private static TableEntity Copy(TableEntity row, int number, string path, ETag etag)
    {
        var copy = new TableEntity(row) { RowKey = row.RowKey[..2] + Hash(row.RowKey.StartsWith("s:", StringComparison.Ordinal) ? path : $"{row.RowKey}{number}") };
        copy.Remove("odata.etag");
        if (copy.ContainsKey("Path"))
            copy["Path"] = path;
        if (copy.ContainsKey("BlobETag"))
            copy["BlobETag"] = etag.ToString();
        return copy;
    }

    // As the ledger makes its keys; were it not so any more, the number of requests would tell.
    private static string Hash(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)), 0, 16);
}
