using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Laaffic.Simulation.Storage.Tables;

/// <summary>Rows as OData JSON, at the level "minimal metadata".</summary>
internal static class RowJson
{
    private const string TypeSuffix = "@odata.type";

    // Azure keeps times from then on.
    private static readonly DateTimeOffset FirstTime = new(1601, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Reads a request's row. Its keys are null where it has none.</summary>
    public static (string? PartitionKey, string? RowKey, List<StoredProperty> Properties) Read(ReadOnlySpan<byte> json)
    {
        List<StoredProperty> properties = [];
        List<(string Name, string Type)>? types = null;
        string? partitionKey = null,
            rowKey = null;
        try
        {
            var reader = new Utf8JsonReader(json);
            reader.Read();
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var name = reader.GetString()!;
                reader.Read();
                var value = Value(ref reader);
                if (name == nameof(StoredRow.PartitionKey))
                {
                    partitionKey = value as string ?? throw TableErrors.InvalidInput();
                }
                else if (name == nameof(StoredRow.RowKey))
                {
                    rowKey = value as string ?? throw TableErrors.InvalidInput();
                }
                else if (name.EndsWith(TypeSuffix, StringComparison.Ordinal))
                {
                    (types ??= []).Add((name[..^TypeSuffix.Length], value as string ?? ""));
                }
                else if (value is not null && name != nameof(StoredRow.Timestamp) && !name.StartsWith("odata.", StringComparison.Ordinal))
                {
                    properties.Add(new(name, value));
                }
            }
        }
        catch (JsonException)
        {
            throw TableErrors.InvalidInput();
        }

        if (types is not null)
        {
            for (var i = 0; i < properties.Count; i++)
            {
                foreach (var (name, type) in types)
                {
                    if (name == properties[i].Name)
                    {
                        properties[i] = new(name, Typed(properties[i].Value, type));
                    }
                }
            }
        }

        return (partitionKey, rowKey, properties);
    }

    public static byte[] Write(Action<Utf8JsonWriter> content)
    {
        var buffer = new ArrayBufferWriter<byte>(1024);
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            content(json);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes a row.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="row">The row.</param>
    /// <param name="select">The names of the properties asked for; null for all.</param>
    /// <param name="metadata">Whether the row is the whole document.</param>
    public static void Write(Utf8JsonWriter json, StoredRow row, string[]? select, bool metadata)
    {
        json.WriteStartObject();
        if (metadata)
        {
            json.WriteString("odata.metadata"u8, "http://127.0.0.1/$metadata#entity/@Element"u8);
        }

        json.WriteString("odata.etag"u8, row.ETag);
        if (Asked(nameof(row.PartitionKey)))
        {
            json.WriteString("PartitionKey"u8, row.PartitionKey);
        }

        if (Asked(nameof(row.RowKey)))
        {
            json.WriteString("RowKey"u8, row.RowKey);
        }

        if (Asked(nameof(row.Timestamp)))
        {
            json.WriteString("Timestamp"u8, Text(row.Timestamp));
        }

        foreach (var property in row.Properties)
        {
            if (Asked(property.Name))
            {
                Write(json, property);
            }
        }

        json.WriteEndObject();

        bool Asked(string name) => select is null || select.AsSpan().Contains(name);
    }

    private static void Write(Utf8JsonWriter json, StoredProperty property)
    {
        switch (property.Value)
        {
            case string text:
                json.WriteString(property.Name, text);
                break;
            case bool value:
                json.WriteBoolean(property.Name, value);
                break;
            case int number:
                json.WriteNumber(property.Name, number);
                break;
            case double number when double.IsFinite(number):
                json.WritePropertyName(property.Name);
                var digits = number.ToString("R", CultureInfo.InvariantCulture);
                json.WriteRawValue(digits.AsSpan().ContainsAny('.', 'E') ? digits : digits + ".0", skipInputValidation: true);
                break;
            case double number:
                Typed(
                    "Edm.Double",
                    double.IsNaN(number) ? "NaN"
                        : number > 0 ? "Infinity"
                        : "-Infinity"
                );
                break;
            case long number:
                Typed("Edm.Int64", number.ToString(CultureInfo.InvariantCulture));
                break;
            case DateTimeOffset time:
                Typed("Edm.DateTime", Text(time));
                break;
            case Guid guid:
                Typed("Edm.Guid", guid.ToString());
                break;
            case byte[] bytes:
                Typed("Edm.Binary", Convert.ToBase64String(bytes));
                break;
        }

        void Typed(string type, string value)
        {
            json.WriteString(property.Name + TypeSuffix, type);
            json.WriteString(property.Name, value);
        }
    }

    private static string Text(DateTimeOffset time) => time.ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFZ", CultureInfo.InvariantCulture);

    private static object? Value(ref Utf8JsonReader reader)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                return reader.GetString();
            case JsonTokenType.True or JsonTokenType.False:
                return reader.GetBoolean();
            case JsonTokenType.Number:
                return reader.TryGetInt32(out var number) ? (object)number : reader.GetDouble();
            case JsonTokenType.Null:
                return null;
            default:
                throw TableErrors.InvalidInput();
        }
    }

    private static object Typed(object value, string type)
    {
        try
        {
            return (type, value) switch
            {
                ("Edm.String", string) or ("Edm.Boolean", bool) or ("Edm.Int32", int) or ("Edm.Double", double) => value,
                ("Edm.Int64", string text) => long.Parse(text, CultureInfo.InvariantCulture),
                ("Edm.Double", int number) => (double)number,
                ("Edm.Double", string text) => text switch
                {
                    "Infinity" => double.PositiveInfinity,
                    "-Infinity" => double.NegativeInfinity,
                    _ => double.NaN,
                },
                ("Edm.DateTime", string text) => Time(text),
                ("Edm.Guid", string text) => Guid.Parse(text),
                ("Edm.Binary", string text) => Convert.FromBase64String(text),
                _ => throw TableErrors.InvalidInput(),
            };
        }
        catch (FormatException)
        {
            throw TableErrors.InvalidInput();
        }
    }

    /// <summary>A time that can be stored or compared with.</summary>
    public static DateTimeOffset Time(string text)
    {
        var time = DateTimeOffset.Parse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal
        );
        return time >= FirstTime ? time : throw TableErrors.OutOfRange(text);
    }
}
