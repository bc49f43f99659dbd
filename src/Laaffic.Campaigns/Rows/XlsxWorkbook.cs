using System.Globalization;
using System.IO.Compression;
using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Rows;

/// <summary>
/// An .xlsx, inspected: every part that the reader of cells goes through was gone through before, whole and within limits. It
/// finds the parts by the same rules as that reader.
/// </summary>
internal sealed class XlsxWorkbook : Workbook
{
    private readonly SafeZip _zip;
    private readonly List<SheetEntry> _sheets = [];
    private readonly List<string?> _ids = [];
    private readonly Dictionary<string, string> _paths = [];
    private readonly CancellationToken _cancellationToken;
    private int _strings;
    private bool _formatsMatter;
    private long _unpacked;

    /// <summary>Inspects all but the sheets.</summary>
    /// <param name="file">The file, which is left open.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public XlsxWorkbook(Stream file, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        _zip = SafeZip.Open(file);
        try
        {
            if (_zip.Entries.Any(entry => Normal(entry.FullName).StartsWith("xl/externalLinks/", StringComparison.OrdinalIgnoreCase)))
            {
                throw new UnreadableListException(
                    null,
                    "The spreadsheet holds links to other files, whose values may be out of date: break the links in the spreadsheet, or "
                        + "paste the rows as values, or save it as CSV."
                );
            }

            Scan(Part("xl/workbook.xml") ?? throw XmlScanner.Broken(), ListLimits.MaxPartBytes, ReadWorkbook);
            Scan(Part("xl/_rels/workbook.xml.rels") ?? throw XmlScanner.Broken(), ListLimits.MaxPartBytes, ReadRelations);
            if (Part("xl/styles.xml") is { } styles)
            {
                Scan(styles, ListLimits.MaxPartBytes, ReadStyles);
            }
            if (Part("xl/sharedStrings.xml") is { } strings)
            {
                Scan(strings, ListLimits.MaxStringTableBytes, CountStrings);
            }
        }
        catch
        {
            _zip.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SheetEntry> Sheets => _sheets;

    /// <inheritdoc/>
    public override bool FormatsMatter => _formatsMatter;

    /// <inheritdoc/>
    public override SheetFacts Inspect(int sheet)
    {
        if (_ids[sheet] is not { } id || !_paths.TryGetValue(id, out var target) || Part(PathOf(target)) is not { } part)
        {
            throw XmlScanner.Broken();
        }

        var facts = new SheetFacts();
        Scan(part, ListLimits.MaxSheetBytes, xml => facts = new XlsxSheetScan(xml, _strings).Run());
        return facts;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        _zip.Dispose();
        base.Dispose();
    }

    private static string Normal(string name) => name.Replace('\\', '/');

    private static string PathOf(string target) =>
        target.StartsWith("/xl/", StringComparison.OrdinalIgnoreCase) ? target[1..] : "xl/" + target;

    private ZipArchiveEntry? Part(string name) => _zip.Find(name);

    private void Scan(ZipArchiveEntry part, long limit, Action<XmlScanner> read)
    {
        _unpacked += part.Length;
        if (part.Length > limit || _unpacked > ListLimits.MaxUnpackedBytes)
        {
            throw new UnreadableListException(
                null,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The spreadsheet is too large: its part {Path.GetFileName(Normal(part.FullName))} is {part.Length >> 20} MB unpacked, "
                        + $"and {limit >> 20} MB can be read. Split the list into several files, or save it as CSV."
                )
            );
        }

        using var stream = SafeZip.OpenEntry(part, limit);
        using var ahead = new ReadAhead(stream);
        using var xml = new XmlScanner(ahead.Content, _cancellationToken);
        read(xml);
        // To the end, as only then its CRC is known.
        while (xml.Read()) { }
    }

    private void ReadWorkbook(XmlScanner xml)
    {
        while (xml.Read())
        {
            if (!xml.IsStart)
            {
                continue;
            }
            if (xml.Name.SequenceEqual("workbook"u8) && xml.Attributes.IndexOf("purl.oclc.org"u8) >= 0)
            {
                throw new UnreadableListException(
                    null,
                    "The spreadsheet is saved as Strict Open XML: save it as an ordinary Excel workbook (.xlsx)."
                );
            }
            if (xml.Name.SequenceEqual("workbookPr"u8) && xml.GetAttribute("date1904"u8) is "true")
            {
                throw new UnreadableListException(
                    null,
                    "The spreadsheet counts dates from 1904 in a way that is not read here: turn that off, or save it as CSV."
                );
            }
            if (xml.Name.SequenceEqual("sheet"u8))
            {
                if (_sheets.Count == ListLimits.MaxSheets)
                {
                    throw new UnreadableListException(null, $"The spreadsheet has more than {ListLimits.MaxSheets} sheets.");
                }

                _sheets.Add(new SheetEntry(xml.GetAttribute("name"u8) ?? "", xml.GetAttribute("state"u8) is null or "" or "visible"));
                _ids.Add(xml.GetAttribute("id"u8));
            }
        }
    }

    private void ReadRelations(XmlScanner xml)
    {
        while (xml.Read())
        {
            if (!xml.IsStart || !xml.Name.SequenceEqual("Relationship"u8))
            {
                continue;
            }

            var kind = xml.GetAttribute("Type"u8) ?? "";
            kind = kind[(kind.LastIndexOf('/') + 1)..];
            var target = xml.GetAttribute("Target"u8) ?? "";
            var usual = kind switch
            {
                "sharedStrings" => "xl/sharedStrings.xml",
                "styles" => "xl/styles.xml",
                "worksheet" => null,
                _ => "",
            };
            if (usual is not "" && xml.GetAttribute("TargetMode"u8) is "External")
            {
                throw new UnreadableListException(null, "The spreadsheet keeps its rows in another file: save it again as .xlsx.");
            }
            if (usual is { Length: > 0 } && !PathOf(target).Equals(usual, StringComparison.OrdinalIgnoreCase))
            {
                throw new UnreadableListException(
                    null,
                    "The parts of the spreadsheet have unusual names: open it in the spreadsheet program and save it again as .xlsx."
                );
            }
            // The reader of cells takes the last one, too.
            if (xml.GetAttribute("Id"u8) is { } id)
            {
                _paths[id] = target;
            }
        }
    }

    private void ReadStyles(XmlScanner xml)
    {
        var formats = 0;
        while (xml.Read())
        {
            if (!xml.IsStart)
            {
                continue;
            }
            if (xml.Name.SequenceEqual("xf"u8))
            {
                _formatsMatter |=
                    int.TryParse(xml.GetAttribute("numFmtId"u8), CultureInfo.InvariantCulture, out var id)
                    && NumberFormats.IsEastAsianDate(id);
            }
            else if (xml.Name.SequenceEqual("numFmt"u8))
            {
                if (++formats > ListLimits.MaxFormats || xml.Attributes.Length > 4096)
                {
                    throw new UnreadableListException(
                        null,
                        "The spreadsheet has too many, or too long, number formats: copy the rows to a new workbook."
                    );
                }

                _formatsMatter |= NumberFormats.ShowOtherDigits(xml.GetAttribute("formatCode"u8));
            }
        }
    }

    private void CountStrings(XmlScanner xml)
    {
        long begin = 0;
        var runs = 0;
        while (xml.Read())
        {
            if (xml.Depth <= 2 && xml.Name.SequenceEqual("si"u8) && (xml.IsStart || xml.IsEmpty))
            {
                (begin, runs) = (xml.Position, 0);
                if (++_strings > ListLimits.MaxStrings)
                {
                    throw new UnreadableListException(
                        null,
                        $"The spreadsheet holds more than {ListLimits.MaxStrings} different texts: split the list, or save it as CSV."
                    );
                }
            }
            else if (xml.IsStart && xml.Name.SequenceEqual("t"u8))
            {
                runs++;
            }
            if (runs > XlsxSheetScan.MaxRuns || (xml.Depth > 1 && xml.Position - begin > XlsxSheetScan.MaxCellBytes))
            {
                throw new UnreadableListException(null, "The spreadsheet holds a text that is longer than a cell can hold.");
            }
        }
    }
}
