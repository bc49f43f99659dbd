using System.Collections.Immutable;

namespace Laaffic.Simulation.Storage.Blobs;

/// <summary>A blob container; never changed, only replaced.</summary>
/// <param name="ETag">Its version.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="Blobs">Its blobs by name.</param>
/// <param name="Staged">Blocks that are not committed, by the name of their blob.</param>
internal sealed record Container(
    string ETag,
    DateTimeOffset CreatedAt,
    ImmutableSortedSet<StoredBlob> Blobs,
    ImmutableDictionary<string, ImmutableList<Block>> Staged
)
{
    public static Container New(string etag, DateTimeOffset createdAt) =>
        new(etag, createdAt, ImmutableSortedSet.Create(StoredBlob.ByName), ImmutableDictionary<string, ImmutableList<Block>>.Empty);

    public StoredBlob? Find(string name) => Blobs.TryGetValue(Place(name), out var blob) ? blob : null;

    /// <summary>With the blob in place of any of its name, whose staged blocks vanish.</summary>
    public Container With(StoredBlob blob) => this with { Blobs = Blobs.Remove(blob).Add(blob), Staged = Staged.Remove(blob.Name) };

    public Container Without(string name) => this with { Blobs = Blobs.Remove(Place(name)), Staged = Staged.Remove(name) };

    /// <summary>Where in the order a blob stands or would stand.</summary>
    public int IndexOf(string name)
    {
        var index = Blobs.IndexOf(Place(name));
        return index < 0 ? ~index : index;
    }

    private static StoredBlob Place(string name) => new() { Name = name, ETag = "" };
}
