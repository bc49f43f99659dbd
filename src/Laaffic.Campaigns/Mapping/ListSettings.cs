using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Laaffic.Api;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Rows;

namespace Laaffic.Campaigns.Mapping;

/// <summary>How a list is read: the object <c>list</c> of a campaign or profile, checked.</summary>
internal sealed record ListSettings
{
    /// <summary>The object's name.</summary>
    public const string Group = "list";

    /// <summary>The fields of the object.</summary>
    public static readonly string[] Names =
    [
        "columns",
        "required",
        "longText",
        "defaultRegion",
        "maxRejectedPercent",
        "encoding",
        "sheet",
        "dateFormat",
        "hiddenRows",
    ];

    /// <summary>Those that mean something where there are no columns.</summary>
    private static readonly string[] NamesInJson = ["required", "longText", "defaultRegion", "maxRejectedPercent"];

    private const int MaxFormatLength = 50;

    /// <summary>What feeds each field, by the field's number: the first of these that is not empty in a row.</summary>
    public IReadOnlyDictionary<int, IReadOnlyList<ColumnTemplate>> Columns { get; init; } =
        new Dictionary<int, IReadOnlyList<ColumnTemplate>>();

    /// <summary>Fields or headers of which none may be empty in a row.</summary>
    public IReadOnlyList<string> Required { get; init; } = [];

    /// <summary>Whether a callee with a text that the platform would cut is rejected.</summary>
    public bool RejectsLongTexts { get; init; }

    /// <summary>The ISO code of the country whose national numbers are completed; null: nothing is completed or checked.</summary>
    public string? DefaultRegion { get; init; }

    /// <summary>How many of a hundred rows may be rejected, 0 to 100, before the list is taken for a wrong one.</summary>
    public int MaxRejectedPercent { get; init; } = 50;

    /// <summary>The name of the text's encoding; null: it is found out.</summary>
    public string? Encoding { get; init; }

    /// <summary>The sheet to read; null: the first that is visible and has rows.</summary>
    public string? Sheet { get; init; }

    /// <summary>How a spreadsheet's dates become texts, as a .NET format; null: <c>yyyy-MM-dd</c>.</summary>
    public string? DateFormat { get; init; }

    /// <summary>What becomes of hidden rows.</summary>
    public HiddenRows HiddenRows { get; init; }

    /// <summary>Where <c>columns</c> and <c>required</c> were written, for what is found wrong once the headers are known.</summary>
    public IReadOnlyDictionary<string, GivenSetting> Given { get; init; } = new Dictionary<string, GivenSetting>();

    /// <summary>Takes them out of a campaign's settings and checks them.</summary>
    /// <param name="draft">The settings as written.</param>
    /// <param name="hasColumns">Whether the callees stand in rows and columns, and settings may stand in lines before them.</param>
    /// <param name="errors">Takes what is wrong.</param>
    public static ListSettings Read(SettingsDraft draft, bool hasColumns, CampaignErrors errors)
    {
        var given = SettingsGroup.Take(draft, Group, Names, linesHaveThem: hasColumns, errors);
        if (!hasColumns)
        {
            foreach (var (name, setting) in given.Where(setting => !NamesInJson.Contains(setting.Key)))
            {
                setting.Refuse(errors, "means nothing in a JSON campaign, whose callees have fields and no columns: leave it out");
            }
        }

        return new ListSettings
        {
            Given = given,
            Columns = given.TryGetValue("columns", out var columns)
                ? ReadColumns(columns, errors)
                : new Dictionary<int, IReadOnlyList<ColumnTemplate>>(),
            Required = given.TryGetValue("required", out var required) ? TextsOf(required, errors) : [],
            RejectsLongTexts = ReadWord(given, "longText", ["warn", "reject"], errors) == "reject",
            DefaultRegion = given.Text("defaultRegion", errors),
            MaxRejectedPercent = ReadPercent(given, errors),
            Encoding = given.Text("encoding", errors),
            Sheet = given.Text("sheet", errors),
            DateFormat = ReadDateFormat(given, errors),
            HiddenRows = ReadWord(given, "hiddenRows", ["call", "skip"], errors) switch
            {
                "call" => HiddenRows.Call,
                "skip" => HiddenRows.Skip,
                _ => HiddenRows.Reject,
            },
        };
    }

    /// <summary>What a setting of these is called in errors: <c>list.columns</c>, or <c>columns</c> in a line.</summary>
    public string PathOf(string name) => Given.TryGetValue(name, out var setting) ? setting.Path : $"{Group}.{name}";

    /// <summary>The object as it is in force, wherever its fields were written; null if there is nothing in it.</summary>
    public JsonElement? ToJson()
    {
        if (Given.Count == 0)
        {
            return null;
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            foreach (var (name, setting) in Given)
            {
                json.WritePropertyName(name);
                setting.Value.WriteTo(json);
            }

            json.WriteEndObject();
        }

        return JsonElement.Parse(buffer.WrittenSpan);
    }

    private static Dictionary<int, IReadOnlyList<ColumnTemplate>> ReadColumns(GivenSetting columns, CampaignErrors errors)
    {
        var read = new Dictionary<int, IReadOnlyList<ColumnTemplate>>();
        if (columns.Value.ValueKind != JsonValueKind.Object)
        {
            columns.Refuse(
                errors,
                "must be an object such as {\"calleeNumber\": \"Phone Number\", \"text1\": \"{First Name} {Last Name}\"}"
            );
            return read;
        }

        foreach (var property in columns.Value.EnumerateObject())
        {
            var name = JsonValues.NameOf(property) ?? "";
            var setting = columns with { Value = property.Value, Path = $"{columns.Path}.{CampaignErrors.Shown(name)}" };
            var field = Array.IndexOf(CalleeField.Names, name);
            if (field < 0)
            {
                setting.Refuse(errors, FieldNames.Unknown(name, CalleeField.Names));
            }
            else if (!read.TryAdd(field, ReadSources(setting, errors)))
            {
                setting.Refuse(errors, "is given twice");
            }
        }

        return read;
    }

    private static List<ColumnTemplate> ReadSources(GivenSetting setting, CampaignErrors errors)
    {
        var sources = new List<ColumnTemplate>();
        foreach (var text in TextsOf(setting, errors))
        {
            if (ColumnTemplate.TryParse(text, out var template, out var problem))
            {
                sources.Add(template);
            }
            else
            {
                setting.Refuse(errors, problem);
            }
        }

        return sources;
    }

    /// <summary>The texts of a list of texts, or one by itself.</summary>
    private static List<string> TextsOf(GivenSetting setting, CampaignErrors errors)
    {
        IEnumerable<JsonElement> values = setting.Value.ValueKind == JsonValueKind.Array ? setting.Value.EnumerateArray() : [setting.Value];
        var texts = new List<string>();
        foreach (var value in values)
        {
            if (value.ValueKind == JsonValueKind.String && JsonValues.Text(value) is { Length: > 0 } text)
            {
                texts.Add(text);
            }
            else
            {
                setting.Refuse(errors, "must be a text or a list of texts, none of them empty");
                return [];
            }
        }

        if (texts.Count == 0)
        {
            setting.Refuse(errors, "must not be an empty list");
        }

        return texts;
    }

    private static string? ReadWord(IReadOnlyDictionary<string, GivenSetting> given, string name, string[] words, CampaignErrors errors)
    {
        if (!given.TryGetValue(name, out var setting))
        {
            return null;
        }

        if (setting.Text is { } word && words.Contains(word))
        {
            return word;
        }

        setting.Refuse(errors, $"must be {string.Join(" or ", words.Select(w => $"\"{w}\""))}");
        return null;
    }

    private static int ReadPercent(IReadOnlyDictionary<string, GivenSetting> given, CampaignErrors errors)
    {
        const int otherwise = 50;
        if (!given.TryGetValue("maxRejectedPercent", out var setting))
        {
            return otherwise;
        }

        if (
            int.TryParse(JsonValues.Text(setting.Value), NumberStyles.None, CultureInfo.InvariantCulture, out var percent)
            && percent is >= 0 and <= 100
        )
        {
            return percent;
        }

        setting.Refuse(errors, "must be a whole number from 0 to 100");
        return otherwise;
    }

    private static string? ReadDateFormat(IReadOnlyDictionary<string, GivenSetting> given, CampaignErrors errors)
    {
        if (given.Text("dateFormat", errors) is not { } format)
        {
            return null;
        }

        var isKnown =
            format.Length is > 1 and <= MaxFormatLength
            && format.Any(char.IsAsciiLetter)
            && !format.Any(c => char.IsAsciiLetter(c) && c is not ('d' or 'M' or 'y' or 'H' or 'h' or 'm' or 's' or 't'));
        try
        {
            if (isKnown && DateTime.UnixEpoch.ToString(format, CultureInfo.InvariantCulture).Length > 0)
            {
                return format;
            }
        }
        catch (FormatException)
        {
            // Said below.
        }

        given["dateFormat"]
            .Refuse(
                errors,
                "must be a format such as dd/MM/yyyy or d MMMM yyyy: d is the day, M the month, y the year, H the hour, m the minute"
            );
        return null;
    }
}
