using System.IO.Compression;
using System.Text;
using CsCheck;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Planning;

/// <summary>Campaigns that are spreadsheets, or packed.</summary>
public sealed class SpreadsheetCampaignTests(StorageFixture storage) : PlannerTestBase(storage)
{
    private static readonly object[][] Settings =
    [
        ["# taskName: spring"],
        ["# agentId: 41"],
    ];

    [Fact]
    public async Task Its_settings_may_stand_in_cells_before_its_header()
    {
        var plan = await PlanAsync(
            "list.xlsx",
            TestWorkbook.Of([
                .. Settings,
                ["# columns:", """{"calleeNumber": "Mobile", "text1": "{Name}, due {Due}"}"""],
                ["# dateFormat: d.M.yyyy"],
                ["Name", "Mobile", "Due"],
                ["Ann", 12025550123, new DateTime(2027, 5, 3)],
                [],
                ["Bo", "+1 202 555 0124", new DateTime(2027, 11, 24)],
            ])
        );

        Assert.Equal(
            [
                """{"calleeNumber":"12025550123","text1":"Ann, due 3.5.2027"}""",
                """{"calleeNumber":"12025550124","text1":"Bo, due 24.11.2027"}""",
            ],
            await CalleesAsync(plan)
        );
        Assert.Equal(("XLSX", 5L), (plan.ReadAs!.Format, plan.ReadAs.HeaderLine));
        Assert.NotNull(plan.ReadAs.Sheet);
    }

    [Theory]
    [InlineData(null, 0)]
    [InlineData("call", 3)]
    [InlineData("skip", 2)]
    public async Task Rows_that_are_hidden_reject_it_until_it_is_said_what_becomes_of_them(string? hiddenRows, int called)
    {
        var workbook = new TestWorkbook();
        var sheet = workbook.AddSheet("List");
        foreach (var setting in Settings)
        {
            sheet.Add(setting);
        }

        sheet.Add("calleeNumber").Add("12025550123").AddHidden("12025550124").Add("12025550125");
        var profile = await ProfileAsync(hiddenRows is null ? "{}" : $$$"""{"list":{"hiddenRows":"{{{hiddenRows}}}"}}""");

        var plan = await PlanAsync("list.xlsx", workbook.ToArray(), profile);

        if (hiddenRows is null)
        {
            Assert.StartsWith("5||Row 5 is hidden", await ReasonAsync(plan), StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(called, (await NumbersAsync(plan)).Length);
        }
    }

    [Fact]
    public async Task A_line_of_its_own_may_say_it_too()
    {
        var workbook = new TestWorkbook();
        workbook
            .AddSheet("List")
            .Add(Settings[0])
            .Add(Settings[1])
            .Add("# hiddenRows: skip")
            .Add("calleeNumber")
            .AddHidden("12025550124")
            .Add("12025550125");

        Assert.Equal(["12025550125"], await NumbersAsync(await PlanAsync("list.xlsx", workbook.ToArray())));
    }

    [Fact]
    public async Task What_the_spreadsheet_has_spoilt_rejects_its_row()
    {
        var plan = await PlanAsync(
            "list.xlsx",
            TestWorkbook.Of([
                .. Settings,
                ["calleeNumber", "text1", "Id"],
                [12025550123, "a", 440_524_188_001_010_000],
                [12025550124, TestWorkbook.RawCell.Error("#N/A"), 1],
                [1_202_555_012_412_345_678, "c", 2],
                [12025550125, "d", TestWorkbook.RawCell.Error("#REF!")],
            ])
        );

        Assert.Equal(["12025550123"], await NumbersAsync(plan));
        Assert.Equal(
            [
                (5, "the cell of 'text1' holds the error #N/A: fix it in the spreadsheet"),
                (6, "the cell of 'calleeNumber' is a number of more than 15 digits, of which a spreadsheet loses the last"),
                (7, "the cell of 'Id' holds the error #REF!: fix it in the spreadsheet"),
            ],
            plan.FirstRejected.Select(callee => (callee.Line, callee.Reason.Split(": format")[0]))
        );
    }

    [Fact]
    public async Task What_is_not_read_of_it_is_said()
    {
        var workbook = new TestWorkbook();
        workbook.AddSheet("North").Add("calleeNumber").Add("12025550123").AddHidden("12025550124").AddHidden("12025550125");
        workbook.AddSheet("South").Add("calleeNumber").Add("12025550126");
        workbook.AddSheet("Secret", "hidden").Add("calleeNumber");
        var profile = await ProfileAsync("""{"taskName":"spring","agentId":41,"list":{"hiddenRows":"skip"}}""");

        var plan = await PlanAsync("list.xlsx", workbook.ToArray(), profile);

        Assert.Equal(
            [
                "2 hidden rows of the sheet 'North' are left out, as hiddenRows says: nobody in them is called.",
                "Only the sheet 'North' is read, not 'South'.",
            ],
            plan.Warnings
        );
    }

    [Fact]
    public async Task The_sheet_is_the_one_that_the_profile_names()
    {
        var workbook = new TestWorkbook();
        workbook.AddSheet("Notes").Add("nothing here");
        workbook.AddSheet("People").Add("calleeNumber").Add("12025550123");
        var profile = await ProfileAsync("""{"taskName":"spring","agentId":41,"list":{"sheet":"people"}}""");

        var plan = await PlanAsync("list.xlsx", workbook.ToArray(), profile);

        Assert.Equal(["12025550123"], await NumbersAsync(plan));
        Assert.Equal("People", plan.ReadAs!.Sheet);
    }

    [Fact]
    public async Task The_same_rows_are_the_same_campaign_in_every_form()
    {
        string[] numbers = [.. Enumerable.Range(10, 60).Select(n => $"120255501{n}"), "+1 (202) 555-0171", "12", "", "no number"];
        string[] texts = ["Ann", "Bo; the \"second\"", "=1+1", "-5", "'x", "你好", "", "a,b", "line\nbreak"];
        var number = Gen.Int[0, numbers.Length - 1].Select(i => numbers[i]);
        var text = Gen.Int[0, texts.Length - 1].Select(i => texts[i]);
        await Gen.Select(number, text)
            .List[1, 1500]
            .SampleAsync(
                async rows =>
                {
                    var csv = new StringBuilder("# taskName: spring\n# agentId: 41\n# maxRejectedPercent: 100\ncalleeNumber,text1\n");
                    foreach (var (callee, said) in rows)
                    {
                        csv.Append(callee).Append(",\"").Append(said.Replace("\"", "\"\"", StringComparison.Ordinal)).Append("\"\n");
                    }

                    object[][] cells =
                    [
                        .. Settings,
                        ["# maxRejectedPercent: 100"],
                        ["calleeNumber", "text1"],
                        .. rows.Select(row => (object[])[row.Item1, row.Item2]),
                    ];
                    var content = Encoding.UTF8.GetBytes(csv.ToString());
                    var plain = await PlanAsync("list.csv", content);
                    Plan[] others =
                    [
                        await PlanAsync("list.csv.gz", Packed(content)),
                        await PlanAsync("list.zip", TestWorkbook.Zip([("list.csv", content)])),
                    ];
                    foreach (var other in others)
                    {
                        await AssertSameAsync(plain, other);
                        Assert.Equal(plain.FirstRejected, other.FirstRejected);
                    }

                    // A row of empty cells is a blank one in a spreadsheet.
                    if (rows.TrueForAll(row => row.Item1.Length + row.Item2.Length > 0))
                    {
                        await AssertSameAsync(plain, await PlanAsync("list.xlsx", TestWorkbook.Of(cells)));
                    }
                },
                iter: 25,
                threads: 2
            );
    }

    private static byte[] Packed(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(content);
        }

        return packed.ToArray();
    }

    private async Task AssertSameAsync(Plan one, Plan other)
    {
        Assert.Equal((one.IsRejected, one.Counts), (other.IsRejected, other.Counts));
        if (!one.IsRejected)
        {
            Assert.Equal(await CalleesAsync(one), await CalleesAsync(other));
        }
    }

    private Task<Plan> PlanAsync(string fileName, byte[] content, string? profile = null) =>
        NewPlanner()
            .PlanAsync(
                new PlanRequest(Guid.NewGuid().ToString("N"), fileName, "campaigns/list", profile, Now),
                new MemoryStream(content),
                Cancelled
            );
}
