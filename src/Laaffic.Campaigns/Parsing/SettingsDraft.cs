using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Laaffic.Campaigns.Parsing;

/// <summary>
/// A campaign's settings as they were written, name by name, before they mean anything: each with its JSON and its origin.
/// A later one replaces an earlier one of the same name.
/// </summary>
internal sealed class SettingsDraft
{
    private readonly Dictionary<string, (byte[] Json, SettingOrigin Origin)> _settings = new(StringComparer.Ordinal);

    /// <summary>Sets what a name stands for, as well-formed JSON in UTF-8.</summary>
    public void Set(string name, byte[] json, SettingOrigin origin) => _settings[name] = (json, origin);

    /// <summary>Sets a string.</summary>
    public void SetText(string name, string value, SettingOrigin origin) =>
        _settings[name] = (Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(value)}\""), origin);

    /// <summary>Replaces or adds what another draft has.</summary>
    public void Override(SettingsDraft other)
    {
        foreach (var (name, setting) in other._settings)
        {
            _settings[name] = setting;
        }
    }

    /// <summary>Removes a name; null if it was not there.</summary>
    public (byte[] Json, SettingOrigin Origin)? Take(string name) => _settings.Remove(name, out var setting) ? setting : null;

    /// <summary>Where the first name of a path (<c>recallFlow.nodeList[0].agentId</c>) was written; null if nowhere.</summary>
    public SettingOrigin? OriginOf(string path)
    {
        var end = path.AsSpan().IndexOfAny('.', '[');
        return _settings.TryGetValue(end < 0 ? path : path[..end], out var setting) ? setting.Origin : null;
    }

    /// <summary>The string that a name stands for; null if it is absent, not a string or not valid text.</summary>
    public string? TextOf(string name)
    {
        if (!_settings.TryGetValue(name, out var setting))
        {
            return null;
        }

        var reader = new Utf8JsonReader(setting.Json);
        return reader.Read() && reader.TokenType == JsonTokenType.String ? JsonKinds.TextOf(ref reader) : null;
    }

    /// <summary>All settings as one JSON object.</summary>
    public JsonDocument ToDocument()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            foreach (var (name, setting) in _settings)
            {
                writer.WritePropertyName(name);
                writer.WriteRawValue(setting.Json, skipInputValidation: true);
            }
            writer.WriteEndObject();
        }
        return JsonDocument.Parse(buffer.WrittenMemory);
    }
}
