using System.Collections;
using System.Globalization;
using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>
/// The callees of one task, kept small: a number takes 8 bytes, texts what they took in the request, and both are
/// decoded when they are looked at.
/// </summary>
internal sealed class CalleeList : IReadOnlyList<AcceptedCallee>
{
    private const int LongestText = 30;

    // A number as the value of "1" + its digits, so that leading zeros stay; 19 digits fit a long.
    private readonly List<long> _numbers = [];

    // The callee's JSON object, where it had more than a number. Null while no callee had.
    private List<byte[]?>? _objects;

    public int Count => _numbers.Count;

    public AcceptedCallee this[int index] => Decode(DecodeNumber(_numbers[index]), _objects?[index]);

    public IEnumerable<string> Numbers => _numbers.Select(DecodeNumber);

    /// <summary>Adds a callee.</summary>
    /// <param name="number">6-18 ASCII digits.</param>
    /// <param name="json">The whole callee as valid JSON, if it has texts that are to be remembered.</param>
    public void Add(string number, byte[]? json)
    {
        _numbers.Add(long.Parse("1" + number, NumberStyles.None, CultureInfo.InvariantCulture));
        if (json is not null)
        {
            _objects ??= [.. Enumerable.Repeat<byte[]?>(null, _numbers.Count - 1)];
        }

        _objects?.Add(json);
    }

    public IEnumerator<AcceptedCallee> GetEnumerator()
    {
        for (var index = 0; index < Count; index++)
        {
            yield return this[index];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private static string DecodeNumber(long number) => number.ToString(CultureInfo.InvariantCulture)[1..];

    private static AcceptedCallee Decode(string number, byte[]? json)
    {
        Dictionary<int, string> texts = [];
        Dictionary<string, string> information = [];
        if (json is null)
        {
            return new(number, texts, information);
        }

        using var document = JsonDocument.Parse(json);
        foreach (var property in document.RootElement.EnumerateObject())
        {
            if (property.NameEquals("callInformation") && property.Value.ValueKind is JsonValueKind.Object)
            {
                foreach (var entry in property.Value.EnumerateObject())
                {
                    information[entry.Name] = entry.Value.GetString()!;
                }
            }
            else if (property.Name.StartsWith("text", StringComparison.Ordinal) && property.Value.GetString() is { } text)
            {
                texts[int.Parse(property.Name.AsSpan(4), CultureInfo.InvariantCulture)] = Cut(text);
            }
        }

        return new(number, texts, information);
    }

    // Half of a surrogate pair is not left behind.
    private static string Cut(string text) =>
        text.Length <= LongestText ? text
        : char.IsHighSurrogate(text[LongestText - 1]) ? text[..(LongestText - 1)]
        : text[..LongestText];
}
