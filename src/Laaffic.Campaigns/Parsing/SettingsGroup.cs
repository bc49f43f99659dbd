using System.Text.Json;
using Laaffic.Api;

namespace Laaffic.Campaigns.Parsing;

/// <summary>
/// An object of settings that belong to this app and are not sent, such as <c>delivery</c>. In the <c>#</c> lines of a list
/// its fields stand by themselves, and go before those of the object.
/// </summary>
internal static class SettingsGroup
{
    /// <summary>Takes the object out of the settings.</summary>
    /// <param name="draft">The settings as written.</param>
    /// <param name="group">The object's name.</param>
    /// <param name="names">The fields that it may have.</param>
    /// <param name="linesHaveThem">Whether its fields may stand beside the others, as in the <c>#</c> lines of a list.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>What is given, by name; a field that is null is not given.</returns>
    public static IReadOnlyDictionary<string, GivenSetting> Take(
        SettingsDraft draft,
        string group,
        string[] names,
        bool linesHaveThem,
        CampaignErrors errors
    )
    {
        var given = new Dictionary<string, GivenSetting>(StringComparer.Ordinal);
        if (draft.Take(group) is { } value)
        {
            TakeObject(group, value.Value, value.Origin, names, given, errors);
        }

        if (linesHaveThem)
        {
            foreach (var name in names)
            {
                if (draft.OriginOf(name) is { Profile: null } && draft.Take(name) is { } line)
                {
                    given[name] = new(line.Value, name, line.Origin);
                }
            }
        }

        return given.Where(setting => setting.Value.Value.ValueKind != JsonValueKind.Null).ToDictionary();
    }

    /// <summary>Takes all settings, of a file that has no others.</summary>
    /// <param name="draft">The settings as written.</param>
    /// <param name="names">The fields that it may have.</param>
    /// <param name="errors">Takes what is wrong.</param>
    /// <returns>What is given, by name; a field that is null is not given.</returns>
    public static IReadOnlyDictionary<string, GivenSetting> TakeAll(SettingsDraft draft, string[] names, CampaignErrors errors)
    {
        foreach (var name in draft.Names.Except(names))
        {
            errors.AddAt(draft.OriginOf(name), CampaignErrors.Shown(name), FieldNames.Unknown(name, names));
        }

        return names
            .Select(name => (Name: name, Setting: draft.Take(name)))
            .Where(taken => taken.Setting is { Value.ValueKind: not JsonValueKind.Null })
            .ToDictionary(
                taken => taken.Name,
                taken => new GivenSetting(taken.Setting!.Value.Value, taken.Name, taken.Setting.Value.Origin)
            );
    }

    /// <summary>A setting that is a text; null if it is not given, or is not one, which is an error.</summary>
    public static string? Text(this IReadOnlyDictionary<string, GivenSetting> given, string name, CampaignErrors errors)
    {
        if (!given.TryGetValue(name, out var setting))
        {
            return null;
        }

        // A sheet may be called 2026.
        if (JsonValues.Text(setting.Value)?.Trim() is { Length: > 0 } text)
        {
            return text;
        }

        setting.Refuse(errors, "must be a text that is not empty");
        return null;
    }

    private static void TakeObject(
        string group,
        JsonElement value,
        SettingOrigin origin,
        string[] names,
        Dictionary<string, GivenSetting> given,
        CampaignErrors errors
    )
    {
        if (value.ValueKind == JsonValueKind.Null)
        {
            return;
        }

        if (value.ValueKind != JsonValueKind.Object)
        {
            errors.AddAt(origin, group, $"must be an object with {string.Join(", ", names)} or some of them");
            return;
        }

        foreach (var property in value.EnumerateObject())
        {
            if (JsonValues.NameOf(property) is not { } name)
            {
                errors.AddAt(origin, group, "has a field whose name is not valid text: half of a surrogate pair");
                continue;
            }

            var path = $"{group}.{CampaignErrors.Shown(name)}";
            if (!names.Contains(name))
            {
                errors.AddAt(origin, path, FieldNames.Unknown(name, names));
            }
            else if (!given.TryAdd(name, new(property.Value, path, origin)))
            {
                errors.AddAt(origin, path, "is given twice");
            }
        }
    }
}
