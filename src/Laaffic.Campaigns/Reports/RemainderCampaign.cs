using System.Buffers;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs.Models;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Reports;

/// <summary>
/// The tasks of a campaign that were not accepted, as a campaign of their own, made of their stored request bodies: the same
/// settings and callees under a new task name. It is a CSV, or JSON where a CSV cannot say the same. The same tasks always
/// give the same bytes, so that a campaign which is dropped twice is known for one.
/// </summary>
internal sealed class RemainderCampaign
{
    private const int MaxPreamble = CampaignTextReader.Capacity / 2;
    private const int MaxRow = CampaignLimits.MaxRow - 64;

    /// <summary>All that a profile could set besides the task name: what a campaign does not set must not come from one.</summary>
    public static readonly string[] SettingNames =
    [
        "appId",
        "agentId",
        "scriptId",
        "displayNum",
        "sendTime",
        "maxCalls",
        "maxRingingTime",
        "allowSendTime",
        "enableRecording",
        "calloutRate",
        "recallFlow",
        "submitAt",
        "expireAt",
    ];

    private static readonly SearchValues<byte> Quoted = SearchValues.Create(",;\t|\"\r\n"u8);

    private static readonly JsonWriterOptions WriterOptions = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };

    private readonly PlanStore _plans;
    private readonly List<TaskRow> _tasks = [];
    private readonly HashSet<int> _textsOfCallees = []; // a bit for each text, the lowest for text1
    private bool _rowsFitCsv = true;
    private AgentTaskSettings _settings = new();
    private string? _expireAt;
    private string? _priority; // null if it is the normal one
    private IReadOnlyList<string> _countries = []; // empty if it named none
    private string? _preamble; // null if a CSV cannot have it

    private RemainderCampaign(PlanStore plans) => _plans = plans;

    /// <summary>The tasks whose bodies are still there as they were stored.</summary>
    public IReadOnlyList<TaskRow> Tasks => _tasks;

    /// <summary>Whether a CSV can hold all of it: not <c>callInformation</c>, for one.</summary>
    public bool FitsCsv { get; private set; }

    /// <summary>Looks through the bodies.</summary>
    /// <param name="plans">Has the bodies.</param>
    /// <param name="taskName">The name that it gets.</param>
    /// <param name="plan">The campaign's plan.</param>
    /// <param name="tasks">The tasks that were not accepted.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<RemainderCampaign> ReadAsync(
        PlanStore plans,
        string taskName,
        Plan plan,
        IReadOnlyList<TaskRow> tasks,
        CancellationToken cancellationToken
    )
    {
        var rest = new RemainderCampaign(plans);
        foreach (var task in tasks)
        {
            try
            {
                await rest.LookThroughAsync(task, cancellationToken);
            }
            catch (Exception e) when (e is InvalidDataException || (e as RequestFailedException)?.ErrorCode == BlobErrorCode.BlobNotFound)
            {
                continue; // deleted, or spoilt: who was in it is not known any more
            }
            rest._tasks.Add(task);
        }

        rest._settings = rest._settings with
        {
            TaskName = taskName,
            // The account's may have been fixed since.
            AppId = plan.NamesAppId == false || tasks.Any(task => task.AppIdOffset is not null) ? null : rest._settings.AppId,
            SendTime = IsAhead(plan.SendTime, tasks) ? rest._settings.SendTime : null,
        };
        rest._countries = plan.AllowedCountries ?? [];
        rest._priority = plan.Priority switch
        {
            Priority.High => "high",
            Priority.Low => "low",
            _ => null,
        };
        rest._expireAt = IsAhead(plan.ExpireAt, tasks)
            ? plan.ExpireAt?.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", CultureInfo.InvariantCulture)
            : null;
        rest._preamble = rest.Preamble();
        rest.FitsCsv = rest._rowsFitCsv && rest._textsOfCallees.All(rest.IsBeginningOfColumns) && rest._preamble is not null;
        return rest;
    }

    /// <summary>
    /// Whether a time of the campaign was still to come when the last of these tasks had settled; one that was past would only
    /// get the new campaign rejected.
    /// </summary>
    public static bool IsAhead(DateTimeOffset? time, IEnumerable<TaskRow> tasks) =>
        time > tasks.Max(task => task.SettledAt ?? DateTimeOffset.MaxValue);

    /// <summary>Writes it and makes it appear.</summary>
    public async Task WriteAsync(StagedBlob blob, bool asCsv, CancellationToken cancellationToken)
    {
        using var buffer = new BlockBuffer();
        await using var json = asCsv ? null : new Utf8JsonWriter(buffer, WriterOptions);
        if (json is null)
        {
            BeginCsv(buffer);
        }
        else
        {
            BeginJson(json);
        }

        foreach (var task in _tasks)
        {
            using var body = await OpenAsync(task, cancellationToken);
            while (await body.Reader.ReadAsync(cancellationToken))
            {
                if (json is null)
                {
                    WriteRow(buffer, body.Reader.Callee);
                }
                else
                {
                    Write(json, body.Reader.Callee);
                }

                if (buffer.Count >= BlockBuffer.BlockSize)
                {
                    await blob.StageAsync(buffer, cancellationToken);
                }
            }
        }
        if (json is not null)
        {
            json.WriteEndArray();
            json.WriteEndObject();
            json.Flush();
        }
        await blob.CommitAsync(buffer, cancellationToken);
    }

    private async Task LookThroughAsync(TaskRow task, CancellationToken cancellationToken)
    {
        using var body = await OpenAsync(task, cancellationToken);
        var (callees, fitCsv, textsOfThese) = (0, true, new HashSet<int>());
        for (; await body.Reader.ReadAsync(cancellationToken); callees++)
        {
            var callee = body.Reader.Callee;
            var (texts, length) = (0, 0);
            for (var i = 0; i < callee.TextCount; i++)
            {
                var text = callee.GetText(i, out var index);
                texts |= 1 << index;
                length += Encoding.UTF8.GetCharCount(text) + text.Count((byte)'"') + 3;
                fitCsv &= !HasLoneReturn(text); // it would be read as a line feed
            }
            fitCsv &= !callee.HasInformation && length <= MaxRow;
            textsOfThese.Add(texts);
        }
        if (callees != task.Callees)
        {
            throw new InvalidDataException("A stored request body has lost callees, or got some.");
        }

        _settings = body.Reader.Settings.Read([]);
        _rowsFitCsv &= fitCsv;
        _textsOfCallees.UnionWith(textsOfThese);
    }

    private async Task<OpenBody> OpenAsync(TaskRow task, CancellationToken cancellationToken) =>
        new(await _plans.OpenBodyAsync(task.BlobName, cancellationToken));

    private static bool HasLoneReturn(ReadOnlySpan<byte> text)
    {
        for (int at; (at = text.IndexOf((byte)'\r')) >= 0; text = text[(at + 1)..])
        {
            if (at + 1 == text.Length || text[at + 1] != '\n')
            {
                return true;
            }
        }

        return false;
    }

    // A text is absent only where the row ends before its column, and an absent one is not the same as an empty one.
    private bool IsBeginningOfColumns(int texts)
    {
        var columns = _textsOfCallees.Aggregate((one, other) => one | other);
        return texts == (columns & ((1 << (32 - BitOperations.LeadingZeroCount((uint)texts))) - 1));
    }

    /// <summary>The lines before the header row; null if a setting cannot be written as one.</summary>
    private string? Preamble()
    {
        if (TaskNames.HasPlaceholder(_settings.TaskName!) || !IsPlain(_settings.TaskName!))
        {
            return null;
        }

        // A line is read like the field's JSON, so it is written from that.
        var settings = JsonElement.Parse(SettingsJson());
        var preamble = new StringBuilder();
        preamble.Append(CultureInfo.InvariantCulture, $"# taskName: {_settings.TaskName}\r\n");
        foreach (var name in SettingNames)
        {
            if (name == "expireAt" && _expireAt is not null)
            {
                preamble.Append(CultureInfo.InvariantCulture, $"# {name}: {_expireAt}\r\n");
            }
            else if (!settings.TryGetProperty(name, out var value))
            {
                preamble.Append(CultureInfo.InvariantCulture, $"# {name}:\r\n"); // whatever a profile says
            }
            else
            {
                var isText = value.ValueKind == JsonValueKind.String;
                var written = isText ? value.GetString()! : value.GetRawText();
                if (isText && (!IsPlain(written) || written[0] is '{' or '['))
                {
                    return null;
                }

                preamble.Append(CultureInfo.InvariantCulture, $"# {name}: {written}\r\n");
            }
        }

        preamble.Append(CultureInfo.InvariantCulture, $"# {SettingLines.NoListSettings}\r\n");
        if (_priority is not null)
        {
            preamble.Append(CultureInfo.InvariantCulture, $"# priority: {_priority}\r\n");
        }

        if (_countries.Count > 0)
        {
            preamble.Append(CultureInfo.InvariantCulture, $"# {CampaignSettings.AllowedCountries}: {string.Join(", ", _countries)}\r\n");
        }

        return preamble.Length <= MaxPreamble ? preamble.ToString() : null;
    }

    // What a line keeps as it is: nothing that is trimmed off its end, or ends it.
    private static bool IsPlain(string text) =>
        text.Length > 0 && text.Trim() == text && text[^1] is not (',' or ';' or '|') && !text.Any(char.IsControl);

    private ReadOnlySpan<byte> SettingsJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, WriterOptions))
        {
            json.WriteStartObject();
            _settings.WriteTo(json);
            json.WriteEndObject();
        }
        return buffer.WrittenSpan;
    }

    private void BeginCsv(BlockBuffer buffer)
    {
        buffer.Write("\uFEFF"u8);
        Encoding.UTF8.GetBytes(_preamble!, buffer);
        buffer.Write("calleeNumber"u8);
        for (var (columns, text) = (_textsOfCallees.Aggregate((one, other) => one | other), 0); columns >> text != 0; text++)
        {
            if ((columns >> text & 1) != 0)
            {
                Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $",text{text + 1}"), buffer);
            }
        }
        buffer.Write("\r\n"u8);
    }

    private static void WriteRow(BlockBuffer buffer, Callee callee)
    {
        WriteNumber(buffer, callee.Number);
        for (var text = 0; text < CalleeRules.TextCount; text++)
        {
            for (var i = 0; i < callee.TextCount; i++)
            {
                var value = callee.GetText(i, out var index);
                if (index != text)
                {
                    continue;
                }

                buffer.Write(","u8);
                WriteCell(buffer, value);
            }
        }
        buffer.Write("\r\n"u8);
    }

    // Bodies of earlier releases may hold two zeros in front. They must not be taken for the prefix of a country code, which
    // would make another number of it: after a plus they are refused.
    private static void WriteNumber(BlockBuffer buffer, ReadOnlySpan<byte> digits)
    {
        if (digits.StartsWith("00"u8))
        {
            buffer.Write("+"u8);
        }

        buffer.Write(digits);
    }

    // As it is, also what a spreadsheet would take for a formula: this is a campaign, and nothing may be added to a text.
    private static void WriteCell(BlockBuffer buffer, ReadOnlySpan<byte> text)
    {
        if (!text.ContainsAny(Quoted))
        {
            buffer.Write(text);
            return;
        }
        buffer.Write("\""u8);
        for (int quote; (quote = text.IndexOf((byte)'"')) >= 0; text = text[(quote + 1)..])
        {
            buffer.Write(text[..quote]);
            buffer.Write("\"\""u8);
        }
        buffer.Write(text);
        buffer.Write("\""u8);
    }

    private void BeginJson(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        _settings.WriteTo(json);
        if (_expireAt is not null || _priority is not null || _countries.Count > 0)
        {
            json.WriteStartObject("delivery");
            if (_expireAt is not null)
            {
                json.WriteString("expireAt", _expireAt);
            }

            if (_priority is not null)
            {
                json.WriteString("priority", _priority);
            }

            if (_countries.Count > 0)
            {
                json.WriteStartArray(CampaignSettings.AllowedCountries);
                foreach (var name in _countries)
                {
                    json.WriteStringValue(name);
                }

                json.WriteEndArray();
            }

            json.WriteEndObject();
        }
        json.WriteStartArray("numberInfoList");
    }

    private static void Write(Utf8JsonWriter json, Callee callee)
    {
        json.WriteStartObject();
        json.WriteString("calleeNumber", callee.Number.StartsWith("00"u8) ? [.. "+"u8, .. callee.Number] : callee.Number);
        for (var i = 0; i < callee.TextCount; i++)
        {
            var text = callee.GetText(i, out var index);
            json.WriteString(string.Create(CultureInfo.InvariantCulture, $"text{index + 1}"), text);
        }
        if (callee.HasInformation)
        {
            json.WriteStartObject("callInformation");
            for (var i = 0; i < callee.InformationCount; i++)
            {
                callee.GetInformation(i, out var name, out var value);
                json.WriteString(name, value);
            }
            json.WriteEndObject();
        }
        json.WriteEndObject();
        json.Flush();
    }

    private sealed class OpenBody(BlobDownloadStreamingResult download) : IDisposable
    {
        public StoredBodyReader Reader { get; } = new(download.Content);

        public void Dispose()
        {
            Reader.Dispose();
            download.Dispose();
        }
    }
}
