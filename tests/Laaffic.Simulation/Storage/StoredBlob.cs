using System.Collections.Immutable;

namespace Laaffic.Simulation.Storage;

/// <summary>A blob; never changed, only replaced.</summary>
public sealed record StoredBlob
{
    /// <summary>Its name in the container.</summary>
    public required string Name { get; init; }

    /// <summary>Its type.</summary>
    public StoredBlobType Type { get; init; }

    /// <summary>All its bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; init; }

    /// <summary>New with every change, in quotes.</summary>
    public required string ETag { get; init; }

    /// <summary>To the second.</summary>
    public DateTimeOffset LastModified { get; init; }

    /// <summary>To the second.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>The headers that a download gives as they were uploaded, such as Content-Type.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Names and values that the uploader gave.</summary>
    public ImmutableArray<KeyValuePair<string, string>> Metadata { get; init; } = [];

    /// <summary>What it was committed of; empty if it was uploaded at once.</summary>
    internal ImmutableArray<Blobs.Block> Blocks { get; init; } = [];

    internal static IComparer<StoredBlob> ByName { get; } = Comparer<StoredBlob>.Create((a, b) => string.CompareOrdinal(a.Name, b.Name));
}
