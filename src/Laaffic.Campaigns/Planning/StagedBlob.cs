using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// A blob that is stored block by block and appears as a whole when it is committed. Blocks that never are committed vanish
/// by themselves. Where its name is of one plan alone, a request that the storage client repeats finds at most its own work;
/// else <paramref name="conditions"/> say what may be replaced.
/// </summary>
internal sealed class StagedBlob(
    BlockBlobClient blob,
    string contentType,
    BlobRequestConditions? conditions = null,
    IDictionary<string, string>? metadata = null
)
{
    private readonly List<string> _blocks = [];

    // Uncommitted blocks of two writers of one blob differ by nothing but their ids.
    private readonly byte[] _writer = Guid.NewGuid().ToByteArray();

    /// <summary>The blob's name in its container.</summary>
    public string Name => blob.Name;

    /// <summary>How many bytes it has so far.</summary>
    public long Length { get; private set; }

    /// <summary>Stores the bytes as the next block and clears them. Blocks may be stored at once, each from a buffer of its own.</summary>
    public async Task StageAsync(BlockBuffer bytes, CancellationToken cancellationToken)
    {
        if (bytes.Count == 0)
        {
            return;
        }
        // Ids must be of one length within a blob.
        var id = Convert.ToBase64String([.. _writer, .. BitConverter.GetBytes(_blocks.Count)]);
        _blocks.Add(id);
        Length += bytes.Count;
        using (var stream = bytes.OpenRead())
        {
            await blob.StageBlockAsync(id, stream, cancellationToken: cancellationToken);
        }

        bytes.Clear();
    }

    /// <summary>Stores the last bytes, clears them and makes the blob appear; a small one in one request.</summary>
    /// <returns>The version that has appeared.</returns>
    public async Task<ETag> CommitAsync(BlockBuffer bytes, CancellationToken cancellationToken)
    {
        var headers = new BlobHttpHeaders { ContentType = contentType };
        if (_blocks.Count == 0)
        {
            Length = bytes.Count;
            using var stream = bytes.OpenRead();
            var uploaded = await blob.UploadAsync(
                stream,
                new BlobUploadOptions
                {
                    HttpHeaders = headers,
                    Conditions = conditions,
                    Metadata = metadata,
                },
                cancellationToken
            );
            bytes.Clear();
            return uploaded.Value.ETag;
        }

        await StageAsync(bytes, cancellationToken);
        var committed = await blob.CommitBlockListAsync(
            _blocks,
            new CommitBlockListOptions
            {
                HttpHeaders = headers,
                Conditions = conditions,
                Metadata = metadata,
            },
            cancellationToken
        );
        return committed.Value.ETag;
    }
}
