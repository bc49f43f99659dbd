using System.Globalization;

namespace Laaffic.Simulation.Storage;

/// <summary>A row of a table; never changed, only replaced.</summary>
public sealed class StoredRow
{
    private readonly StoredProperty[] _properties;

    internal StoredRow(string partitionKey, string rowKey, DateTimeOffset timestamp, StoredProperty[] properties)
    {
        (PartitionKey, RowKey, Timestamp, this._properties) = (partitionKey, rowKey, timestamp, properties);
        ETag = string.Create(
            CultureInfo.InvariantCulture,
            $"W/\"datetime'{timestamp:yyyy-MM-ddTHH}%3A{timestamp:mm}%3A{timestamp:ss.fffffff}Z'\""
        );
    }

    private StoredRow(string partitionKey, string rowKey) => (PartitionKey, RowKey, ETag, _properties) = (partitionKey, rowKey, "", []);

    /// <summary>Its partition.</summary>
    public string PartitionKey { get; }

    /// <summary>Its key in the partition.</summary>
    public string RowKey { get; }

    /// <summary>When it was written.</summary>
    public DateTimeOffset Timestamp { get; }

    /// <summary>New with every write.</summary>
    public string ETag { get; }

    /// <summary>Its properties but for keys and timestamp.</summary>
    public IReadOnlyList<StoredProperty> Properties => _properties;

    /// <summary>The value of a property (string, bool, int, long, double, DateTimeOffset, Guid or byte[]); null if it has none.</summary>
    public object? this[string name]
    {
        get
        {
            foreach (var property in _properties)
            {
                if (property.Name == name)
                {
                    return property.Value;
                }
            }

            return name switch
            {
                nameof(PartitionKey) => PartitionKey,
                nameof(RowKey) => RowKey,
                nameof(Timestamp) => Timestamp,
                _ => null,
            };
        }
    }

    internal static IComparer<StoredRow> ByKeys { get; } =
        Comparer<StoredRow>.Create(
            (a, b) =>
                string.CompareOrdinal(a.PartitionKey, b.PartitionKey) is not 0 and var order
                    ? order
                    : string.CompareOrdinal(a.RowKey, b.RowKey)
        );

    /// <summary>A place in the order of rows, to look for.</summary>
    internal static StoredRow KeyOnly(string partitionKey, string rowKey) => new(partitionKey, rowKey);
}
