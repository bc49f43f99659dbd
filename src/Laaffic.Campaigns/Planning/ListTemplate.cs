using System.Buffers;
using System.Text;
using Laaffic.Campaigns.Mapping;

namespace Laaffic.Campaigns.Planning;

/// <summary>The empty list that a profile reads.</summary>
/// <param name="Headers">Its columns.</param>
/// <param name="Example">A row under them. Its number is one that is kept for fiction: nobody has it.</param>
public sealed record ListTemplate(IReadOnlyList<string> Headers, IReadOnlyList<string> Example)
{
    private static readonly SearchValues<char> Quoted = SearchValues.Create(",;|\t\"\r\n");

    private const string Number = "12025550123",
        Text = "Example";

    /// <summary>The sheet that the profile reads; null if it does not say.</summary>
    public string? Sheet { get; init; }

    /// <summary>The list as a CSV file: UTF-8 with its mark, so that spreadsheets open it right.</summary>
    public byte[] ToCsv()
    {
        var csv = new ArrayBufferWriter<byte>();
        csv.Write("\uFEFF"u8);
        WriteRow(csv, Headers);
        WriteRow(csv, Example);
        return csv.WrittenSpan.ToArray();
    }

    /// <summary>The list that these settings read.</summary>
    internal static ListTemplate For(ListSettings settings)
    {
        var number = settings.DefaultRegion is null ? Number : "+" + Number;
        List<string> headers = [],
            example = [];
        for (var field = 0; field < CalleeField.Names.Length; field++)
        {
            if (settings.Columns.TryGetValue(field, out var sources))
            {
                AddAll(sources.SelectMany(source => source.Headers), field == 0 ? number : Text);
            }
            else if (field == 0 || IsRequired(field) || (settings.Columns.Count == 0 && field <= 2))
            {
                AddAll([CalleeField.Names[field]], field == 0 ? number : Text);
            }
        }

        AddAll(settings.Required.Where(name => CalleeField.Find(name) < 0), Text);
        return new ListTemplate(headers, example) { Sheet = settings.Sheet };

        bool IsRequired(int field) => settings.Required.Any(name => CalleeField.Find(name) == field);

        void AddAll(IEnumerable<string> names, string value)
        {
            foreach (var name in names.Where(name => !headers.Any(other => HeaderRow.Bare(other) == HeaderRow.Bare(name))))
            {
                headers.Add(name);
                example.Add(value);
            }
        }
    }

    private static void WriteRow(ArrayBufferWriter<byte> csv, IReadOnlyList<string> cells)
    {
        for (var i = 0; i < cells.Count; i++)
        {
            var isQuoted = cells[i].AsSpan().ContainsAny(Quoted);
            csv.Write(i == 0 ? ""u8 : ","u8);
            csv.Write(isQuoted ? "\""u8 : ""u8);
            csv.Write(Encoding.UTF8.GetBytes(cells[i].Replace("\"", "\"\"", StringComparison.Ordinal)));
            csv.Write(isQuoted ? "\""u8 : ""u8);
        }

        csv.Write("\r\n"u8);
    }
}
