using System.Text;

namespace Laaffic.Simulation.Storage.Tables;

/// <summary>
/// The table, and the row if any, that a table address names: <c>name</c>, <c>name()</c> or <c>name(PartitionKey='a',RowKey='b')</c>.
/// </summary>
internal readonly record struct TableAddress(string Table, string? PartitionKey, string? RowKey)
{
    private const string PartitionStart = "(PartitionKey='";
    private const string RowStart = ",RowKey='";

    public static TableAddress Of(string resource)
    {
        var open = resource.IndexOf('(', StringComparison.Ordinal);
        if (open < 0)
        {
            return new(resource, null, null);
        }

        var rest = resource.AsSpan(open);
        if (rest is "()")
        {
            return new(resource[..open], null, null);
        }

        var partition = Take(ref rest, PartitionStart);
        var row = Take(ref rest, RowStart);
        return rest is ")" ? new(resource[..open], partition, row) : throw TableErrors.InvalidInput();
    }

    private static string Take(ref ReadOnlySpan<char> rest, string start)
    {
        if (!rest.StartsWith(start, StringComparison.Ordinal))
        {
            throw TableErrors.InvalidInput();
        }

        rest = rest[start.Length..];
        return TakeQuoted(ref rest);
    }

    /// <summary>A text after its opening quote, in which each quote is doubled.</summary>
    public static string TakeQuoted(ref ReadOnlySpan<char> rest)
    {
        StringBuilder? text = null;
        while (true)
        {
            var quote = rest.IndexOf('\'');
            if (quote < 0)
            {
                throw TableErrors.InvalidInput();
            }

            var part = rest[..quote];
            rest = rest[(quote + 1)..];
            if (rest.Length == 0 || rest[0] != '\'')
            {
                return text is null ? part.ToString() : text.Append(part).ToString();
            }

            (text ??= new()).Append(part).Append('\'');
            rest = rest[1..];
        }
    }
}
