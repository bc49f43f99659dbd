using System.Buffers;
using System.IO.Pipelines;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>
/// Reads a create request as it arrives. Only the part not yet understood is held: at most one callee, or one
/// other field.
/// </summary>
/// <param name="account">The account to judge the request for.</param>
/// <param name="rememberTexts">Whether callees' texts are kept.</param>
internal sealed class CreateRequestReader(SimulatorAccount account, bool rememberTexts)
{
    private const int LongestValue = 1 << 20;

    private readonly NumberInfoList _numbers = new(rememberTexts);
    private readonly ArrayBufferWriter<byte> _settings = new();
    private JsonReaderState _state;
    private Place _place = Place.Start;
    private bool _hasNumbers;
    private string? _taskName;

    private enum Place
    {
        Start,
        Fields,
        Numbers,
        End,
    }

    /// <summary>Reads the body to its end, whatever is wrong with it, so that the caller can send all of it.</summary>
    /// <exception cref="IOException">The connection ended before the body did.</exception>
    public async Task<CreateRequest> ReadAsync(PipeReader body, CancellationToken cancellationToken)
    {
        using var settings = new Utf8JsonWriter(_settings, new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        string? unreadable = null;
        while (true)
        {
            var read = await body.ReadAsync(cancellationToken);
            var understood = read.Buffer.End;
            try
            {
                if (unreadable is null)
                {
                    understood = Take(read.Buffer, read.IsCompleted, settings);
                }

                if (read.Buffer.Slice(understood).Length > LongestValue)
                {
                    throw new JsonException($"a value is longer than {LongestValue} bytes");
                }
            }
            catch (Exception wrong) when (WhyUnreadable(wrong) is not null)
            {
                unreadable = WhyUnreadable(wrong);
                understood = read.Buffer.End;
            }

            body.AdvanceTo(understood, read.Buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        if (unreadable is not null)
        {
            return CreateRequest.Unreadable(unreadable, _taskName);
        }

        settings.Flush();
        try
        {
            var fields = JsonElement.Parse(_settings.WrittenSpan, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return CreateRequest.Judge(fields, _numbers, account);
        }
        catch (Exception wrong) when (WhyUnreadable(wrong) is { } why)
        {
            return CreateRequest.Unreadable(why, _taskName);
        }
    }

    /// <summary>What an exception says about a body; null when it is not about the body.</summary>
    public static string? WhyUnreadable(Exception wrong) =>
        wrong switch
        {
            JsonException => $"the body cannot be read: {wrong.Message}",
            // System.Text.Json's way to refuse bytes or escapes that are no text.
            InvalidOperationException => "the body cannot be read: it has a string that is not Unicode text",
            _ => null,
        };

    private SequencePosition Take(in ReadOnlySequence<byte> buffer, bool final, Utf8JsonWriter settings)
    {
        var reader = new Utf8JsonReader(buffer, final, _state);
        while (true)
        {
            var before = reader;
            if (TryStep(ref reader, buffer, settings))
            {
                continue;
            }

            _state = before.CurrentState;
            return buffer.GetPosition(before.BytesConsumed);
        }
    }

    // One step is a callee, another field or a bracket: all of it, or nothing.
    private bool TryStep(ref Utf8JsonReader reader, in ReadOnlySequence<byte> buffer, Utf8JsonWriter settings)
    {
        if (!reader.Read())
        {
            return false;
        }

        switch (_place)
        {
            case Place.Start:
                if (reader.TokenType is not JsonTokenType.StartObject)
                {
                    throw new JsonException("it is not an object");
                }

                settings.WriteStartObject();
                _place = Place.Fields;
                return true;
            case Place.Fields when reader.TokenType is JsonTokenType.EndObject:
                settings.WriteEndObject();
                _place = Place.End;
                return true;
            case Place.Fields:
                return TryTakeField(ref reader, buffer, settings);
            case Place.Numbers when reader.TokenType is JsonTokenType.EndArray:
                _place = Place.Fields;
                return true;
            case Place.Numbers:
                return _numbers.TryTake(ref reader, buffer);
            default:
                return false;
        }
    }

    private bool TryTakeField(ref Utf8JsonReader reader, in ReadOnlySequence<byte> buffer, Utf8JsonWriter settings)
    {
        var name = reader.GetString()!;
        if (!reader.Read())
        {
            return false;
        }

        if (name == "numberInfoList")
        {
            if (reader.TokenType is not (JsonTokenType.StartArray or JsonTokenType.Null))
            {
                _numbers.Findings.Bad("numberInfoList must be an array");
            }

            if (reader.TokenType is JsonTokenType.StartArray)
            {
                _place = Place.Numbers;
            }
            else if (!reader.TrySkip())
            {
                return false;
            }

            if (_hasNumbers)
            {
                _numbers.Findings.Bad("numberInfoList is there twice");
            }

            _hasNumbers = true;
            return true;
        }

        var start = reader.TokenStartIndex;
        if (!reader.TrySkip())
        {
            return false;
        }

        if (name == "taskName" && reader.TokenType is JsonTokenType.String)
        {
            _taskName ??= reader.GetString();
        }

        settings.WritePropertyName(name);
        settings.WriteRawValue(buffer.Slice(start, reader.BytesConsumed - start), skipInputValidation: true);
        return true;
    }
}
