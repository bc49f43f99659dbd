using System.Diagnostics;
using System.IO.Compression;
using System.Text;
using CsCheck;
using Laaffic.Campaigns.Opening;
using Laaffic.Testing;
using static Laaffic.Campaigns.Tests.Rows.SheetRowsTests;

namespace Laaffic.Campaigns.Tests.Rows;

/// <summary>Spreadsheets that no program writes: always rows or a reason, soon, and in little memory.</summary>
[Collection("Measures memory")]
public sealed class HostileSheetTests
{
    private const string Main = "xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"";
    private const long Memory = 192L << 20;

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(20);

    public static TheoryData<string> CheckedParts =>
        ["xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml", "xl/sharedStrings.xml", "xl/worksheets/sheet1.xml"];

    [Theory]
    [MemberData(nameof(CheckedParts))]
    public async Task A_document_type_is_an_error_in_every_part(string part)
    {
        const string bomb = "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY a \"aaaaaaaaaa\"><!ENTITY b \"&a;&a;&a;\">]><x>&b;</x>";

        Assert.Contains("DTD", await FailAsync(Workbook(part, bomb)));
    }

    [Theory]
    [MemberData(nameof(CheckedParts))]
    public async Task Endless_nesting_texts_and_tags_are_errors_in_every_part(string part)
    {
        foreach (var xml in new[] { Repeat("<a>", 1_000_000), "<a>" + Repeat("text", 1_000_000), $"<a b=\"{Repeat("text", 1_000_000)}" })
        {
            await WatchAsync(() => FailAsync(Workbook(part, xml)));
        }
    }

    [Theory]
    [InlineData("<row r=\"1\"><c r=\"ZZZZZZ1\"><v>1</v></c></row>")]
    [InlineData("<row r=\"1\"><c r=\"XFE1\"><v>1</v></c></row>")]
    [InlineData("<row r=\"999999999\"><c r=\"A999999999\"><v>1</v></c></row>")]
    [InlineData("<row r=\"1048577\"/>")]
    [InlineData("<row r=\"-1\"/>")]
    [InlineData("<row r=\"2\"/><row r=\"2\"/>")]
    [InlineData("<row r=\"2\"/><row r=\"1\"/>")]
    [InlineData("<row r=\"1\"><c r=\"B1\"/><c r=\"A1\"/></row>")]
    [InlineData("<row r=\"1\"><c r=\"B2\"/></row>")]
    public async Task Rows_and_cells_outside_or_out_of_order_are_errors(string rows) =>
        await WatchAsync(async () => Assert.Contains("out of order, or outside", await FailAsync(Sheet(rows))));

    [Fact]
    public async Task A_position_outside_of_the_table_of_texts_is_no_text() =>
        Assert.Contains("text that is not in the file", await FailAsync(Sheet("<row r=\"1\"><c t=\"s\"><v>7</v></c></row>")));

    [Fact]
    public async Task A_sheet_of_a_billion_cells_is_not_read() =>
        await WatchAsync(async () =>
            Assert.Contains(
                "too large",
                await FailAsync(Huge("xl/worksheets/sheet1.xml", $"<worksheet {Main}><sheetData><row>", "<c><v>1</v></c>", 2200))
            )
        );

    [Fact]
    public async Task An_endless_row_is_not_read() =>
        await WatchAsync(async () =>
            Assert.Contains("outside", await FailAsync(Huge("xl/worksheets/sheet1.xml", $"<worksheet {Main}><sheetData><row>", "<c/>", 60)))
        );

    [Fact]
    public async Task A_table_of_texts_without_end_is_not_read() =>
        await WatchAsync(async () =>
        {
            Assert.Contains("too large", await FailAsync(Huge("xl/sharedStrings.xml", $"<sst {Main}>", "<si><t>abc</t></si>", 300)));
            Assert.Contains("different texts", await FailAsync(Huge("xl/sharedStrings.xml", $"<sst {Main}>", "<si/>", 50)));
            Assert.Contains("longer than a cell", await FailAsync(Huge("xl/sharedStrings.xml", $"<sst {Main}><si>", "<t>a</t>", 50)));
        });

    [Fact]
    public async Task Merged_cells_and_formats_without_end_are_not_read() =>
        await WatchAsync(async () =>
        {
            var sheet = $"<worksheet {Main}><sheetData/><mergeCells>";
            Assert.Contains("besides its rows", await FailAsync(Huge("xl/worksheets/sheet1.xml", sheet, "<mergeCell ref=\"A1:B2\"/>", 40)));
            var styles = $"<styleSheet {Main}><numFmts>";
            Assert.Contains(
                "number formats",
                await FailAsync(Huge("xl/styles.xml", styles, "<numFmt numFmtId=\"1\" formatCode=\"0\"/>", 10))
            );
        });

    [Fact]
    public async Task What_the_list_of_entries_says_of_a_size_is_checked()
    {
        var file = TestWorkbook.Of(["n"], [1]);
        var at = file.AsSpan().LastIndexOf("xl/worksheets/sheet1.xml"u8) - 46;
        BitConverter.TryWriteBytes(file.AsSpan(at + 24), 60);

        Assert.Contains("damaged", await FailAsync(file));
    }

    [Fact]
    public async Task Other_files_and_unusual_layouts_are_errors()
    {
        Assert.Contains("links to other files", await FailAsync(Workbook("xl/externalLinks/externalLink1.xml", "<a/>")));
        Assert.Contains(
            "in another file",
            await FailAsync(
                Workbook(
                    "xl/_rels/workbook.xml.rels",
                    "<Relationships><Relationship Id=\"rId1\" Type=\"x/worksheet\" Target=\"http://example.com/s.xml\" "
                        + "TargetMode=\"External\"/></Relationships>"
                )
            )
        );
        Assert.Contains(
            "unusual names",
            await FailAsync(
                Workbook(
                    "xl/_rels/workbook.xml.rels",
                    "<Relationships><Relationship Id=\"rId9\" Type=\"x/sharedStrings\" Target=\"strings.xml\"/></Relationships>"
                )
            )
        );
        Assert.Contains(
            "Strict",
            await FailAsync(Workbook("xl/workbook.xml", "<workbook xmlns=\"http://purl.oclc.org/ooxml/spreadsheetml/main\"/>"))
        );
    }

    [Fact]
    public async Task An_xls_whose_sectors_go_round_ends()
    {
        foreach (var (at, value) in new[] { (512 + 4 * 5, 3), (512 + 4, 1), (0x44, 0), (0x48, int.MaxValue), (0x2C, int.MaxValue) })
        {
            var file = TestXls.Of([
                ["n"],
                [1d],
            ]);
            BitConverter.TryWriteBytes(file.AsSpan(at), value);
            await WatchAsync(() => ReadOrFailAsync(file));
        }
    }

    [Fact]
    public void A_changed_or_cut_spreadsheet_gives_rows_or_a_reason()
    {
        foreach (var file in new[] { Xlsx(), TestWorkbook.Of(["n", "t"], [1, "a"], [2.5, true]), Xls() })
        {
            Gen.Select(Gen.Int[0, file.Length - 1], Gen.Byte, Gen.Int[0, 9])
                .Sample(
                    (at, value, kind) =>
                    {
                        byte[] changed = kind == 0 ? file[..at] : [.. file];
                        if (kind > 0)
                        {
                            changed[at] = value;
                        }

                        var clock = Stopwatch.StartNew();
                        ReadOrFailAsync(changed).GetAwaiter().GetResult();
                        return clock.Elapsed < Deadline;
                    },
                    iter: 5000,
                    threads: 2
                );
        }
    }

    [Fact]
    public void A_changed_part_of_a_workbook_gives_rows_or_a_reason()
    {
        using var zip = new ZipArchive(new MemoryStream(Xlsx()));
        foreach (var part in CheckedParts.Select(row => row.Data))
        {
            using var reader = new StreamReader(zip.GetEntry(part)!.Open());
            var xml = reader.ReadToEnd();
            Gen.Select(Gen.Int[0, xml.Length - 1], Gen.Char["<>/\"'=&;!?-[] \taAzZ019.\u0001"], Gen.Int[0, 3])
                .Sample(
                    (at, c, kind) =>
                    {
                        var changed = kind switch
                        {
                            0 => xml[..at],
                            1 => xml.Insert(at, $"{c}"),
                            2 => xml.Remove(at, 1),
                            _ => xml.Remove(at, 1).Insert(at, $"{c}"),
                        };
                        var workbook = new TestWorkbook { Parts = { [part] = changed } };
                        Fill(workbook);
                        ReadOrFailAsync(workbook.ToArray()).GetAwaiter().GetResult();
                    },
                    iter: 1500,
                    threads: 2
                );
        }
    }

    private static byte[] Xls() =>
        TestXls.Of(
            [
                ["number", "text1"],
                [1d, "a"],
                [2.5, (byte)0x2A],
                ["x", null, 3d],
            ],
            hidden: [7]
        );

    private static byte[] Xlsx()
    {
        var workbook = new TestWorkbook();
        Fill(workbook);
        return workbook.ToArray();
    }

    private static void Fill(TestWorkbook workbook)
    {
        workbook
            .AddSheet("A")
            .Add("n", "t")
            .Add(1, DateTime.UnixEpoch, TestWorkbook.RawCell.Formula("1+1", "2"))
            .Add(TestWorkbook.RawCell.Error("#N/A"), TimeSpan.FromHours(30), true);
        workbook.AddSheet("B", "hidden").Add(1);
    }

    /// <summary>Reads it, or fails with a reason.</summary>
    private static async Task ReadOrFailAsync(byte[] file)
    {
        try
        {
            await ReadAsync(file);
        }
        catch (UnreadableListException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }

    private static async Task WatchAsync(Func<Task> read)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        var highest = 0L;
        using var stop = new CancellationTokenSource();
        var watching = Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    highest = Math.Max(highest, GC.GetTotalMemory(forceFullCollection: false));
                    await Task.Delay(5, CancellationToken.None);
                }
            },
            CancellationToken.None
        );
        await read().WaitAsync(Deadline, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await watching;

        Assert.True(highest - before < Memory, $"{(highest - before) >> 20} MB");
    }

    private static byte[] Sheet(string rows) =>
        Workbook("xl/worksheets/sheet1.xml", $"<worksheet {Main}><sheetData>{rows}</sheetData></worksheet>");

    private static byte[] Workbook(string part, string xml)
    {
        var workbook = new TestWorkbook { Parts = { [part] = xml } };
        workbook.AddSheet("A").Add("n").Add(1);
        return workbook.ToArray();
    }

    private static string Repeat(string what, int times) => new StringBuilder().Insert(0, what, times).ToString();

    /// <summary>A workbook with a part that repeats the same for many megabytes.</summary>
    private static byte[] Huge(string part, string begin, string repeated, int megabytes)
    {
        var stream = new MemoryStream();
        stream.Write(Workbook("x", "<x/>"));
        using (var zip = new ZipArchive(stream, ZipArchiveMode.Update, leaveOpen: true))
        {
            zip.GetEntry(part)?.Delete();
        }
        var small = stream.ToArray();
        using var target = new MemoryStream();
        using (var zip = new ZipArchive(target, ZipArchiveMode.Create, leaveOpen: true))
        {
            using (var source = new ZipArchive(new MemoryStream(small)))
            {
                foreach (var entry in source.Entries)
                {
                    using var from = entry.Open();
                    using var to = zip.CreateEntry(entry.FullName).Open();
                    from.CopyTo(to);
                }
            }
            using var content = zip.CreateEntry(part, CompressionLevel.Fastest).Open();
            content.Write(Encoding.UTF8.GetBytes(begin));
            var chunk = Encoding.UTF8.GetBytes(Repeat(repeated, (1 << 20) / repeated.Length));
            for (var i = 0; i < megabytes; i++)
            {
                content.Write(chunk);
            }
        }
        return target.ToArray();
    }
}
