using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Sylvan.Data.Csv;

namespace Laaffic.Benchmarks.Planning;

/// <summary>
/// The least that must be done: the campaign's own reader feeding a <see cref="Utf8JsonWriter"/>, with no check of anything,
/// into memory that is used again and again.
/// </summary>
internal static class Floors
{
    private const int Block = 4 * 1024 * 1024;

    private static readonly JsonWriterOptions Unchecked = new()
    {
        SkipValidation = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static readonly JsonEncodedText[] Columns =
    [
        .. new[] { "calleeNumber", "text1", "text2", "text3" }.Select(name => JsonEncodedText.Encode(name)),
    ];

    public static long Csv(byte[] csv)
    {
        using var csvReader = CsvDataReader.Create(
            new StreamReader(new MemoryStream(csv)),
            new CsvDataReaderOptions
            {
                HasHeaders = true,
                Delimiter = ',',
                Comment = '#',
            }
        );
        var buffer = new ArrayBufferWriter<byte>(Block);
        using var json = new Utf8JsonWriter(buffer, Unchecked);
        json.WriteStartArray();
        var rows = 0L;
        while (csvReader.Read())
        {
            json.WriteStartObject();
            for (var i = 0; i < Columns.Length; i++)
            {
                json.WriteString(Columns[i], csvReader.GetFieldSpan(i));
            }

            json.WriteEndObject();
            rows++;
            Empty(json, buffer);
        }
        json.WriteEndArray();
        return rows;
    }

    public static long Json(byte[] campaign)
    {
        var source = new MemoryStream(campaign);
        var bytes = new byte[128 * 1024];
        var (end, state, callees) = (0, default(JsonReaderState), 0L);
        var buffer = new ArrayBufferWriter<byte>(Block);
        using var json = new Utf8JsonWriter(buffer, Unchecked);
        while (true)
        {
            var read = source.Read(bytes, end, bytes.Length - end);
            end += read;
            var reader = new Utf8JsonReader(bytes.AsSpan(0, end), isFinalBlock: read == 0, state);
            while (reader.Read())
            {
                Copy(ref reader, json);
                if (reader.TokenType == JsonTokenType.EndObject)
                {
                    callees++;
                    Empty(json, buffer);
                }
            }
            if (read == 0)
            {
                return callees - 1; // the root is an object too
            }

            state = reader.CurrentState;
            bytes.AsSpan((int)reader.BytesConsumed, end - (int)reader.BytesConsumed).CopyTo(bytes);
            end -= (int)reader.BytesConsumed;
        }
    }

    private static void Copy(ref Utf8JsonReader reader, Utf8JsonWriter json)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                json.WriteStartObject();
                break;
            case JsonTokenType.EndObject:
                json.WriteEndObject();
                break;
            case JsonTokenType.StartArray:
                json.WriteStartArray();
                break;
            case JsonTokenType.EndArray:
                json.WriteEndArray();
                break;
            case JsonTokenType.PropertyName:
                json.WritePropertyName(reader.ValueSpan);
                break;
            case JsonTokenType.String:
                json.WriteStringValue(reader.ValueSpan);
                break;
            default:
                json.WriteRawValue(reader.ValueSpan, skipInputValidation: true);
                break;
        }
    }

    private static void Empty(Utf8JsonWriter json, ArrayBufferWriter<byte> buffer)
    {
        if (json.BytesPending + buffer.WrittenCount < Block - 64 * 1024)
        {
            return;
        }

        json.Flush();
        buffer.ResetWrittenCount();
    }
}
