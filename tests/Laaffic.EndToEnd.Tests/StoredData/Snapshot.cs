using System.Text.Json;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;

namespace Laaffic.EndToEnd.Tests.StoredData;

/// <summary>All that a release has stored, and what Laaffic has accepted of it, as JSON that outlives the release.</summary>
/// <param name="At">When it was taken.</param>
/// <param name="Rows">The ledger's rows.</param>
/// <param name="Blobs">The blobs of all containers.</param>
/// <param name="Accepted">The requests that Laaffic accepted, in their order.</param>
public sealed record Snapshot(
    DateTimeOffset At,
    IReadOnlyList<IReadOnlyDictionary<string, StoredValue>> Rows,
    IReadOnlyList<StoredBlob> Blobs,
    IReadOnlyList<string> Accepted
)
{
    private const string Ledger = "ledger";
    private static readonly string[] Containers = ["campaigns", "lists", "profiles", "results", "schedules", "tasks"];
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    public static Snapshot Read(string path) => JsonSerializer.Deserialize<Snapshot>(File.ReadAllBytes(path), Json)!;

    public void Write(string path) => File.WriteAllText(path, JsonSerializer.Serialize(this, Json).ReplaceLineEndings("\n") + "\n");

    public static async Task<Snapshot> TakeAsync(
        string account,
        DateTimeOffset at,
        IReadOnlyList<string> accepted,
        CancellationToken cancellationToken
    )
    {
        List<IReadOnlyDictionary<string, StoredValue>> rows = [];
        await foreach (
            var row in new TableClient(account, Ledger).QueryAsync<TableEntity>((string?)null, cancellationToken: cancellationToken)
        )
        {
            rows.Add(row.Where(p => p.Key is not ("odata.etag" or "Timestamp")).ToDictionary(p => p.Key, p => StoredValue.Of(p.Value)));
        }

        List<StoredBlob> blobs = [];
        var service = new BlobServiceClient(account);
        foreach (var name in Containers)
        {
            var container = service.GetBlobContainerClient(name);
            await foreach (var blob in container.GetBlobsAsync(new GetBlobsOptions { Traits = BlobTraits.Metadata }, cancellationToken))
            {
                var content = (await container.GetBlobClient(blob.Name).DownloadContentAsync(cancellationToken)).Value;
                blobs.Add(
                    new(
                        name,
                        blob.Name,
                        content.Details.ETag.ToString(),
                        blob.Properties.ContentType,
                        new Dictionary<string, string>(blob.Metadata ?? new Dictionary<string, string>()),
                        content.Content.ToArray()
                    )
                );
            }
        }

        return new(at, rows, blobs, accepted);
    }

    /// <summary>Stores it all in an empty account. Blobs get new ETags, and the rows that hold one get it with them.</summary>
    public async Task RestoreAsync(string account, CancellationToken cancellationToken)
    {
        var service = new BlobServiceClient(account);
        Dictionary<string, string> etags = [];
        foreach (var blob in Blobs)
        {
            var container = service.GetBlobContainerClient(blob.Container);
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken);
            var stored = await container
                .GetBlobClient(blob.Name)
                .UploadAsync(
                    BinaryData.FromBytes(blob.Content),
                    new BlobUploadOptions
                    {
                        HttpHeaders = new() { ContentType = blob.ContentType },
                        Metadata = new Dictionary<string, string>(blob.Metadata),
                    },
                    cancellationToken
                );
            etags[blob.ETag] = stored.Value.ETag.ToString();
        }

        var table = new TableClient(account, Ledger);
        await table.CreateIfNotExistsAsync(cancellationToken);
        foreach (var row in Rows)
        {
            var entity = new TableEntity();
            foreach (var (name, value) in row)
            {
                entity[name] = value.Type == "String" && etags.TryGetValue(value.Value, out var etag) ? etag : value.ToObject();
            }

            await table.AddEntityAsync(entity, cancellationToken);
        }
    }
}
