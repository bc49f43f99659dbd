using System.Text.Json;
using Laaffic.Api;

namespace Laaffic.Campaigns.Parsing;

/// <summary>
/// A campaign's settings as they were written, name by name, before they are checked: each with its JSON value and its origin.
/// A later one replaces an earlier one of the same name. They have two more forms: <see cref="AgentTaskSettings"/>, which is
/// checked, and the request body, which is stored. This one is apart from those because whatever is wrong is reported with the
/// place where it was written, and because a line of a CSV campaign, the JSON of a profile and that of a campaign have to give
/// the same settings, and the same messages.
/// </summary>
internal sealed class SettingsDraft
{
    private readonly Dictionary<string, (JsonElement Value, SettingOrigin Origin)> _settings = new(StringComparer.Ordinal);

    /// <summary>The names that are set.</summary>
    public IReadOnlyCollection<string> Names => _settings.Keys;

    /// <summary>Sets the value of a name.</summary>
    public void Set(string name, JsonElement value, SettingOrigin origin) => _settings[name] = (value, origin);

    /// <summary>Sets the value of a name to a string.</summary>
    /// <exception cref="ArgumentException">It holds half of a surrogate pair.</exception>
    public void SetText(string name, string value, SettingOrigin origin)
    {
        var text = JsonEncodedText.Encode(value); // a serializer would put another character in the place of half a pair
        Set(name, JsonElement.Parse($"\"{text}\""), origin);
    }

    /// <summary>Replaces or adds what another draft has.</summary>
    public void Override(SettingsDraft other)
    {
        foreach (var (name, setting) in other._settings)
        {
            _settings[name] = setting;
        }
    }

    /// <summary>The same settings.</summary>
    public SettingsDraft Copy()
    {
        var copy = new SettingsDraft();
        copy.Override(this);
        return copy;
    }

    /// <summary>The same settings, as written elsewhere.</summary>
    /// <param name="origin">What is said of where they were written.</param>
    public SettingsDraft From(string origin)
    {
        var copy = new SettingsDraft();
        foreach (var (name, setting) in _settings)
        {
            copy.Set(name, setting.Value, new SettingOrigin(origin, setting.Origin.Line));
        }

        return copy;
    }

    /// <summary>Whether one of these names is set, and not to null.</summary>
    public bool HasAny(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (_settings.TryGetValue(name, out var setting) && setting.Value.ValueKind != JsonValueKind.Null)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Removes a name; null if it was not there.</summary>
    public (JsonElement Value, SettingOrigin Origin)? Take(string name) => _settings.Remove(name, out var setting) ? setting : null;

    /// <summary>Where the first name of a path (<c>recallFlow.nodeList[0].agentId</c>) was written; null if nowhere.</summary>
    public SettingOrigin? OriginOf(string path)
    {
        var end = path.AsSpan().IndexOfAny('.', '[');
        return _settings.TryGetValue(end < 0 ? path : path[..end], out var setting) ? setting.Origin : null;
    }

    /// <summary>The string that is the value of a name; null if it is absent, not a string or not valid text.</summary>
    public string? TextOf(string name) =>
        _settings.TryGetValue(name, out var setting) && setting.Value.ValueKind == JsonValueKind.String
            ? JsonValues.Text(setting.Value)
            : null;

    /// <summary>What of them goes to the API.</summary>
    /// <param name="violations">Takes what cannot be read.</param>
    public AgentTaskSettings Read(ICollection<Violation> violations) =>
        AgentTaskSettings.Read(_settings.Select(setting => ((string?)setting.Key, setting.Value.Value)), violations);
}
