namespace Laaffic.Simulation.Storage.Tables;

/// <summary>What Azure documents as the limits of a row.</summary>
internal static class RowLimits
{
    private const int MaxKeyBytes = 1024;
    private const int MaxPropertyBytes = 64 * 1024;
    private const int MaxRowBytes = 1024 * 1024;
    private const int MaxProperties = 252;

    public static void Check(string partitionKey, string rowKey, List<StoredProperty> properties)
    {
        CheckKey(nameof(StoredRow.PartitionKey), partitionKey);
        CheckKey(nameof(StoredRow.RowKey), rowKey);
        if (properties.Count > MaxProperties)
        {
            throw new Refusal(400, "TooManyProperties", "The entity contains more properties than allowed.");
        }

        var size = 4 + ((partitionKey.Length + rowKey.Length) * 2);
        foreach (var property in properties)
        {
            var bytes = property.Value switch
            {
                string text => text.Length * 2,
                byte[] data => data.Length,
                _ => 8,
            };
            if (bytes > MaxPropertyBytes)
            {
                throw new Refusal(400, "PropertyValueTooLarge", "The property value exceeds the maximum allowed size (64KB).");
            }

            size += 8 + (property.Name.Length * 2) + bytes;
        }

        if (size > MaxRowBytes)
        {
            throw new Refusal(400, "EntityTooLarge", "The entity is larger than the maximum allowed size (1MB).");
        }
    }

    private static void CheckKey(string name, string key)
    {
        if (key.Length * 2 > MaxKeyBytes)
        {
            throw new Refusal(400, "KeyValueTooLarge", $"The {name} exceeds the maximum allowed size (1KB).");
        }

        foreach (var c in key)
        {
            if (c is '/' or '\\' or '#' or '?' || char.IsControl(c))
            {
                throw TableErrors.OutOfRange(name);
            }
        }
    }
}
