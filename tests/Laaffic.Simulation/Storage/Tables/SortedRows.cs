using System.Collections.Immutable;

namespace Laaffic.Simulation.Storage.Tables;

/// <summary>Looks rows up by their keys.</summary>
internal static class SortedRows
{
    public static StoredRow? Find(this ImmutableSortedSet<StoredRow> rows, string partitionKey, string rowKey) =>
        rows.TryGetValue(StoredRow.KeyOnly(partitionKey, rowKey), out var row) ? row : null;
}
