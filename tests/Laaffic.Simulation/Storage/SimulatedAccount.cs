using System.Globalization;
using Laaffic.Simulation.Storage.Blobs;
using Laaffic.Simulation.Storage.Tables;

namespace Laaffic.Simulation.Storage;

/// <summary>
/// A storage account in memory: the table and blob requests that the app makes, answered as Azure answers them, at once and one
/// at a time. What happens depends on the requests and the clock alone. Whatever it does not know it refuses with 501.
/// </summary>
/// <param name="clock">The account's own clock.</param>
public sealed class SimulatedAccount(Func<DateTimeOffset> clock)
{
    private const string Name = "simulated";
    private const int BlobPort = 10000;
    private const int TablePort = 10002;

    private readonly Lock _gate = new();
    private readonly Stamps _stamps = new(clock);
    private TableService? _tableService;
    private BlobService? _blobService;
    private long _requests;

    /// <summary>For the storage clients, with a transport that leads here: nothing listens at its addresses.</summary>
    public static string ConnectionString { get; } =
        string.Create(
            CultureInfo.InvariantCulture,
            $"DefaultEndpointsProtocol=http;AccountName={Name};AccountKey=c2ltdWxhdGVk;"
                + $"BlobEndpoint=http://127.0.0.1:{BlobPort}/{Name};TableEndpoint=http://127.0.0.1:{TablePort}/{Name};"
        );

    /// <summary>How many requests it has had.</summary>
    public long Requests => _requests;

    /// <summary>The most rows that a table query returns at once. The service may return fewer than its usual 1000 at any time.</summary>
    public int MaxRowsPerPage
    {
        get => Tables.MaxRowsPerPage;
        set => Tables.MaxRowsPerPage = value;
    }

    /// <summary>The most blobs that a list request returns at once, likewise.</summary>
    public int MaxBlobsPerPage
    {
        get => Blobs.MaxBlobsPerPage;
        set => Blobs.MaxBlobsPerPage = value;
    }

    private TableService Tables => _tableService ??= new(_stamps);

    private BlobService Blobs => _blobService ??= new(_stamps);

    /// <summary>Answers a request.</summary>
    public StorageResponse Handle(StorageRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        lock (_gate)
        {
            _requests++;
            var isTable = IsTableRequest(request.Uri);
            var reply = new Reply();
            try
            {
                if (isTable)
                {
                    Tables.Handle(request, reply);
                }
                else
                {
                    Blobs.Handle(request, reply);
                }
            }
            catch (Refusal refusal)
            {
                reply.Clear();
                if (isTable)
                {
                    TableErrors.Write(reply, refusal);
                }
                else
                {
                    BlobErrors.Write(reply, refusal, isHead: request.Method == "HEAD");
                }
            }

            return reply.Complete(request, _requests, _stamps.Now);
        }
    }

    /// <summary>Whether a request is one to the account's table service; all others are to its blob service.</summary>
    public static bool IsTableRequest(Uri uri)
    {
        ArgumentNullException.ThrowIfNull(uri);
        return uri.Port == TablePort;
    }

    /// <summary>All that is stored at present, at no cost.</summary>
    public AccountSnapshot Snapshot()
    {
        lock (_gate)
        {
            return new(Tables.State, Blobs.State);
        }
    }

    /// <summary>Puts back what was stored then. ETags made since are not made again.</summary>
    public void Restore(AccountSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        lock (_gate)
        {
            (Tables.State, Blobs.State) = (snapshot.Tables, snapshot.Blobs);
        }
    }

    /// <summary>Puts back only the tables.</summary>
    public void RestoreTables(AccountSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        lock (_gate)
        {
            Tables.State = snapshot.Tables;
        }
    }

    /// <summary>The rows of a table, by partition and row key; none if there is no such table.</summary>
    public IReadOnlyList<StoredRow> Rows(string table)
    {
        lock (_gate)
        {
            return Tables.State.TryGetValue(table, out var rows) ? rows : [];
        }
    }

    /// <summary>A row, or null.</summary>
    public StoredRow? FindRow(string table, string partitionKey, string rowKey)
    {
        lock (_gate)
        {
            return Tables.State.TryGetValue(table, out var rows) ? rows.Find(partitionKey, rowKey) : null;
        }
    }

    /// <summary>The blobs of a container by name, as a list request shows them; none if there is no such container.</summary>
    public IReadOnlyList<StoredBlob> BlobsOf(string container)
    {
        lock (_gate)
        {
            return Blobs.State.TryGetValue(container, out var found) ? found.Blobs : [];
        }
    }

    /// <summary>A blob, or null.</summary>
    public StoredBlob? FindBlob(string container, string name)
    {
        lock (_gate)
        {
            return Blobs.State.TryGetValue(container, out var found) ? found.Find(name) : null;
        }
    }

    /// <summary>Stores a blob as an unconditional upload does. Makes the container if need be.</summary>
    public StoredBlob PutBlob(
        string container,
        string name,
        ReadOnlyMemory<byte> content,
        string? contentType = null,
        StoredBlobType type = StoredBlobType.BlockBlob,
        IReadOnlyDictionary<string, string>? metadata = null
    )
    {
        lock (_gate)
        {
            return Blobs.Put(container, name, content, contentType, type, metadata);
        }
    }

    /// <summary>Deletes a blob. False if there is none.</summary>
    public bool DeleteBlob(string container, string name)
    {
        lock (_gate)
        {
            return Blobs.Remove(container, name);
        }
    }

    /// <summary>
    /// Renames a blob as an account with hierarchical namespace does: it replaces what has the name, and keeps its ETag and the
    /// time of its last change. False if there is none.
    /// </summary>
    public bool RenameBlob(string container, string from, string to)
    {
        lock (_gate)
        {
            return Blobs.Rename(container, from, to);
        }
    }

    /// <summary>Lets a blob of any type grow, as appending to it or flushing it does. False if there is none.</summary>
    public bool Grow(string container, string name, ReadOnlyMemory<byte> bytes)
    {
        lock (_gate)
        {
            return Blobs.Grow(container, name, bytes);
        }
    }
}
