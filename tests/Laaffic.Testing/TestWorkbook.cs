using System.Globalization;
using System.IO.Compression;
using System.Security;
using System.Text;

namespace Laaffic.Testing;

/// <summary>
/// Writes an .xlsx part by part, as it stands: right ones, and ones that no spreadsheet program would write. Values are
/// strings, numbers (<see cref="int"/>, <see cref="long"/>, <see cref="double"/>), <see cref="bool"/>, <see cref="DateTime"/>,
/// <see cref="TimeSpan"/> (a duration), <see cref="TimeOnly"/> and <see cref="RawCell"/>; null is no cell.
/// </summary>
public sealed class TestWorkbook
{
    private readonly List<Sheet> _sheets = [];
    private readonly List<string> _strings = [];

    /// <summary>Whether strings go to the workbook's table rather than into their cells.</summary>
    public bool SharedStrings { get; init; } = true;

    /// <summary>Parts that are written as they stand, instead of or besides the usual ones.</summary>
    public Dictionary<string, string> Parts { get; } = [];

    /// <summary>A cell as XML, from behind its reference: <c>t="e"&gt;&lt;v&gt;#N/A&lt;/v&gt;</c>.</summary>
    public sealed record RawCell(string Xml)
    {
        /// <summary>An error.</summary>
        public static RawCell Error(string text) => new($" t=\"e\"><v>{text}</v>");

        /// <summary>A formula with the number that it gave.</summary>
        public static RawCell Formula(string formula, string? value) => new($"><f>{formula}</f>{(value is null ? "" : $"<v>{value}</v>")}");
    }

    /// <summary>A sheet.</summary>
    public sealed class Sheet(TestWorkbook workbook, string name, string state)
    {
        private readonly StringBuilder _rows = new();
        private int _row;

        /// <summary>Its name.</summary>
        public string Name { get; } = name;

        /// <summary>visible, hidden or veryHidden.</summary>
        public string State { get; } = state;

        /// <summary>The XML of its rows so far.</summary>
        public string Rows => _rows.ToString();

        /// <summary>Appends a row.</summary>
        public Sheet Add(params object?[] cells) => AddWith("", cells);

        /// <summary>Appends a row that is hidden.</summary>
        public Sheet AddHidden(params object?[] cells) => AddWith(" hidden=\"1\"", cells);

        /// <summary>Appends a row with attributes.</summary>
        public Sheet AddWith(string attributes, params object?[] cells)
        {
            _row++;
            _rows.Append(CultureInfo.InvariantCulture, $"<row r=\"{_row}\"{attributes}>");
            for (var i = 0; i < cells.Length; i++)
            {
                if (cells[i] is { } cell)
                {
                    _rows.Append(CultureInfo.InvariantCulture, $"<c r=\"{Column(i)}{_row}\"{workbook.CellOf(cell)}</c>");
                }
            }
            _rows.Append("</row>");
            return this;
        }

        /// <summary>Leaves rows out, which are not in the file then.</summary>
        public Sheet Skip(int rows)
        {
            _row += rows;
            return this;
        }

        /// <summary>Appends XML as it stands.</summary>
        public Sheet AddXml(string xml)
        {
            _rows.Append(xml);
            return this;
        }
    }

    /// <summary>Appends a sheet.</summary>
    public Sheet AddSheet(string name, string state = "visible")
    {
        var sheet = new Sheet(this, name, state);
        _sheets.Add(sheet);
        return sheet;
    }

    /// <summary>A workbook of one sheet.</summary>
    public static byte[] Of(params object?[][] rows)
    {
        var workbook = new TestWorkbook();
        var sheet = workbook.AddSheet("List");
        foreach (var row in rows)
        {
            sheet.Add(row);
        }

        return workbook.ToArray();
    }

    /// <summary>The file.</summary>
    public byte[] ToArray()
    {
        const string main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
        const string relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
        var parts = new Dictionary<string, string>
        {
            ["[Content_Types].xml"] = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>",
            ["xl/workbook.xml"] =
                $"<workbook {main} xmlns:r=\"{relation}\"><sheets>"
                + string.Concat(
                    _sheets.Select(
                        (s, i) =>
                            $"<sheet name=\"{SecurityElement.Escape(s.Name)}\" sheetId=\"{i + 1}\" state=\"{s.State}\" "
                            + $"r:id=\"rId{i + 1}\"/>"
                    )
                )
                + "</sheets></workbook>",
            ["xl/_rels/workbook.xml.rels"] =
                "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">"
                + string.Concat(
                    _sheets.Select(
                        (_, i) => $"<Relationship Id=\"rId{i + 1}\" Type=\"{relation}/worksheet\" Target=\"worksheets/sheet{i + 1}.xml\"/>"
                    )
                )
                + "</Relationships>",
            ["xl/styles.xml"] =
                $"<styleSheet {main}><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"[h]:mm\"/></numFmts><cellXfs>"
                + "<xf numFmtId=\"0\"/><xf numFmtId=\"14\"/><xf numFmtId=\"164\"/><xf numFmtId=\"20\"/></cellXfs></styleSheet>",
        };
        for (var i = 0; i < _sheets.Count; i++)
        {
            parts[$"xl/worksheets/sheet{i + 1}.xml"] = $"<worksheet {main}><sheetData>{_sheets[i].Rows}</sheetData></worksheet>";
        }
        if (_strings.Count > 0)
        {
            parts["xl/sharedStrings.xml"] =
                $"<sst {main}>"
                + string.Concat(_strings.Select(s => $"<si><t xml:space=\"preserve\">{SecurityElement.Escape(s)}</t></si>"))
                + "</sst>";
        }
        foreach (var (name, content) in Parts)
        {
            parts[name] = content;
        }

        return Zip(parts.Select(part => (part.Key, Encoding.UTF8.GetBytes(part.Value))));
    }

    /// <summary>An archive of files.</summary>
    public static byte[] Zip(IEnumerable<(string Name, byte[] Content)> files, CompressionLevel level = CompressionLevel.Fastest)
    {
        using var stream = new MemoryStream();
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Create, leaveOpen: true))
        {
            foreach (var (name, content) in files)
            {
                using var entry = zip.CreateEntry(name, level).Open();
                entry.Write(content);
            }
        }
        return stream.ToArray();
    }

    private static string Column(int index) => index < 26 ? $"{(char)('A' + index)}" : Column(index / 26 - 1) + (char)('A' + index % 26);

    private string CellOf(object cell) =>
        cell switch
        {
            RawCell raw => raw.Xml,
            string text when SharedStrings => string.Create(CultureInfo.InvariantCulture, $" t=\"s\"><v>{IndexOf(text)}</v>"),
            string text => $" t=\"inlineStr\"><is><t xml:space=\"preserve\">{SecurityElement.Escape(text)}</t></is>",
            bool flag => $" t=\"b\"><v>{(flag ? 1 : 0)}</v>",
            DateTime date => string.Create(CultureInfo.InvariantCulture, $" s=\"1\"><v>{date.ToOADate():R}</v>"),
            TimeSpan duration => string.Create(CultureInfo.InvariantCulture, $" s=\"2\"><v>{duration.TotalDays:R}</v>"),
            TimeOnly time => string.Create(CultureInfo.InvariantCulture, $" s=\"3\"><v>{time.ToTimeSpan().TotalDays:R}</v>"),
            _ => string.Create(CultureInfo.InvariantCulture, $"><v>{cell:R}</v>"),
        };

    private int IndexOf(string text)
    {
        _strings.Add(text);
        return _strings.Count - 1;
    }
}
