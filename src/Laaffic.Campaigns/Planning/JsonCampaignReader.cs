using System.Globalization;
using System.Text;
using System.Text.Json;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// Reads a JSON campaign, or a profile, in one pass: settings go to a draft, callees one by one to a writer. What is wrong
/// is reported with its line, and with its column where the JSON itself is broken; reading ends at broken JSON.
/// </summary>
internal sealed class JsonCampaignReader
{
    /// <summary>The most bytes that a callee is written in: one byte is at most six, and there are names, and white space.</summary>
    private const int MaxWrittenCallee = 7 * CampaignLimits.MaxCalleeBytes;

    private const string Callees = "numberInfoList";

    private readonly JsonInputBuffer _buffer;
    private readonly CampaignErrors _errors;
    private readonly SettingsDraft _draft;
    private readonly CalleeWriter? _writer;
    private readonly string? _profile;
    private readonly JsonCalleeReader _callees = new();
    private readonly CalleeRing _ring = new(CalleeWriter.MaxHeld + 1);
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

    private Func<SettingsDraft, CalleeChecker>? _beginCallees;
    private CalleeChecker? _checker;
    private JsonReaderState _state = new(new JsonReaderOptions { MaxDepth = CampaignLimits.MaxDepth });
    private Place _place;
    private long _index;
    private long _settingsBytes;
    private bool _hasCallees;
    private bool _failed;

    private JsonCampaignReader(JsonInputBuffer buffer, CampaignErrors errors, SettingsDraft draft, CalleeWriter? writer, string? profile) =>
        (_buffer, _errors, _draft, _writer, _profile) = (buffer, errors, draft, writer, profile);

    private enum Place
    {
        BeforeRoot,
        InRoot,
        InCallees,
        AfterRoot,
    }

    private enum Step
    {
        NeedsBytes,
        NeedsStaging,
        Done,
    }

    /// <summary>Reads a campaign.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="draft">Takes its settings.</param>
    /// <param name="writer">Takes its callees.</param>
    /// <param name="beginCallees">Called with the settings that stand before the callees: what these are checked with.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    /// <returns>
    /// Whether it was read to its end, and whether it has a list of callees; if not, an error says why.
    /// </returns>
    public static async Task<(bool Complete, bool HasCallees)> ReadCampaignAsync(
        Stream content,
        CampaignErrors errors,
        SettingsDraft draft,
        CalleeWriter writer,
        Func<SettingsDraft, CalleeChecker> beginCallees,
        CancellationToken cancellationToken
    )
    {
        using var buffer = new JsonInputBuffer(content, CampaignLimits.BufferBytes);
        var reader = new JsonCampaignReader(buffer, errors, draft, writer, profile: null) { _beginCallees = beginCallees };
        await reader.ReadAsync(cancellationToken);
        if (!reader._failed && !reader._seen.Contains(Callees))
        {
            errors.Add(Callees, null, "is missing: it is the list of those to call");
        }

        return (!reader._failed, reader._hasCallees);
    }

    /// <summary>Reads a profile, a campaign without callees.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="draft">Takes its settings.</param>
    /// <param name="name">What to call it in errors, such as <c>profiles/default.json</c>.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static async Task ReadProfileAsync(
        Stream content,
        CampaignErrors errors,
        SettingsDraft draft,
        string name,
        CancellationToken cancellationToken
    )
    {
        using var buffer = new JsonInputBuffer(content, 16 * 1024);
        await new JsonCampaignReader(buffer, errors, draft, writer: null, name).ReadAsync(cancellationToken);
    }

    /// <summary>Reads the settings of any other file that holds one object.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="errors">Takes what is wrong, by its line.</param>
    /// <param name="draft">Takes its settings.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static async Task ReadSettingsAsync(
        Stream content,
        CampaignErrors errors,
        SettingsDraft draft,
        CancellationToken cancellationToken
    )
    {
        using var buffer = new JsonInputBuffer(content, 16 * 1024);
        await new JsonCampaignReader(buffer, errors, draft, writer: null, profile: null).ReadAsync(cancellationToken);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await _buffer.FillAsync(cancellationToken);
        for (var step = Parse(); step != Step.Done; step = Parse())
        {
            if (step == Step.NeedsStaging)
            {
                await _writer!.StageAsync(cancellationToken);
            }
            else if (_buffer.Ended)
            {
                Fail(_buffer.End, _buffer.Fault ?? "The file ends in the middle: is it cut off?");
            }
            else
            {
                await _buffer.FillAsync(cancellationToken);
            }
        }
    }

    private Step Parse()
    {
        if (_failed)
        {
            return Step.Done;
        }

        var reader = new Utf8JsonReader(_buffer.Unread, _buffer.Ended && _buffer.Fault is null, _state);
        try
        {
            var step = Parse(ref reader);
            _buffer.Consume((int)reader.BytesConsumed);
            _state = reader.CurrentState;
            return step;
        }
        catch (JsonException fault)
        {
            var at = _buffer.PositionOf(fault.LineNumber ?? 0, fault.BytePositionInLine ?? 0);
            Fail(at, Explain(at, fault));
            return Step.Done;
        }
    }

    private Step Parse(ref Utf8JsonReader reader)
    {
        while (!_failed)
        {
            var checkpoint = reader;
            if (!reader.Read())
            {
                // What is left is the beginning of a token; white space was consumed.
                CheckSize(EndOf(ref reader), _buffer.End);
                return _place == Place.AfterRoot && _buffer is { Ended: true, Fault: null } ? Step.Done : Step.NeedsBytes;
            }
            var at = PositionOf(ref reader);
            if (!TryParse(ref reader, at))
            {
                CheckSize(at, _buffer.End);
                reader = checkpoint;
                return Step.NeedsBytes;
            }
            if (_writer is { NeedsStaging: true })
            {
                return Step.NeedsStaging;
            }
        }
        return Step.Done;
    }

    private int PositionOf(ref Utf8JsonReader reader) => _buffer.Start + (int)reader.TokenStartIndex;

    private int EndOf(ref Utf8JsonReader reader) => _buffer.Start + (int)reader.BytesConsumed;

    /// <summary>Takes in what begins with the token the reader stands on. False if it is not in the buffer as a whole.</summary>
    private bool TryParse(ref Utf8JsonReader reader, int at)
    {
        switch (_place, reader.TokenType)
        {
            case (Place.InCallees, JsonTokenType.EndArray):
                _place = Place.InRoot;
                return true;
            case (Place.InCallees, _):
                return TryParseCallee(ref reader, at);
            case (Place.InRoot, JsonTokenType.PropertyName):
                return _writer is not null && JsonKinds.TextOf(ref reader) == Callees
                    ? TryEnterCallees(ref reader, at)
                    : TryParseSetting(ref reader, at);
            case (Place.InRoot, _):
                _place = Place.AfterRoot;
                return true;
            case (_, JsonTokenType.StartObject):
                _place = Place.InRoot;
                return true;
            default:
                Fail(at, $"The file must hold one JSON object, {{ … }}, not {JsonKinds.Of(reader.TokenType)}.");
                return true;
        }
    }

    private bool TryEnterCallees(ref Utf8JsonReader reader, int at)
    {
        if (!reader.Read())
        {
            return false;
        }

        if (reader.TokenType != JsonTokenType.StartArray)
        {
            var kind = JsonKinds.Of(reader.TokenType);
            if (!reader.TrySkip())
            {
                return false;
            }

            _seen.Add(Callees);
            Error(Callees, at, $"must be a list of callees, not {kind}");
        }
        else if (!_seen.Add(Callees))
        {
            Fail(at, "is given twice", Callees);
        }
        else
        {
            _checker = _beginCallees!(_draft);
            _place = Place.InCallees;
            _hasCallees = true;
        }
        return true;
    }

    private bool TryParseSetting(ref Utf8JsonReader reader, int at)
    {
        var name = JsonKinds.TextOf(ref reader);
        if (!reader.Read())
        {
            return false;
        }

        var valueAt = PositionOf(ref reader);
        if (!reader.TrySkip())
        {
            return false;
        }

        var end = EndOf(ref reader);
        _settingsBytes += end - at;
        if (!CheckSize(at, at))
        {
            return true;
        }

        if (name is null)
        {
            Error(null, at, "A field has a name that is not valid text: half of a surrogate pair.");
        }
        else if (!_seen.Add(name))
        {
            Error(name, at, "is given twice");
        }
        else if (name == ListSettings.Group && _hasCallees)
        {
            Error(name, at, $"must stand before {Callees}, as it says how that is read");
        }
        else if (name == Callees && _profile is not null)
        {
            Error(name, at, "a profile has no callees: they come with each campaign");
        }
        else
        {
            _draft.Set(name, JsonElement.Parse(_buffer.Slice(valueAt, end)), new SettingOrigin(_profile, _buffer.LineOf(at)));
        }

        return true;
    }

    private bool TryParseCallee(ref Utf8JsonReader reader, int at)
    {
        if (!_callees.TryRead(ref reader))
        {
            return false;
        }

        if (!CheckSize(at, EndOf(ref reader)) || !CheckCallee(at, _callees.Callee.Length, CampaignLimits.MaxCalleeBytes))
        {
            return true;
        }

        if (_callees.Problems.Count > 0)
        {
            _writer!.CountRead();
            foreach (var (field, message) in _callees.Problems)
            {
                Error(PathOf(field), at, message);
            }
        }
        else
        {
            AddCallee(at);
        }

        _index++;
        return true;
    }

    private void AddCallee(int at)
    {
        var callee = _callees.Callee;
        callee.Line = _buffer.LineOf(at);
        if (callee.Rejection is { } rejection)
        {
            callee.Rejection = PathOf(rejection);
        }
        else
        {
            _checker!.Check(callee);
            if (callee.Rejection is { } reason)
            {
                callee.Rejection = $"{PathOf(callee.DigitCount == 0 ? CalleeField.Number : "")}: {reason}";
            }
        }

        _writer!.Add(callee);
        _callees.Callee = _ring.Next();
    }

    private string PathOf(string field) =>
        string.Create(CultureInfo.InvariantCulture, $"{Callees}[{_index}]{(field.Length == 0 ? "" : ".")}{field}");

    /// <summary>Whether what reaches from one position to another, added to the settings before it, is not too large.</summary>
    private bool CheckSize(int at, int end)
    {
        if (_place == Place.InCallees)
        {
            CheckCallee(at, end - at, MaxWrittenCallee);
        }
        else if (end - at + _settingsBytes > CampaignLimits.MaxSettingsBytes)
        {
            Fail(at, $"The settings are larger than {CampaignLimits.MaxSettingsBytes / 1024} KB together.");
        }
        return !_failed;
    }

    private bool CheckCallee(int at, int length, int most)
    {
        if (length > most)
        {
            Fail(at, $"is larger than {most / 1024} KB", PathOf(""));
        }

        return !_failed;
    }

    private void Error(string? field, int at, string message)
    {
        var line = _buffer.LineOf(at);
        if (_profile is null)
        {
            _errors.Add(field, line, message);
        }
        else
        {
            _errors.Add(field, null, $"{message} ({_profile}, line {line})");
        }
    }

    /// <summary>An error after which nothing more is read.</summary>
    private void Fail(int at, string message, string? field = null)
    {
        _failed = true;
        Error(field, at, message);
    }

    /// <summary>Says why the bytes at a position are not JSON, in words for whoever wrote them.</summary>
    private string Explain(int at, JsonException fault)
    {
        var rest = _buffer.Slice(at, _buffer.End);
        var before = _buffer.Slice(_buffer.Start, at).TrimEnd(" \t\r\n"u8);
        var where = string.Create(CultureInfo.InvariantCulture, $"Line {_buffer.LineOf(at)}, column {_buffer.ColumnOf(at)}");
        if (rest.IsEmpty)
        {
            return before.IsEmpty && _place == Place.BeforeRoot
                ? "The file is empty."
                : $"{where}: the file ends in the middle. Is it cut off?";
        }

        if (_place == Place.AfterRoot)
        {
            return $"{where}: there is something after the end of the JSON object. One file holds one{(_writer is null ? "" : " campaign")}.";
        }

        return $"{where}: "
            + rest[0] switch
            {
                (byte)'/' => "comments are not allowed in JSON.",
                (byte)']' or (byte)'}' when before.EndsWith(","u8) => "a comma too many: none may stand after the last entry.",
                (byte)'\'' => "texts and names need double quotes (\").",
                0 => "there is a NUL byte: the file is damaged or not UTF-8.",
                < 0x20 => "a line break, tab or other control character stands in a text: write it as \\n, \\t or \\u00XX.",
                _ when fault.Message.Contains("depth", StringComparison.Ordinal) => $"nested deeper than {CampaignLimits.MaxDepth} levels.",
                _ => $"this is not valid JSON: {Shown(rest)} is not expected here.",
            };
    }

    private static string Shown(ReadOnlySpan<byte> rest)
    {
        Rune.DecodeFromUtf8(rest, out var rune, out _);
        return $"'{rune}'";
    }
}
