using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Laaffic.Campaigns.Intake;

/// <summary>
/// Reads a JSON campaign, or a profile, in one pass: settings go to a draft, callees one by one to a writer. What is wrong
/// is reported with its line, and with its column where the JSON itself is broken; reading ends at broken JSON.
/// </summary>
internal sealed class JsonCampaignReader
{
    /// <summary>The deepest nesting of objects and lists.</summary>
    public const int MaxDepth = 16;

    /// <summary>The most bytes of everything but the callees.</summary>
    public const int MaxSettingsBytes = 1024 * 1024;

    /// <summary>
    /// The most bytes of one callee's number and texts, however they are written: whoever fits in a row of a CSV, at three bytes a
    /// character, and whoever was read once, can also be read from JSON that this app has written.
    /// </summary>
    public const int MaxCalleeBytes = 3 * CsvCampaignReader.MaxRecord;

    /// <summary>How many bytes to read at first.</summary>
    public const int BufferBytes = 128 * 1024;

    /// <summary>The most bytes that a callee is written in: one byte is at most six, and there are names, and white space.</summary>
    private const int MaxWrittenCallee = 7 * MaxCalleeBytes;

    private const string Callees = "numberInfoList";

    private readonly JsonSource source;
    private readonly CampaignErrors errors;
    private readonly SettingsDraft draft;
    private readonly CalleeWriter? writer;
    private readonly string? profile;
    private readonly JsonCalleeReader callees = new();
    private readonly HashSet<string> seen = new(StringComparer.Ordinal);

    private JsonReaderState state = new(new JsonReaderOptions { MaxDepth = MaxDepth });
    private Place place;
    private long index;
    private long settingsBytes;
    private bool hasCallees;
    private bool failed;

    private JsonCampaignReader(JsonSource source, CampaignErrors errors, SettingsDraft draft, CalleeWriter? writer, string? profile) =>
        (this.source, this.errors, this.draft, this.writer, this.profile) = (source, errors, draft, writer, profile);

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
    /// <returns>
    /// Whether it was read to its end, and whether it has a list of callees; if not, an error says why.
    /// </returns>
    public static async Task<(bool Complete, bool HasCallees)> ReadCampaignAsync(
        Stream content, CampaignErrors errors, SettingsDraft draft, CalleeWriter writer, CancellationToken cancellationToken)
    {
        using var source = new JsonSource(content, BufferBytes);
        var reader = new JsonCampaignReader(source, errors, draft, writer, profile: null);
        await reader.ReadAsync(cancellationToken);
        if (!reader.failed && !reader.seen.Contains(Callees))
            errors.Add(Callees, null, "is missing: it is the list of those to call");
        return (!reader.failed, reader.hasCallees);
    }

    /// <summary>Reads a profile, a campaign without callees.</summary>
    /// <param name="content">Its bytes.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <param name="draft">Takes its settings.</param>
    /// <param name="name">What to call it in errors, such as <c>profiles/default.json</c>.</param>
    /// <param name="cancellationToken">Cancels reading.</param>
    public static async Task ReadProfileAsync(
        Stream content, CampaignErrors errors, SettingsDraft draft, string name, CancellationToken cancellationToken)
    {
        using var source = new JsonSource(content, 16 * 1024);
        await new JsonCampaignReader(source, errors, draft, writer: null, name).ReadAsync(cancellationToken);
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        await source.FillAsync(cancellationToken);
        for (var step = Parse(); step != Step.Done; step = Parse())
        {
            if (step == Step.NeedsStaging)
                await writer!.StageAsync(cancellationToken);
            else if (source.Ended)
                Fail(source.End, source.Fault ?? "The file ends in the middle: is it cut off?");
            else
                await source.FillAsync(cancellationToken);
        }
    }

    private Step Parse()
    {
        if (failed)
            return Step.Done;
        var reader = new Utf8JsonReader(source.Unread, source.Ended && source.Fault is null, state);
        try
        {
            var step = Parse(ref reader);
            source.Consume((int)reader.BytesConsumed);
            state = reader.CurrentState;
            return step;
        }
        catch (JsonException fault)
        {
            var at = source.PositionOf(fault.LineNumber ?? 0, fault.BytePositionInLine ?? 0);
            Fail(at, Explain(at, fault));
            return Step.Done;
        }
    }

    private Step Parse(ref Utf8JsonReader reader)
    {
        while (!failed)
        {
            var checkpoint = reader;
            if (!reader.Read())
            {
                // What is left is the beginning of a token; white space was consumed.
                CheckSize(EndOf(ref reader), source.End);
                return place == Place.AfterRoot && source is { Ended: true, Fault: null } ? Step.Done : Step.NeedsBytes;
            }
            var at = PositionOf(ref reader);
            if (!TryParse(ref reader, at))
            {
                CheckSize(at, source.End);
                reader = checkpoint;
                return Step.NeedsBytes;
            }
            if (writer is { NeedsStaging: true })
                return Step.NeedsStaging;
        }
        return Step.Done;
    }

    private int PositionOf(ref Utf8JsonReader reader) => source.Start + (int)reader.TokenStartIndex;

    private int EndOf(ref Utf8JsonReader reader) => source.Start + (int)reader.BytesConsumed;

    /// <summary>Takes in what begins with the token the reader stands on. False if it is not in the buffer as a whole.</summary>
    private bool TryParse(ref Utf8JsonReader reader, int at)
    {
        switch (place, reader.TokenType)
        {
            case (Place.InCallees, JsonTokenType.EndArray):
                place = Place.InRoot;
                return true;
            case (Place.InCallees, _):
                return TryParseCallee(ref reader, at);
            case (Place.InRoot, JsonTokenType.PropertyName):
                return profile is null && JsonKinds.TextOf(ref reader) == Callees ? TryEnterCallees(ref reader, at) : TryParseSetting(ref reader, at);
            case (Place.InRoot, _):
                place = Place.AfterRoot;
                return true;
            case (_, JsonTokenType.StartObject):
                place = Place.InRoot;
                return true;
            default:
                Fail(at, $"The file must hold one JSON object, {{ … }}, not {JsonKinds.Of(reader.TokenType)}.");
                return true;
        }
    }

    private bool TryEnterCallees(ref Utf8JsonReader reader, int at)
    {
        if (!reader.Read())
            return false;
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            var kind = JsonKinds.Of(reader.TokenType);
            if (!reader.TrySkip())
                return false;
            seen.Add(Callees);
            Error(Callees, at, $"must be a list of callees, not {kind}");
        }
        else if (!seen.Add(Callees))
        {
            Fail(at, "is given twice", Callees);
        }
        else
        {
            place = Place.InCallees;
            hasCallees = true;
        }
        return true;
    }

    private bool TryParseSetting(ref Utf8JsonReader reader, int at)
    {
        var name = JsonKinds.TextOf(ref reader);
        if (!reader.Read())
            return false;
        var valueAt = PositionOf(ref reader);
        if (!reader.TrySkip())
            return false;
        var end = EndOf(ref reader);
        settingsBytes += end - at;
        if (!CheckSize(at, at))
            return true;
        if (name is null)
            Error(null, at, "A field has a name that is not valid text: half of a surrogate pair.");
        else if (!seen.Add(name))
            Error(name, at, "is given twice");
        else if (name == Callees)
            Error(name, at, "a profile has no callees: they come with each campaign");
        else
            draft.Set(name, source.Slice(valueAt, end).ToArray(), new SettingOrigin(profile, source.LineOf(at)));
        return true;
    }

    private bool TryParseCallee(ref Utf8JsonReader reader, int at)
    {
        if (!callees.TryRead(ref reader))
            return false;
        if (!CheckSize(at, EndOf(ref reader)) || !CheckCallee(at, callees.Callee.Length, MaxCalleeBytes))
            return true;
        if (callees.Problems.Count > 0)
        {
            writer!.CountRead();
            foreach (var (field, message) in callees.Problems)
                Error(PathOf(field), at, message);
        }
        else if (callees.Rejection is { } rejection)
        {
            writer!.CountRead();
            writer.Reject(source.LineOf(at), callees.Callee.Number, PathOf(rejection));
        }
        else if (!writer!.TryAdd(callees.Callee, out var reason))
        {
            writer.Reject(source.LineOf(at), callees.Callee.Number, $"{PathOf("calleeNumber")}: {reason}");
        }
        index++;
        return true;
    }

    private string PathOf(string field) =>
        string.Create(CultureInfo.InvariantCulture, $"{Callees}[{index}]{(field.Length == 0 ? "" : ".")}{field}");

    /// <summary>Whether what reaches from one position to another, added to the settings before it, is not too large.</summary>
    private bool CheckSize(int at, int end)
    {
        if (place == Place.InCallees)
        {
            CheckCallee(at, end - at, MaxWrittenCallee);
        }
        else if (end - at + settingsBytes > MaxSettingsBytes)
        {
            Fail(at, $"The settings are larger than {MaxSettingsBytes / 1024} KB together.");
        }
        return !failed;
    }

    private bool CheckCallee(int at, int length, int most)
    {
        if (length > most)
            Fail(at, $"is larger than {most / 1024} KB", PathOf(""));
        return !failed;
    }

    private void Error(string? field, int at, string message)
    {
        var line = source.LineOf(at);
        if (profile is null)
            errors.Add(field, line, message);
        else
            errors.Add(field, null, $"{message} ({profile}, line {line})");
    }

    /// <summary>An error after which nothing more is read.</summary>
    private void Fail(int at, string message, string? field = null)
    {
        failed = true;
        Error(field, at, message);
    }

    /// <summary>Says what makes the bytes at a position no JSON, in words for whoever wrote them.</summary>
    private string Explain(int at, JsonException fault)
    {
        var rest = source.Slice(at, source.End);
        var before = source.Slice(source.Start, at).TrimEnd(" \t\r\n"u8);
        var where = string.Create(CultureInfo.InvariantCulture, $"Line {source.LineOf(at)}, column {source.ColumnOf(at)}");
        if (rest.IsEmpty)
            return before.IsEmpty && place == Place.BeforeRoot ? "The file is empty." : $"{where}: the file ends in the middle. Is it cut off?";
        if (place == Place.AfterRoot)
            return $"{where}: there is something after the end of the JSON object. One file holds one campaign.";
        return $"{where}: " + rest[0] switch
        {
            (byte)'/' => "comments are not allowed in JSON.",
            (byte)']' or (byte)'}' when before.EndsWith(","u8) => "a comma too many: none may stand after the last entry.",
            (byte)'\'' => "texts and names need double quotes (\").",
            0 => "there is a NUL byte: the file is damaged or not UTF-8.",
            < 0x20 => "a line break, tab or other control character stands in a text: write it as \\n, \\t or \\u00XX.",
            _ when fault.Message.Contains("depth", StringComparison.Ordinal) => $"nested deeper than {MaxDepth} levels.",
            _ => $"this is not valid JSON: {Shown(rest)} is not expected here.",
        };
    }

    private static string Shown(ReadOnlySpan<byte> rest)
    {
        Rune.DecodeFromUtf8(rest, out var rune, out _);
        return $"'{rune}'";
    }
}
