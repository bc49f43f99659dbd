using System.Text;
using System.Text.Json;
using Laaffic.Api;

namespace Laaffic.Campaigns.Parsing;

/// <summary>Reads the callees of a JSON campaign, one object at a time, each into a <see cref="Parsing.Callee"/>.</summary>
internal sealed class JsonCalleeReader
{
    private const int MaxInformation = 100;
    private const int NumberField = 0;
    private const int InformationField = CalleeRules.TextCount + 1;
    private const int UnknownField = -1;

    private static readonly string[] Names =
    [
        "calleeNumber",
        .. Enumerable.Range(1, CalleeRules.TextCount).Select(n => $"text{n}"),
        "callInformation",
    ];

    private readonly List<(string Field, string Message)> _problems = [];
    private string? _lastUnknown;
    private (string Field, string Message) _unknown;

    /// <summary>What was read; may be replaced by another, which takes the next.</summary>
    public Callee Callee { get; set; } = new();

    /// <summary>What the campaign has wrong here, as a field of the callee (may be empty) and a message.</summary>
    public IReadOnlyList<(string Field, string Message)> Problems => _problems;

    /// <summary>
    /// Reads one element of the list of callees, on whose first token the reader stands. False if it is not in the reader's
    /// buffer as a whole; it must then be read again from its start. If it alone cannot be called, its rejection begins with the field.
    /// </summary>
    /// <exception cref="JsonException">It is not well-formed.</exception>
    public bool TryRead(ref Utf8JsonReader reader)
    {
        Callee.Clear();
        _problems.Clear();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _problems.Add(("", $"must be an object, {{\"calleeNumber\": …}}, not {JsonKinds.Of(reader.TokenType)}"));
            return reader.TrySkip();
        }

        var seen = 0;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            var field = FieldOf(ref reader);
            var twice = field >= 0 && (seen & (1 << field)) != 0;
            if (field == UnknownField)
            {
                _problems.Add(Unknown(JsonKinds.TextOf(ref reader)));
            }
            else if (twice)
            {
                _problems.Add((Names[field], "is given twice"));
            }
            else
            {
                seen |= 1 << field;
            }

            if (!reader.Read())
            {
                return false;
            }

            if (field == UnknownField || twice || reader.TokenType == JsonTokenType.Null)
            {
                if (!reader.TrySkip())
                {
                    return false;
                }
            }
            else if (field == InformationField)
            {
                if (!TryReadInformation(ref reader))
                {
                    return false;
                }
            }
            else if (!TryReadText(ref reader, Names[field], out var value))
            {
                return false;
            }
            else if (field == NumberField)
            {
                Callee.SetNumber(value);
            }
            else
            {
                Callee.AddText(field - 1, value);
            }
        }
        return false;
    }

    private (string Field, string Message) Unknown(string? name)
    {
        // A field that one callee has, all have.
        if (name is null)
        {
            return ("", "has a field whose name is not valid text");
        }

        if (name != _lastUnknown)
        {
            (_lastUnknown, _unknown) = (name, (CampaignErrors.Shown(name), FieldNames.Unknown(name, Names)));
        }

        return _unknown;
    }

    private static int FieldOf(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
        {
            return Array.IndexOf(Names, JsonKinds.TextOf(ref reader)); // -1 is UnknownField
        }

        var name = reader.ValueSpan;
        return name.Length switch
        {
            5 when name.StartsWith("text"u8) && name[4] is >= (byte)'1' and <= (byte)'9' => name[4] - '0',
            6 when name.SequenceEqual("text10"u8) => 10,
            12 when name.SequenceEqual("calleeNumber"u8) => NumberField,
            15 when name.SequenceEqual("callInformation"u8) => InformationField,
            _ => UnknownField,
        };
    }

    /// <summary>Copies a string, or a number as it was written. Anything else is a problem, and the value is empty.</summary>
    private bool TryReadText(ref Utf8JsonReader reader, string field, out Callee.Slice value)
    {
        value = default;
        switch (reader.TokenType)
        {
            case JsonTokenType.Number:
                reader.ValueSpan.CopyTo(Callee.Reserve(reader.ValueSpan.Length));
                value = Callee.Take(reader.ValueSpan.Length);
                return true;
            case JsonTokenType.String:
                value = Copy(ref reader, field);
                return true;
            default:
                _problems.Add((field, $"must be a text, not {JsonKinds.Of(reader.TokenType)}"));
                return reader.TrySkip();
        }
    }

    /// <summary>Copies the name or string that the reader stands on.</summary>
    private Callee.Slice Copy(ref Utf8JsonReader reader, string field)
    {
        try
        {
            var value = Callee.Take(reader.CopyString(Callee.Reserve(reader.ValueSpan.Length)));
            if (reader.ValueIsEscaped && Callee.Get(value).Contains((byte)0))
            {
                Callee.Rejection ??= $"{field} holds a NUL character (\\u0000)";
            }

            return value;
        }
        catch (InvalidOperationException)
        {
            // The bytes were checked to be UTF-8 before: only escapes can be wrong.
            Callee.Rejection ??= $"{field} is not valid text: it holds half of a surrogate pair, such as \\uD83D without \\uDE00 after it";
            return Callee.Take(0);
        }
    }

    private bool TryReadInformation(ref Utf8JsonReader reader)
    {
        const string name = "callInformation";
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            _problems.Add((name, $"must be an object of texts, not {JsonKinds.Of(reader.TokenType)}"));
            return reader.TrySkip();
        }
        Callee.HasInformation = true;
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.EndObject)
            {
                return true;
            }

            var key = Copy(ref reader, name);
            var field = $"{name}.{CampaignErrors.Shown(Encoding.UTF8.GetString(Callee.Get(key)))}";
            if (HasInformation(Callee.Get(key)))
            {
                _problems.Add((field, "is given twice"));
            }

            if (Callee.InformationCount == MaxInformation)
            {
                _problems.Add((name, $"has more than {MaxInformation} entries"));
            }

            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType == JsonTokenType.Null)
            {
                continue;
            }

            if (!TryReadText(ref reader, field, out var value))
            {
                return false;
            }

            if (Callee.InformationCount < MaxInformation)
            {
                Callee.AddInformation(key, value);
            }
        }
        return false;
    }

    private bool HasInformation(ReadOnlySpan<byte> key)
    {
        for (var i = 0; i < Callee.InformationCount; i++)
        {
            Callee.GetInformation(i, out var name, out _);
            if (name.SequenceEqual(key))
            {
                return true;
            }
        }
        return false;
    }
}
