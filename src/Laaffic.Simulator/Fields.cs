using System.Globalization;
using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>
/// One JSON object of a request, read by the documents' types: a field of another type is a bad parameter, null
/// is the same as absent, a field that no document has is a bad parameter too.
/// </summary>
/// <param name="json">The object; of another kind, it is reported and has no fields.</param>
/// <param name="path">Where it stands in the request; empty for the request itself.</param>
/// <param name="findings">Where problems go.</param>
internal sealed class Fields(JsonElement json, string path, Findings findings)
{
    private const string TimeFormat = "yyyy-MM-dd HH:mm:ss";

    /// <summary>Reports what is no object, and every field that is not among the known ones.</summary>
    public Fields Only(params ReadOnlySpan<string> known)
    {
        if (json.ValueKind is not JsonValueKind.Object)
        {
            findings.Bad($"{(path.Length == 0 ? "the body" : path)} must be an object");
            return this;
        }

        foreach (var property in json.EnumerateObject())
        {
            if (!known.Contains(property.Name))
            {
                findings.Bad($"{PathOf(property.Name)} is not a field of this request");
            }
        }

        return this;
    }

    public string PathOf(string name) => path.Length == 0 ? name : $"{path}.{name}";

    public void Broken(string name, string what) => findings.Broken($"{PathOf(name)} {what}");

    public bool Has(string name) => Value(name, required: false) is not null;

    public string? Text(string name, bool required = false)
    {
        if (Value(name, required) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.String)
        {
            return value.GetString();
        }

        findings.Bad($"{PathOf(name)} must be a string");
        return null;
    }

    public int? Integer(string name, int min, int max, bool required = false, bool digitsToo = false)
    {
        if (Value(name, required) is not { } value)
        {
            return null;
        }

        if (!TryInteger(value, digitsToo, out var number))
        {
            findings.Bad($"{PathOf(name)} must be an integer");
            return null;
        }

        if (number < min || number > max)
        {
            Broken(name, max == int.MaxValue ? $"must be at least {min}" : $"must be {min}-{max}");
        }

        return number;
    }

    public decimal? Number(string name)
    {
        if (Value(name, required: false) is not { } value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.Number && value.TryGetDecimal(out var number))
        {
            return number;
        }

        findings.Bad($"{PathOf(name)} must be a number");
        return null;
    }

    /// <summary>A time of the documents' type LocalDateTime; its form is part of the type.</summary>
    public DateTime? LocalTime(string name)
    {
        if (Text(name) is not { } text)
        {
            return null;
        }

        if (DateTime.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.None, out var time))
        {
            return time;
        }

        findings.Bad($"{PathOf(name)} must be a time like 2030-01-31 18:00:00");
        return null;
    }

    public Fields? Object(string name) => Value(name, required: false) is { } value ? new Fields(value, PathOf(name), findings) : null;

    public IReadOnlyList<Fields> Objects(string name) =>
        [.. Items(name, required: false).Select(item => new Fields(item.Value, item.Path, findings))];

    public IReadOnlyList<string> Texts(string name)
    {
        List<string> texts = [];
        foreach (var item in Items(name, required: false))
        {
            if (item.Value.ValueKind is JsonValueKind.String)
            {
                texts.Add(item.Value.GetString()!);
            }
            else
            {
                findings.Bad($"{item.Path} must be a string");
            }
        }

        return texts;
    }

    public IReadOnlyList<int> Integers(string name, bool required = false)
    {
        List<int> numbers = [];
        foreach (var item in Items(name, required))
        {
            if (TryInteger(item.Value, digitsToo: false, out var number))
            {
                numbers.Add(number);
            }
            else
            {
                findings.Bad($"{item.Path} must be an integer");
            }
        }

        return numbers;
    }

    public static string Format(DateTime time) => time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    // No sign, fraction or exponent in a string: the documents show digits only.
    private static bool TryInteger(JsonElement value, bool digitsToo, out int number)
    {
        number = 0;
        return value.ValueKind switch
        {
            JsonValueKind.Number => value.TryGetInt32(out number),
            JsonValueKind.String when digitsToo => int.TryParse(
                value.GetString(),
                NumberStyles.None,
                CultureInfo.InvariantCulture,
                out number
            ),
            _ => false,
        };
    }

    private List<(JsonElement Value, string Path)> Items(string name, bool required)
    {
        if (Value(name, required) is not { } value)
        {
            return [];
        }

        if (value.ValueKind is JsonValueKind.Array)
        {
            return [.. value.EnumerateArray().Select((item, index) => (item, $"{PathOf(name)}[{index}]"))];
        }

        findings.Bad($"{PathOf(name)} must be an array");
        return [];
    }

    private JsonElement? Value(string name, bool required)
    {
        if (json.ValueKind is JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind is not JsonValueKind.Null)
        {
            return value;
        }

        if (required)
        {
            findings.Bad($"{PathOf(name)} is missing");
        }

        return null;
    }
}
