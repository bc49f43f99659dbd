using System.Globalization;
using System.Text.Json;

namespace Laaffic.Api;

/// <summary>The known fields of one JSON object.</summary>
internal sealed class Fields
{
    private const int MaxShownLength = 60;

    private readonly Dictionary<string, JsonElement> _values = [];
    private readonly string _path;
    private readonly Problems _problems;

    private Fields(string path, Problems problems) => (_path, _problems) = (path, problems);

    /// <summary>The fields of an object, every unknown or repeated one reported; null, reported, if it is no object.</summary>
    public static Fields? Of(JsonElement element, string path, string[] names, Problems problems)
    {
        if (element.ValueKind != JsonValueKind.Object)
        {
            problems.Add(path, $"must be a JSON object, not {JsonValues.Kind(element)}");
            return null;
        }

        return Of(element.EnumerateObject().Select(property => (JsonValues.NameOf(property), property.Value)), path, names, problems);
    }

    /// <summary>The same of fields that no longer are in one object; a name is null if it is not valid text.</summary>
    public static Fields Of(IEnumerable<(string? Name, JsonElement Value)> values, string path, string[] names, Problems problems)
    {
        var fields = new Fields(path, problems);
        foreach (var (name, value) in values)
        {
            fields.Take(name, value, names);
        }

        return fields;
    }

    public string? Text(string name) => _values.TryGetValue(name, out var value) ? JsonValues.Text(value, At(name), _problems) : null;

    public decimal? Decimal(string name) =>
        _values.TryGetValue(name, out var value) ? JsonValues.Decimal(value, At(name), _problems) : null;

    public int? Int(string name) => (int?)Whole(name, int.MinValue, int.MaxValue);

    public long? Long(string name) => Whole(name, long.MinValue, long.MaxValue);

    public bool IsString(string name) => _values.TryGetValue(name, out var value) && value.ValueKind == JsonValueKind.String;

    public Fields? Object(string name, string[] names) =>
        _values.TryGetValue(name, out var value) ? Of(value, At(name), names, _problems) : null;

    public IReadOnlyList<T>? List<T>(string name, Func<JsonElement, string, T> read)
    {
        if (!_values.TryGetValue(name, out var value))
        {
            return null;
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            _problems.Add(At(name), $"must be a list, not {JsonValues.Kind(value)}");
            return null;
        }

        return
        [
            .. value
                .EnumerateArray()
                .Select((element, i) => read(element, string.Create(CultureInfo.InvariantCulture, $"{At(name)}[{i}]"))),
        ];
    }

    private long? Whole(string name, long min, long max) =>
        _values.TryGetValue(name, out var value) ? JsonValues.Whole(value, At(name), min, max, _problems) : null;

    private void Take(string? name, JsonElement value, string[] names)
    {
        if (name is null)
        {
            _problems.Add(_path, "has a field whose name is not valid text");
        }
        else if (Array.IndexOf(names, name) < 0)
        {
            _problems.Add(At(Shown(name)), FieldNames.Unknown(name, names));
        }
        else if (value.ValueKind == JsonValueKind.Null ? _values.ContainsKey(name) : !_values.TryAdd(name, value))
        {
            _problems.Add(At(name), "is given twice");
        }
    }

    private string At(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    private static string Shown(string name) => ShortText.Cut(name, MaxShownLength);
}
