using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;

namespace Laaffic.Simulation.Storage.Blobs;

/// <summary>The blob service of an account.</summary>
internal sealed class BlobService(Stamps stamps)
{
    private const string MetadataStart = "x-ms-meta-";

    // As they are uploaded, and as they are given.
    private static readonly (string Uploaded, string Given)[] KeptHeaders =
    [
        ("x-ms-blob-content-type", "Content-Type"),
        ("x-ms-blob-content-encoding", "Content-Encoding"),
        ("x-ms-blob-content-language", "Content-Language"),
        ("x-ms-blob-content-md5", "Content-MD5"),
        ("x-ms-blob-content-disposition", "Content-Disposition"),
        ("x-ms-blob-cache-control", "Cache-Control"),
    ];

    public ImmutableDictionary<string, Container> State { get; set; } = ImmutableDictionary<string, Container>.Empty;

    public int MaxBlobsPerPage { get; set; } = 5000;

    public void Handle(StorageRequest request, Reply reply)
    {
        var address = RequestAddress.Of(request.Uri);
        var slash = address.Resource.IndexOf('/', StringComparison.Ordinal);
        var container = slash < 0 ? address.Resource : address.Resource[..slash];
        var operation = address.Parameter("comp");
        if (slash < 0)
        {
            HandleContainer(request, container, operation, address, reply);
        }
        else
        {
            HandleBlob(request, container, address.Resource[(slash + 1)..], operation, address, reply);
        }
    }

    public StoredBlob Put(
        string container,
        string name,
        ReadOnlyMemory<byte> content,
        string? contentType,
        StoredBlobType type,
        IReadOnlyDictionary<string, string>? metadata
    )
    {
        if (!State.ContainsKey(container))
        {
            CreateContainer(container);
        }

        return Store(
            container,
            new StoredBlob
            {
                Name = name,
                ETag = "",
                Type = type,
                Content = content,
                Headers = [new("Content-Type", contentType ?? "application/octet-stream")],
                Metadata = metadata is null ? [] : [.. metadata],
            }
        );
    }

    public bool Remove(string container, string name)
    {
        if (!State.TryGetValue(container, out var found) || found.Find(name) is null)
        {
            return false;
        }

        State = State.SetItem(container, found.Without(name));
        return true;
    }

    public bool Rename(string container, string from, string to)
    {
        if (!State.TryGetValue(container, out var found) || found.Find(from) is not { } blob)
        {
            return false;
        }

        State = State.SetItem(container, found.Without(from).With(blob with { Name = to }));
        return true;
    }

    public bool Grow(string container, string name, ReadOnlyMemory<byte> bytes)
    {
        if (!State.TryGetValue(container, out var found) || found.Find(name) is not { } blob)
        {
            return false;
        }

        Store(container, blob with { Content = Joined(blob.Content, bytes) });
        return true;
    }

    private void HandleContainer(StorageRequest request, string name, string? operation, RequestAddress address, Reply reply)
    {
        switch (request.Method, address.Parameter("restype"), operation)
        {
            case ("PUT", "container", null):
                if (State.ContainsKey(name))
                {
                    throw BlobErrors.ContainerAlreadyExists;
                }

                Describe(CreateContainer(name), reply);
                reply.Status = 201;
                break;
            case ("GET" or "HEAD", "container", null):
                Describe(ContainerOf(name), reply);
                break;
            case ("GET", "container", "list"):
                BlobListing.Answer(ContainerOf(name), name, address, MaxBlobsPerPage, reply);
                break;
            default:
                throw Refusal.NotSimulated($"{request.Method} of a container with comp={operation}");
        }
    }

    private void HandleBlob(StorageRequest request, string container, string name, string? operation, RequestAddress address, Reply reply)
    {
        switch (request.Method, operation)
        {
            case ("HEAD", null):
                GetProperties(request, ContainerOf(container), name, reply);
                break;
            case ("GET", "blocklist") when address.Parameter("blocklisttype") == "uncommitted":
                ListStaged(ContainerOf(container), name, reply);
                break;
            case ("GET", null):
                Download(request, Existing(ContainerOf(container), name), reply);
                break;
            case ("PUT", null):
                Upload(request, container, name, reply);
                break;
            case ("PUT", "block"):
                Stage(request, container, name, address.Parameter("blockid") ?? "", reply);
                break;
            case ("PUT", "blocklist"):
                Commit(request, container, name, reply);
                break;
            case ("PUT", "appendblock"):
                Append(request, container, name, reply);
                break;
            case ("DELETE", null):
                BlobConditions.Check(request, Existing(ContainerOf(container), name));
                State = State.SetItem(container, ContainerOf(container).Without(name));
                reply.Status = 202;
                break;
            default:
                throw Refusal.NotSimulated($"{request.Method} of a blob with comp={operation}");
        }
    }

    private Container ContainerOf(string name) => State.GetValueOrDefault(name) ?? throw BlobErrors.ContainerNotFound;

    private static StoredBlob Existing(Container container, string name) => container.Find(name) ?? throw BlobErrors.BlobNotFound;

    private Container CreateContainer(string name)
    {
        var now = stamps.Next();
        var container = Container.New(ETagOf(now), ToSecond(now));
        State = State.Add(name, container);
        return container;
    }

    private static void Describe(Container container, Reply reply)
    {
        reply.Add("ETag", container.ETag);
        reply.Add("Last-Modified", container.CreatedAt.ToString("R", CultureInfo.InvariantCulture));
        reply.Add("x-ms-lease-status", "unlocked");
        reply.Add("x-ms-lease-state", "available");
    }

    private static void GetProperties(StorageRequest request, Container container, string name, Reply reply)
    {
        if (container.Find(name) is not { } blob)
        {
            // The most usual of all refusals: without an exception, which would cost more than all the rest.
            BlobErrors.Write(reply, BlobErrors.BlobNotFound, isHead: true);
            return;
        }

        BlobConditions.Check(request, blob);
        Describe(blob, reply, isPart: false);
        reply.ContentLength = blob.Content.Length;
    }

    private static void Download(StorageRequest request, StoredBlob blob, Reply reply)
    {
        BlobConditions.Check(request, blob);
        var length = blob.Content.Length;
        if ((request.Header("x-ms-range") ?? request.Header("Range")) is not { } range)
        {
            Describe(blob, reply, isPart: false);
            reply.Body = blob.Content;
            return;
        }

        var (from, to) = RangeOf(range);
        if (from >= length)
        {
            throw BlobErrors.InvalidRange;
        }

        var last = Math.Min(to, length - 1);
        Describe(blob, reply, isPart: true);
        reply.Status = 206;
        reply.Add("Content-Range", string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{last}/{length}"));
        reply.Body = blob.Content[(int)from..(int)(last + 1)];
    }

    private static (long From, long To) RangeOf(string range)
    {
        const string Start = "bytes=";
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash < Start.Length || !range.StartsWith(Start, StringComparison.Ordinal))
        {
            throw Refusal.NotSimulated("the range " + range);
        }

        return (
            long.Parse(range.AsSpan(Start.Length, dash - Start.Length), CultureInfo.InvariantCulture),
            dash == range.Length - 1 ? long.MaxValue - 1 : long.Parse(range.AsSpan(dash + 1), CultureInfo.InvariantCulture)
        );
    }

    private void Upload(StorageRequest request, string container, string name, Reply reply)
    {
        if (request.Headers.ContainsKey("x-ms-copy-source"))
        {
            throw Refusal.NotSimulated("a copy");
        }

        var type = request.Header("x-ms-blob-type") switch
        {
            "BlockBlob" => StoredBlobType.BlockBlob,
            "AppendBlob" => StoredBlobType.AppendBlob,
            var other => throw Refusal.NotSimulated("the blob type " + other),
        };
        var before = ContainerOf(container).Find(name);
        BlobConditions.CheckWrite(request, before);
        // Azurite replaces a blob by one of another type; Azure wants it deleted first.
        if (before is not null && before.Type != type)
        {
            throw BlobErrors.InvalidBlobType;
        }

        var blob = Given(
            request,
            new StoredBlob
            {
                Name = name,
                ETag = "",
                Type = type,
                Content = request.Body,
            }
        );
        if (type == StoredBlobType.BlockBlob && !request.Headers.ContainsKey("x-ms-blob-content-md5"))
        {
#pragma warning disable CA5351 // The hash that Blob Storage keeps of an upload is MD5.
            blob = blob with { Headers = blob.Headers.Add(new("Content-MD5", Convert.ToBase64String(MD5.HashData(request.Body.Span)))) };
#pragma warning restore CA5351
        }

        Stored(Store(container, blob), reply);
    }

    private void Stage(StorageRequest request, string container, string name, string id, Reply reply)
    {
        var found = ContainerOf(container);
        if (found.Find(name) is { Type: not StoredBlobType.BlockBlob })
        {
            throw BlobErrors.InvalidBlobType;
        }
        // Azurite takes empty blocks; Azure does not.
        if (request.Body.IsEmpty)
        {
            throw BlobErrors.InvalidHeaderValue;
        }

        var staged = found.Staged.GetValueOrDefault(name) ?? [];
        if (id.Length == 0 || (staged.Count > 0 && staged[0].Id.Length != id.Length))
        {
            throw BlobErrors.InvalidBlockId;
        }

        staged = staged.RemoveAll(block => block.Id == id).Add(new(id, request.Body));
        State = State.SetItem(container, found with { Staged = found.Staged.SetItem(name, staged) });
        reply.Status = 201;
    }

    private static void ListStaged(Container container, string name, Reply reply)
    {
        var staged = container.Staged.GetValueOrDefault(name) ?? [];
        var blob = container.Find(name);
        if (blob is null && staged.IsEmpty)
        {
            throw BlobErrors.BlobNotFound;
        }

        if (blob is { Type: not StoredBlobType.BlockBlob })
        {
            throw BlobErrors.InvalidBlobType;
        }

        reply.SetBody("application/xml", BlockList.WriteUncommitted(staged));
    }

    private void Commit(StorageRequest request, string container, string name, Reply reply)
    {
        var found = ContainerOf(container);
        var before = found.Find(name);
        BlobConditions.CheckWrite(request, before);
        if (before is { Type: not StoredBlobType.BlockBlob })
        {
            throw BlobErrors.InvalidBlobType;
        }

        var blocks = BlockList.Read(request.Body, before, found.Staged.GetValueOrDefault(name) ?? []);
        Stored(
            Store(
                container,
                Given(
                    request,
                    new StoredBlob
                    {
                        Name = name,
                        ETag = "",
                        Content = BlockList.Join(blocks),
                        Blocks = blocks,
                    }
                )
            ),
            reply
        );
    }

    private void Append(StorageRequest request, string container, string name, Reply reply)
    {
        var blob = Existing(ContainerOf(container), name);
        BlobConditions.Check(request, blob);
        if (blob.Type != StoredBlobType.AppendBlob)
        {
            throw BlobErrors.InvalidBlobType;
        }

        if (request.Headers.ContainsKey("x-ms-blob-condition-maxsize"))
        {
            throw Refusal.NotSimulated("a limit to appending");
        }

        if (
            request.Header("x-ms-blob-condition-appendpos") is { } position
            && long.Parse(position, CultureInfo.InvariantCulture) != blob.Content.Length
        )
        {
            throw BlobErrors.AppendPosition;
        }

        reply.Add("x-ms-blob-append-offset", blob.Content.Length.ToString(CultureInfo.InvariantCulture));
        Stored(Store(container, blob with { Content = Joined(blob.Content, request.Body) }), reply);
    }

    /// <summary>The blob with what its upload says of it.</summary>
    private static StoredBlob Given(StorageRequest request, StoredBlob blob)
    {
        var headers = ImmutableArray.CreateBuilder<KeyValuePair<string, string>>();
        foreach (var (uploaded, given) in KeptHeaders)
        {
            if (request.Header(uploaded) is { } value)
            {
                headers.Add(new(given, value));
            }
        }

        if (!request.Headers.ContainsKey("x-ms-blob-content-type"))
        {
            headers.Add(new("Content-Type", "application/octet-stream"));
        }

        return blob with
        {
            Headers = headers.ToImmutable(),
            Metadata =
            [
                .. from header in request.Headers
                where header.Key.StartsWith(MetadataStart, StringComparison.OrdinalIgnoreCase)
                select new KeyValuePair<string, string>(header.Key[MetadataStart.Length..], header.Value),
            ],
        };
    }

    /// <summary>Stores the blob as a new version.</summary>
    private StoredBlob Store(string container, StoredBlob blob)
    {
        var now = stamps.Next();
        var found = ContainerOf(container);
        blob = blob with
        {
            ETag = ETagOf(now),
            LastModified = ToSecond(now),
            CreatedAt = found.Find(blob.Name)?.CreatedAt ?? ToSecond(now),
        };
        State = State.SetItem(container, found.With(blob));
        return blob;
    }

    private static void Stored(StoredBlob blob, Reply reply)
    {
        reply.Status = 201;
        reply.Add("ETag", blob.ETag);
        reply.Add("Last-Modified", blob.LastModified.ToString("R", CultureInfo.InvariantCulture));
        reply.Add("x-ms-request-server-encrypted", "true");
    }

    private static void Describe(StoredBlob blob, Reply reply, bool isPart)
    {
        reply.Add("ETag", blob.ETag);
        reply.Add("Last-Modified", blob.LastModified.ToString("R", CultureInfo.InvariantCulture));
        reply.Add("x-ms-creation-time", blob.CreatedAt.ToString("R", CultureInfo.InvariantCulture));
        reply.Add("x-ms-blob-type", blob.Type.ToString());
        reply.Add("x-ms-lease-status", "unlocked");
        reply.Add("x-ms-lease-state", "available");
        reply.Add("x-ms-server-encrypted", "true");
        reply.Add("Accept-Ranges", "bytes");
        // The hash is that of the whole blob.
        foreach (var (name, value) in blob.Headers)
        {
            reply.Add(isPart && name == "Content-MD5" ? "x-ms-blob-content-md5" : name, value);
        }

        foreach (var (name, value) in blob.Metadata)
        {
            reply.Add(MetadataStart + name, value);
        }
    }

    private static string ETagOf(DateTimeOffset stamp) => $"\"0x{stamp.UtcTicks:X}\"";

    private static DateTimeOffset ToSecond(DateTimeOffset time) =>
        new(time.UtcTicks - (time.UtcTicks % TimeSpan.TicksPerSecond), TimeSpan.Zero);

    private static byte[] Joined(ReadOnlyMemory<byte> first, ReadOnlyMemory<byte> second)
    {
        var joined = new byte[first.Length + second.Length];
        first.CopyTo(joined);
        second.CopyTo(joined.AsMemory(first.Length));
        return joined;
    }
}
