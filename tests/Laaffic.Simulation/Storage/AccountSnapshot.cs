using System.Collections.Immutable;
using Laaffic.Simulation.Storage.Blobs;

namespace Laaffic.Simulation.Storage;

/// <summary>What an account held at some time.</summary>
public sealed class AccountSnapshot
{
    internal AccountSnapshot(
        ImmutableDictionary<string, ImmutableSortedSet<StoredRow>> tables,
        ImmutableDictionary<string, Container> blobs
    ) => (Tables, Blobs) = (tables, blobs);

    internal ImmutableDictionary<string, ImmutableSortedSet<StoredRow>> Tables { get; }

    internal ImmutableDictionary<string, Container> Blobs { get; }
}
