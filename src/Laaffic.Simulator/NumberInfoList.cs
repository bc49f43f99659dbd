using System.Buffers;
using System.Text.Json;

namespace Laaffic.Simulator;

/// <summary>Takes in a create request's numberInfoList, one callee at a time.</summary>
/// <param name="rememberTexts">Whether callees' texts are kept.</param>
internal sealed class NumberInfoList(bool rememberTexts)
{
    /// <summary>The most callees a task may have; those above are counted but not kept.</summary>
    public const int MaxCallees = 200_000;

    private const int AllTexts = 0x7FE;

    private int _textsOfAll = AllTexts;

    public Findings Findings { get; } = new();

    public CalleeList Callees { get; } = [];

    /// <summary>How many callees the list has, wrong ones included.</summary>
    public int Count { get; private set; }

    /// <summary>Whether every callee has the text of this number (1-10), not null.</summary>
    public bool AllHaveText(int number) => (_textsOfAll & (1 << number)) != 0;

    /// <summary>Takes one callee, the reader being at its first token.</summary>
    /// <returns>False when its end is not in the buffer yet: nothing was taken, and the reader is to be set back.</returns>
    /// <exception cref="JsonException">It is not valid JSON.</exception>
    public bool TryTake(ref Utf8JsonReader reader, in ReadOnlySequence<byte> buffer)
    {
        if (reader.TokenType is not JsonTokenType.StartObject)
        {
            if (!reader.TrySkip())
            {
                return false;
            }

            Findings.Bad($"numberInfoList[{Count++}] must be an object");
            return true;
        }

        var start = reader.TokenStartIndex;
        string? number = null,
            wrong = null;
        int seen = 0,
            texts = 0;
        while (true)
        {
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType is JsonTokenType.EndObject)
            {
                break;
            }

            var field = FieldAt(ref reader);
            var name = field < 0 ? reader.GetString() : null;
            if (!reader.Read())
            {
                return false;
            }

            if (field >= 0 && (seen & (1 << field)) != 0)
            {
                wrong ??= "has a field twice";
            }

            if (field is CalleeNumber && reader.TokenType is JsonTokenType.String)
            {
                number = reader.GetString();
            }
            else if (field is >= 1 and <= 10 && reader.TokenType is JsonTokenType.String)
            {
                texts |= IsText(ref reader) ? 1 << field : 0;
            }
            else if (field is CallInformation && reader.TokenType is JsonTokenType.StartObject)
            {
                if (!TryReadMap(ref reader, ref wrong))
                {
                    return false;
                }
            }
            else
            {
                if (field < 0)
                {
                    wrong ??= $"has {name}, which is not a field of this request";
                }
                else if (reader.TokenType is not JsonTokenType.Null)
                {
                    wrong ??= $"has a {NameOf(field)} of the wrong type";
                }

                if (!reader.TrySkip())
                {
                    return false;
                }
            }

            if (field >= 0)
            {
                seen |= 1 << field;
            }
        }

        var index = Count++;
        _textsOfAll &= texts;
        if (wrong is not null)
        {
            Findings.Bad($"numberInfoList[{index}] {wrong}");
        }
        else if (number is null)
        {
            Findings.Bad($"numberInfoList[{index}].calleeNumber is missing");
        }
        else if (number.Length is < 6 or > 18 || !number.All(char.IsAsciiDigit))
        {
            Findings.Broken($"numberInfoList[{index}].calleeNumber must be 6-18 digits");
        }
        else if (index < MaxCallees)
        {
            var hasMore = seen != 1 << CalleeNumber;
            Callees.Add(number, rememberTexts && hasMore ? buffer.Slice(start, reader.BytesConsumed - start).ToArray() : null);
        }

        return true;
    }

    private const int CalleeNumber = 0;
    private const int CallInformation = 11;

    // 0 the number, 1-10 the texts, 11 the call information, -1 unknown.
    private static int FieldAt(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("calleeNumber"u8))
        {
            return CalleeNumber;
        }

        if (reader.ValueTextEquals("callInformation"u8))
        {
            return CallInformation;
        }

        for (var text = 1; text <= 10; text++)
        {
            if (reader.ValueTextEquals(TextNames[text - 1]))
            {
                return text;
            }
        }

        return -1;
    }

    private static readonly byte[][] TextNames =
    [
        .. Enumerable.Range(1, 10).Select(text => System.Text.Encoding.ASCII.GetBytes($"text{text}")),
    ];

    private static string NameOf(int field) =>
        field switch
        {
            CalleeNumber => "calleeNumber",
            CallInformation => "callInformation",
            _ => $"text{field}",
        };

    // Decoding it once finds bytes or escapes that are no text.
    private static bool IsText(ref Utf8JsonReader reader) => reader.GetString() is not null;

    private static bool TryReadMap(ref Utf8JsonReader reader, ref string? wrong)
    {
        while (true)
        {
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType is JsonTokenType.EndObject)
            {
                return true;
            }

            _ = reader.GetString();
            if (!reader.Read())
            {
                return false;
            }

            if (reader.TokenType is JsonTokenType.String)
            {
                _ = reader.GetString();
                continue;
            }

            wrong ??= "has a callInformation that is not a map of strings";
            if (!reader.TrySkip())
            {
                return false;
            }
        }
    }
}
