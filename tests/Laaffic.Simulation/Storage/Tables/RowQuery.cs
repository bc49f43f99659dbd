using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Laaffic.Simulation.Storage.Tables;

/// <summary>A query for rows, a page at a time.</summary>
internal static class RowQuery
{
    private const int MaxTop = 1000;

    public static void Answer(ImmutableSortedSet<StoredRow> rows, RequestAddress address, int maxRows, Reply reply)
    {
        foreach (var name in address.Query.Keys)
        {
            if (name is not ("$format" or "$filter" or "$top" or "$select" or "NextPartitionKey" or "NextRowKey" or "sig"))
            {
                throw Refusal.NotSimulated($"the query parameter {name}");
            }
        }

        var filter = address.Parameter("$filter") is { Length: > 0 } text ? FilterParser.Parse(text) : null;
        if (address.Parameter("$top") is { } top)
        {
            if (!int.TryParse(top, CultureInfo.InvariantCulture, out var most) || most is < 1 or > MaxTop)
            {
                throw TableErrors.InvalidInput();
            }

            maxRows = Math.Min(maxRows, most);
        }

        var select = address.Parameter("$select") is { Length: > 0 } names ? names.Split(',', StringSplitOptions.TrimEntries) : null;
        var next = Next(address);
        var range = KeyRange.Of(filter);
        List<StoredRow> found = [];
        StoredRow? more = null;
        for (var i = Start(rows, range, next); i < rows.Count; i++)
        {
            var row = rows[i];
            if (
                range.PartitionKey is not null
                && (row.PartitionKey != range.PartitionKey || (range.To is not null && string.CompareOrdinal(row.RowKey, range.To) > 0))
            )
            {
                break;
            }

            if (filter is not null && !filter.Matches(row))
            {
                continue;
            }

            if (found.Count == maxRows)
            {
                more = row;
                break;
            }

            found.Add(row);
        }

        if (more is not null)
        {
            reply.Add("x-ms-continuation-NextPartitionKey", Encode(more.PartitionKey));
            reply.Add("x-ms-continuation-NextRowKey", Encode(more.RowKey));
        }

        reply.SetBody(
            "application/json;odata=minimalmetadata;streaming=true;charset=utf-8",
            RowJson.Write(json =>
            {
                json.WriteStartObject();
                json.WriteString("odata.metadata"u8, "http://127.0.0.1/$metadata#rows"u8);
                json.WriteStartArray("value"u8);
                foreach (var row in found)
                {
                    RowJson.Write(json, row, select, metadata: false);
                }

                json.WriteEndArray();
                json.WriteEndObject();
            })
        );
    }

    private static int Start(ImmutableSortedSet<StoredRow> rows, KeyRange range, StoredRow? next)
    {
        var first = range.PartitionKey is null ? null : StoredRow.KeyOnly(range.PartitionKey, range.From);
        if (next is not null && (first is null || StoredRow.ByKeys.Compare(next, first) > 0))
        {
            first = next;
        }

        if (first is null)
        {
            return 0;
        }

        var index = rows.IndexOf(first);
        return index < 0 ? ~index : index;
    }

    private static StoredRow? Next(RequestAddress address) =>
        address.Parameter("NextPartitionKey") is { } partition
            ? StoredRow.KeyOnly(Decode(partition), address.Parameter("NextRowKey") is { } row ? Decode(row) : "")
            : null;

    // Keys may hold characters that headers may not.
    private static string Encode(string key) => "1!" + Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    private static string Decode(string encoded)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(encoded[2..]));
        }
        catch (Exception e) when (e is FormatException or ArgumentOutOfRangeException)
        {
            throw TableErrors.InvalidInput();
        }
    }
}
