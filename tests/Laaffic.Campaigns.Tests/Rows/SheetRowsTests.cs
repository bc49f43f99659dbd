using System.Globalization;
using System.Text;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Rows;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Rows;

/// <summary>What the rows of a right spreadsheet are.</summary>
public sealed class SheetRowsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Texts_come_as_they_are(bool shared)
    {
        var workbook = new TestWorkbook { SharedStrings = shared };
        workbook.AddSheet("A").Add("calleeNumber", "text1").Add(" <é & 你>\n", "_x0041_");

        Assert.Equal(["1: calleeNumber|text1", "2:  <é & 你>\n|A"], await ReadAsync(workbook.ToArray()));
    }

    [Fact]
    public async Task Numbers_are_the_digits_that_the_cell_holds()
    {
        var rows = await ReadAsync(
            TestWorkbook.Of([6281234567890L, 351.19, 0.1 + 0.2, -7, 999999999999999L], [1e-7, 0.00001, 123456789012.5, 0, true])
        );

        Assert.Equal(["1: 6281234567890|351.19|0.3|-7|999999999999999", "2: 0.0000001|0.00001|123456789012.5|0|TRUE"], rows);
    }

    [Fact]
    public async Task A_number_of_more_than_15_digits_is_rounded()
    {
        Assert.Equal(["1: 1234567890123460[Rounded]|1"], await ReadAsync(TestWorkbook.Of([1234567890123460L, 1])));
    }

    [Fact]
    public async Task Dates_times_and_durations_are_written_out()
    {
        var file = TestWorkbook.Of([
            new DateTime(2027, 5, 3),
            new DateTime(2027, 5, 3, 9, 30, 0),
            new TimeOnly(9, 20),
            new TimeSpan(26, 30, 0),
            new TimeOnly(0, 0),
        ]);

        Assert.Equal(["1: 2027-05-03|2027-05-03 09:30|09:20|26:30|00:00"], await ReadAsync(file));
        Assert.Equal(["1: 03/05/2027|03/05/2027|09:20|26:30|00:00"], await ReadAsync(file, new SheetOptions(DateFormat: "dd/MM/yyyy")));
    }

    [Theory]
    [InlineData(31, "2027-05-03")]
    [InlineData(57, "2027-05-03")]
    [InlineData(26, "46510")]
    [InlineData(37, "46510")]
    public async Task The_date_formats_of_East_Asian_spreadsheets_are_dates(int format, string read)
    {
        Assert.Equal(["1: " + read], await ReadAsync(Formatted($"<cellXfs><xf numFmtId=\"{format}\"/></cellXfs>", "46510")));
    }

    [Theory]
    [InlineData("&quot;+1&quot;0", true)]
    [InlineData("\\8\\60", true)]
    [InlineData("0", false)]
    [InlineData("&quot;No. &quot;#,##0", false)]
    public async Task A_number_whose_format_shows_other_digits_is_a_fault(string code, bool fault)
    {
        var styles = $"<numFmts><numFmt numFmtId=\"170\" formatCode=\"{code}\"/></numFmts><cellXfs><xf numFmtId=\"170\"/></cellXfs>";

        Assert.Equal(["1: 5550100" + (fault ? "[OtherDigits]" : "")], await ReadAsync(Formatted(styles, "5550100")));
    }

    [Fact]
    public async Task A_workbook_may_define_a_built_in_format_anew()
    {
        const string styles =
            "<numFmts><numFmt numFmtId=\"1\" formatCode=\"&quot;+1&quot;0\"/></numFmts><cellXfs><xf numFmtId=\"1\"/></cellXfs>";

        Assert.Equal(["1: 5550100[OtherDigits]"], await ReadAsync(Formatted(styles, "5550100")));
    }

    [Fact]
    public async Task An_error_is_a_fault_of_its_cell()
    {
        var file = TestWorkbook.Of(
            ["n", "t"],
            [1, TestWorkbook.RawCell.Error("#N/A")],
            [TestWorkbook.RawCell.Error("#REF!"), "x"],
            [2, "y"],
            [3, TestWorkbook.RawCell.Error("#NEW!")]
        );

        Assert.Equal(["1: n|t", "2: 1|#N/A[Error]", "3: #REF![Error]|x", "4: 2|y", "5: 3|#ERROR![Error]"], await ReadAsync(file));
    }

    [Fact]
    public async Task A_formula_is_its_stored_result_and_one_without_is_a_fault()
    {
        var file = TestWorkbook.Of(
            [TestWorkbook.RawCell.Formula("1+1", "2"), TestWorkbook.RawCell.Formula("1+1", null), TestWorkbook.RawCell.Formula("1+1", "")],
            [new TestWorkbook.RawCell(" t=\"str\"><f>\"\"</f><v></v>"), new TestWorkbook.RawCell(" t=\"str\"><f>A1</f><v>abc</v>")]
        );

        Assert.Equal(
            ["1: 2|a formula without a stored result[Error]|a formula without a stored result[Error]", "2: |abc"],
            await ReadAsync(file)
        );
    }

    [Fact]
    public async Task Blank_rows_are_left_out_and_lines_are_row_numbers()
    {
        var workbook = new TestWorkbook();
        workbook
            .AddSheet("A")
            .Skip(2)
            .Add("n")
            .Add()
            .Add("", " ")
            .Add(null, new TestWorkbook.RawCell(" s=\"1\">"))
            .Add(1)
            .Skip(1000)
            .Add(2, null, 3, "", null);

        Assert.Equal(["3: n", "7: 1", "1008: 2||3"], await ReadAsync(workbook.ToArray()));
    }

    [Fact]
    public async Task The_first_visible_sheet_with_rows_is_read()
    {
        var workbook = new TestWorkbook();
        workbook.AddSheet("Hidden", "hidden").Add("no");
        workbook.AddSheet("Empty");
        workbook.AddSheet("Blank").Add(new TestWorkbook.RawCell(" s=\"1\">"));
        workbook.AddSheet("R&D").Add("yes", 1);
        workbook.AddSheet("Last").Add("no");

        Assert.Equal(["1: yes|1"], await ReadAsync(workbook.ToArray(), sheetName: "R&D"));
    }

    [Theory]
    [InlineData("Late")]
    [InlineData(" late ")]
    [InlineData("hidden")]
    public async Task A_named_sheet_is_read(string name)
    {
        var workbook = new TestWorkbook();
        workbook.AddSheet("First").Add("no");
        workbook.AddSheet("Hidden", "veryHidden").Add("yes");
        workbook.AddSheet(" Late").Add("yes");

        Assert.Equal(["1: yes"], await ReadAsync(workbook.ToArray(), new SheetOptions(name)));
    }

    [Fact]
    public async Task A_sheet_that_is_missing_is_named_with_those_that_are_not()
    {
        var workbook = new TestWorkbook();
        workbook.AddSheet("First").Add("no");
        workbook.AddSheet("Second");

        Assert.Contains(
            "no sheet 'Third'. Its sheets are: 'First', 'Second'",
            await FailAsync(workbook.ToArray(), new SheetOptions("Third"))
        );
        Assert.Contains("No visible sheet", await FailAsync(TestWorkbook.Of()));
    }

    [Theory]
    [InlineData(" hidden=\"1\"")]
    [InlineData(" hidden=\"true\"")]
    [InlineData(" ht=\"0\" customHeight=\"1\"")]
    public async Task Hidden_rows_are_an_error_until_it_is_said_what_to_do(string attributes)
    {
        var workbook = new TestWorkbook();
        workbook.AddSheet("A").Add("n").AddWith(attributes, 1).Add(2).AddWith(attributes, 3).AddWith(attributes);
        var file = workbook.ToArray();

        Assert.StartsWith("Row 2 and one more are hidden", await FailAsync(file), StringComparison.Ordinal);
        Assert.Equal(["1: n", "2: 1", "3: 2", "4: 3"], await ReadAsync(file, new SheetOptions(HiddenRows: HiddenRows.Call)));
        Assert.Equal(["1: n", "3: 2"], await ReadAsync(file, new SheetOptions(HiddenRows: HiddenRows.Skip)));
    }

    [Fact]
    public async Task A_far_cell_of_one_row_does_not_widen_the_others()
    {
        var workbook = new TestWorkbook();
        workbook.AddSheet("A").Add("n", "t").AddXml("<row r=\"2\"><c r=\"A2\"><v>1</v></c><c r=\"XFD2\" s=\"0\"/></row>");

        Assert.Equal(["1: n|t", "2: 1"], await ReadAsync(workbook.ToArray()));
    }

    [Fact]
    public async Task An_xls_is_read_as_an_xlsx_is()
    {
        var file = TestXls.Of([
            ["calleeNumber", "text1"],
            [6281234567890d, "é你"],
            [],
            [351.19, (byte)0x2A],
            [1e15, null, "z"],
        ]);

        Assert.Equal(
            ["1: calleeNumber|text1", "2: 6281234567890|é你", "4: 351.19|#N/A[Error]", "5: 1000000000000000[Rounded]||z"],
            await ReadAsync(file, sheetName: "Old list")
        );
    }

    [Fact]
    public async Task A_formula_of_an_xls_may_be_an_error_or_lack_its_text()
    {
        byte[] error = [2, 0, 0x17, 0, 0, 0, 0xFF, 0xFF];
        byte[] text = [0, 0, 0, 0, 0, 0, 0xFF, 0xFF];

        Assert.Equal(
            ["1: #REF![Error]|1|a formula without a stored result[Error]"],
            await ReadAsync(
                TestXls.Of([
                    [error, 1d, text],
                ])
            )
        );
        Assert.Contains(
            "damaged",
            await FailAsync(
                TestXls.Of([
                    [text, 1d],
                ])
            )
        );
    }

    [Fact]
    public async Task Hidden_rows_of_an_xls_are_found()
    {
        var file = TestXls.Of(
            [
                ["n"],
                [1d],
                [2d],
            ],
            hidden: [1]
        );

        Assert.StartsWith("Row 2 is hidden", await FailAsync(file), StringComparison.Ordinal);
        Assert.Equal(["1: n", "3: 2"], await ReadAsync(file, new SheetOptions(HiddenRows: HiddenRows.Skip)));
    }

    [Fact]
    public async Task A_password_is_named()
    {
        Assert.Contains("password-protected", await FailAsync(TestXls.Compound(new byte[10], "EncryptedPackage")));
        Assert.Contains(
            "password-protected",
            await FailAsync(
                TestXls.Of(
                    [
                        ["n"],
                    ],
                    globals: [(0x2F, new byte[54])]
                )
            )
        );
    }

    private static byte[] Formatted(string styles, string value)
    {
        const string main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
        var workbook = new TestWorkbook();
        workbook.Parts["xl/styles.xml"] = $"<styleSheet xmlns=\"{main}\">{styles}</styleSheet>";
        workbook.AddSheet("A").Add(new TestWorkbook.RawCell($" s=\"0\"><v>{value}</v>"));
        return workbook.ToArray();
    }

    internal static async Task<List<string>> ReadAsync(byte[] file, SheetOptions? options = null, string? sheetName = null)
    {
        await using var rows = await SheetRows.OpenAsync(new MemoryStream(file), options ?? new SheetOptions(), null, Stop);
        if (sheetName is not null)
        {
            Assert.Equal(sheetName, rows.SheetName);
        }

        var read = new List<string>();
        while (await rows.ReadAsync(Stop))
        {
            var text = new StringBuilder();
            text.Append(CultureInfo.InvariantCulture, $"{rows.Line}: ");
            for (var i = 0; i < rows.CellCount; i++)
            {
                text.Append(i == 0 ? "" : "|").Append(rows.GetCell(i));
                if (rows.FaultOf(i) is not CellFault.None and var fault)
                {
                    text.Append(CultureInfo.InvariantCulture, $"[{fault}]");
                }
            }
            read.Add(text.ToString());
        }
        return read;
    }

    internal static async Task<string> FailAsync(byte[] file, SheetOptions? options = null) =>
        (await Assert.ThrowsAsync<UnreadableListException>(() => ReadAsync(file, options))).Message;
}
