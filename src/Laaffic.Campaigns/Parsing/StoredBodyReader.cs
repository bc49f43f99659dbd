using System.Text.Json;

namespace Laaffic.Campaigns.Parsing;

/// <summary>
/// Reads a task's request body as it was stored: its callees one by one, of which one is in memory at a time, and then all
/// that is not a callee.
/// </summary>
internal sealed class StoredBodyReader(Stream content) : IDisposable
{
    private readonly JsonInputBuffer _buffer = new(content, CampaignLimits.BufferBytes);
    private readonly JsonCalleeReader _callees = new();
    private JsonReaderState _state;
    private bool _inCallees;

    /// <summary>The callee that <see cref="ReadAsync"/> came to, until it is called again.</summary>
    public Callee Callee => _callees.Callee;

    /// <summary>Everything but the callees; complete once there are no more of them.</summary>
    public SettingsDraft Settings { get; } = new();

    /// <summary>Goes on to the next callee. False if there is none, and the body was read to its end.</summary>
    /// <exception cref="InvalidDataException">It is not as it was stored.</exception>
    public async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            bool? found;
            while ((found = TryRead()) is null)
            {
                if (_buffer.Ended)
                {
                    throw new InvalidDataException("A stored request body ends in the middle.");
                }

                await _buffer.FillAsync(cancellationToken);
            }
            return found.Value;
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("A stored request body is no JSON.", e);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    /// <summary>Null if what comes next is not in the buffer as a whole.</summary>
    private bool? TryRead()
    {
        var reader = new Utf8JsonReader(_buffer.Unread, _buffer.Ended, _state);
        while (true)
        {
            var before = reader;
            if (!TryReadOne(ref reader, out var found))
            {
                Keep(before);
                return null;
            }
            if (found is not null)
            {
                Keep(reader);
                return found;
            }
        }
    }

    private void Keep(Utf8JsonReader reader)
    {
        _buffer.Consume((int)reader.BytesConsumed);
        _state = reader.CurrentState;
    }

    /// <summary>Reads a callee (true), the end of all (false) or what is neither (null).</summary>
    private bool TryReadOne(ref Utf8JsonReader reader, out bool? found)
    {
        found = null;
        if (!reader.Read())
        {
            return false;
        }

        switch (reader.TokenType)
        {
            case JsonTokenType.EndArray:
                _inCallees = false;
                return true;
            case JsonTokenType.EndObject:
                found = false;
                return true;
            case JsonTokenType.PropertyName:
                return TryReadField(ref reader);
            case JsonTokenType.StartObject when _inCallees:
                found = true;
                if (!_callees.TryRead(ref reader))
                {
                    return false;
                }

                return _callees is { Problems.Count: 0, Callee.Rejection: null }
                    ? true
                    : throw new InvalidDataException("A stored request body holds a callee that is none.");
            default:
                return true; // the body's opening brace
        }
    }

    private bool TryReadField(ref Utf8JsonReader reader)
    {
        var name =
            JsonKinds.TextOf(ref reader) ?? throw new InvalidDataException("A stored request body has a field whose name is no text.");
        if (!reader.Read())
        {
            return false;
        }

        if (name == "numberInfoList")
        {
            _inCallees = true;
            return true;
        }
        var start = _buffer.Start + (int)reader.TokenStartIndex;
        if (!reader.TrySkip())
        {
            return false;
        }

        Settings.Set(name, JsonElement.Parse(_buffer.Slice(start, _buffer.Start + (int)reader.BytesConsumed)), default);
        return true;
    }
}
