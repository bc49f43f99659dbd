using System.Globalization;

namespace Laaffic.EndToEnd.Tests.StoredData;

/// <summary>A property of a row, with its type in the table.</summary>
public sealed record StoredValue(string Type, string Value)
{
    public static StoredValue Of(object? value) =>
        value switch
        {
            DateTimeOffset time => new("DateTimeOffset", time.ToString("O", CultureInfo.InvariantCulture)),
            byte[] bytes => new("Bytes", Convert.ToBase64String(bytes)),
            IFormattable plain => new(value.GetType().Name, plain.ToString(null, CultureInfo.InvariantCulture)),
            _ => new(value!.GetType().Name, value.ToString()!),
        };

    public object ToObject() =>
        Type switch
        {
            "DateTimeOffset" => DateTimeOffset.Parse(Value, CultureInfo.InvariantCulture),
            "Bytes" => Convert.FromBase64String(Value),
            "Int32" => int.Parse(Value, CultureInfo.InvariantCulture),
            "Int64" => long.Parse(Value, CultureInfo.InvariantCulture),
            "Double" => double.Parse(Value, CultureInfo.InvariantCulture),
            "Boolean" => bool.Parse(Value),
            "String" => Value,
            _ => throw new FormatException($"A table has no {Type}."),
        };
}
