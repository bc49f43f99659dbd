using System.IO.Compression;
using System.Text;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>Lists as programs of all kinds export them: each is called as it is, once a profile says which column is what.</summary>
public sealed class ExportTests(StorageFixture storage)
{
    private static readonly string[] Called = ["12025550101", "12025550102", "12025550103"];

    static ExportTests() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    [Fact]
    public Task A_crm_s_contacts() =>
        IsCalledAsync(
            "contacts.csv",
            Encoding.UTF8.GetBytes(
                """"
                "Record ID","First Name","Last Name","Email","Phone Number","Mobile Phone Number","Contact owner"
                "101","Ann","Lee","ann@example.com","+1 (202) 555-0101","","North, team"
                "102","Ben","Cole ""the second""","ben@example.com","","+1 (202) 555-0102",""
                "103","Cem","","","202-555-0199 x12","+1.202.555.0103","South"

                """"
            ),
            """{"calleeNumber":["Mobile Phone Number","Phone Number"],"text1":"{First Name} {Last Name}"}""",
            ["Ann Lee", "Ben Cole \"the second\"", "Cem"]
        );

    [Fact]
    public Task A_chinese_bank_s_list_in_gb18030() =>
        IsCalledAsync(
            "逾期客户.csv",
            Encoded(
                "gb18030",
                "客户姓名,手机号码,应还金额,还款日期,备注\r\n王小明,12025550101,１２００元,2027年5月3日,请尽快还款\r\n"
                    + "李建国,12025550102,３５０元,2027年5月4日,已电话提醒两次\r\n张丽华,12025550103,８８元,2027年5月4日,联系人为其丈夫\r\n"
            ),
            """{"calleeNumber":"手机号码","text1":"客户姓名","text2":"应还金额"}""",
            ["王小明", "李建国", "张丽华"],
            encoding: "GB18030"
        );

    [Fact]
    public Task A_taiwanese_bank_s_list_in_big5() =>
        IsCalledAsync(
            "逾期客戶.csv",
            Encoded(
                "big5",
                "客戶姓名,行動電話,應繳金額,繳款期限,備註\r\n王小明,12025550101,新臺幣一千元,五月三日,請儘速繳款\r\n"
                    + "陳淑芬,12025550102,新臺幣三百元,五月四日,已電話提醒兩次\r\n張麗華,12025550103,新臺幣九十元,五月四日,聯絡人為其配偶\r\n"
            ),
            """{"calleeNumber":"行動電話","text1":"客戶姓名","text2":"應繳金額"}""",
            ["王小明", "陳淑芬", "張麗華"],
            encoding: "Big5"
        );

    [Fact]
    public Task A_web_shop_s_customers_with_apostrophes_before_their_numbers() =>
        IsCalledAsync(
            "customers_export.csv",
            Encoding.UTF8.GetBytes(
                """"
                Customer ID,First Name,Last Name,Email,Accepts Email Marketing,Phone,Total Spent
                '9001,Ann,Lee,ann@example.com,yes,'+12025550101,351.19
                '9002,Ben,O'Neil,ben@example.com,no,'+1 202-555-0102,0.00
                '9003,Cem,,cem@example.com,no,"=""+12025550103""",12.00
                """"
            ),
            """{"calleeNumber":"Phone","text1":"{First Name} {Last Name}"}""",
            ["Ann Lee", "Ben O'Neil", "Cem"]
        );

    [Fact]
    public Task A_phone_s_contacts() =>
        IsCalledAsync(
            "contacts.csv",
            Encoding.UTF8.GetBytes(
                "\uFEFFName,Given Name,Group Membership,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value\r\n"
                    + "Ann Lee,Ann,* myContacts,Mobile,\u202A+1 202\u2011555\u20110101\u202C,,\r\n"
                    + "Ben,Ben,* myContacts,,,Work,tel:+1-202-555-0102\r\n"
                    + "Cem,Cem,* myContacts,Mobile,１ (２０２) ５５５ ０１０３,,\r\n"
            ),
            """{"calleeNumber":["Phone 1 - Value","Phone 2 - Value"],"text1":"Name"}""",
            ["Ann Lee", "Ben", "Cem"]
        );

    [Fact]
    public Task Excel_s_unicode_text() =>
        IsCalledAsync(
            "Müller.txt",
            [
                .. Encoding.Unicode.GetPreamble(),
                .. Encoding.Unicode.GetBytes(
                    "Name\tHandynummer\r\nMüller\t+1 202 5550101\r\nJosé\t0012025550102\r\nŁukasz\t12025550103\r\n"
                ),
            ],
            """{"calleeNumber":"Handynummer","text1":"Name"}""",
            ["Müller", "José", "Łukasz"],
            encoding: "UTF-16 LE"
        );

    [Fact]
    public Task Excel_s_csv_with_its_first_line() =>
        IsCalledAsync(
            "liste.csv",
            Encoding.UTF8.GetBytes("sep=;\r\nName;Nummer\r\nAnn, Lee;12025550101\r\nBen;12025550102\r\nCem;12025550103\r\n"),
            """{"calleeNumber":"Nummer","text1":"Name"}""",
            ["Ann, Lee", "Ben", "Cem"]
        );

    [Fact]
    public Task A_spreadsheet_with_numbers_as_numbers() =>
        IsCalledAsync(
            "list.xlsx",
            TestWorkbook.Of(
                ["Name", "Mobile", "Due"],
                ["Ann", 12025550101, new DateTime(2027, 5, 3)],
                ["Ben", "+1 202 555 0102", new DateTime(2027, 5, 4)],
                ["Cem", 12025550103, null]
            ),
            """{"calleeNumber":"Mobile","text1":"Name","text2":"Due"}""",
            ["Ann", "Ben", "Cem"]
        );

    [Fact]
    public Task A_spreadsheet_of_the_old_kind() =>
        IsCalledAsync(
            "list.xls",
            TestXls.Of([
                ["Name", "Mobile"],
                ["Ann", 12025550101.0],
                ["Ben", "+1 202 555 0102"],
                ["Cem", 12025550103.0],
            ]),
            """{"calleeNumber":"Mobile","text1":"Name"}""",
            ["Ann", "Ben", "Cem"]
        );

    [Theory]
    [InlineData("list.tsv.gz")]
    [InlineData("list.zip")]
    public async Task A_packed_list(string name)
    {
        var list = Encoding.UTF8.GetBytes("Name\tMobile\nAnn\t12025550101\nBen\t12025550102\nCem\t12025550103\n");
        using var packed = new MemoryStream();
        if (name.EndsWith(".gz", StringComparison.Ordinal))
        {
            await using var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true);
            await gzip.WriteAsync(list, TestContext.Current.CancellationToken);
        }
        else
        {
            await packed.WriteAsync(
                TestWorkbook.Zip([("May/list.tsv", list), ("__MACOSX/May/._list.tsv", [1])]),
                TestContext.Current.CancellationToken
            );
        }

        await IsCalledAsync(name, packed.ToArray(), """{"calleeNumber":"Mobile","text1":"Name"}""", ["Ann", "Ben", "Cem"]);
    }

    [Fact]
    public async Task Where_its_encoding_is_not_certain_the_candidates_are_shown_and_a_line_settles_it()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync("exports", """{"taskName":"{file}","agentId":41}""");
        const string rows = "calleeNumber,text1\n12025550101,Núñez\n";

        await app.DropAsync("exports/asked.csv", BinaryData.FromBytes(Encoded("windows-1252", rows)));
        await app.DropAsync("exports/said.csv", BinaryData.FromBytes(Encoded("windows-1252", "# encoding: windows-1252\n" + rows)));

        var error = Assert.Single((await app.ReportAsync("exports/asked.csv")).Errors);
        Assert.Contains("Núñez", error.Message, StringComparison.Ordinal);
        Assert.Contains("# encoding: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("12025550101", error.Message, StringComparison.Ordinal);
        Assert.Equal("Núñez", Assert.Single(app.Simulator.FindTask("said")!.Callees).Texts[1]);
    }

    [Fact]
    public async Task One_that_is_cut_off_anywhere_calls_nobody_else()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync(
            "exports",
            """{"taskName":"{file}","agentId":41,"list":{"columns":{"calleeNumber":"手机号码","text1":"客户姓名"},"encoding":"gb18030"}}"""
        );
        const string list = "客户姓名,手机号码\r\n王小明,12025550101\r\n李建国,12025550102\r\n张丽华,12025550103\r\n";
        var workbook = TestWorkbook.Of(["客户姓名", "手机号码"], ["王小明", 12025550101], ["李建国", 12025550102], ["张丽华", 12025550103]);
        using var packed = new MemoryStream();
        await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            await gzip.WriteAsync(Encoded("gb18030", list), TestContext.Current.CancellationToken);
        }

        foreach (
            var (ending, content) in ((string, byte[])[])
                [("csv", Encoded("gb18030", list)), ("xlsx", workbook), ("csv.gz", packed.ToArray())]
        )
        {
            for (var length = content.Length - 1; length > 0; length -= Math.Max(1, content.Length / 20))
            {
                var path = $"exports/{ending} {length}.{ending}";
                await app.DropAsync(path, BinaryData.FromBytes(content[..length]));

                var report = await app.ReportAsync(path);
                Assert.True(report.State is CampaignStates.Rejected || ending == "csv", $"{path} is {report.State}");
                Assert.True(report.State is CampaignStates.Rejected or CampaignStates.Accepted, $"{path} is {report.State}");
            }
        }

        // A number whose end is cut off is too short, or another number: that can only be told for the last row of a text.
        Assert.All(app.Called, number => Assert.Contains(Called, whole => whole.StartsWith(number, StringComparison.Ordinal)));
    }

    private static byte[] Encoded(string encoding, string text) => Encoding.GetEncoding(encoding).GetBytes(text);

    private async Task IsCalledAsync(string name, byte[] content, string columns, string[] firstTexts, string? encoding = null)
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync("exports", $$$"""{"taskName":"May","agentId":41,"list":{"columns":{{{columns}}}}}""");

        await app.DropAsync($"exports/{name}", BinaryData.FromBytes(content));

        var report = await app.ReportAsync($"exports/{name}");
        Assert.Empty(report.Errors);
        Assert.Equal(CampaignStates.Accepted, report.State);
        Assert.Empty(report.RejectedCallees);
        Assert.Equal(Called, app.Called);
        Assert.Equal(firstTexts, app.Simulator.FindTask("May")!.Callees.Select(callee => callee.Texts[1]));
        Assert.Equal(3, report.Countries["US"]);
        if (encoding is not null)
        {
            Assert.Equal(encoding, report.ReadAs!.Encoding);
        }

        await IsRejectedOrReadWhereItIsDamagedAsync(app, name, content, columns);
    }

    /// <summary>Cut off it is rejected, or calls nobody else; with a byte changed it is rejected or read.</summary>
    private static async Task IsRejectedOrReadWhereItIsDamagedAsync(TestApp app, string name, byte[] content, string columns)
    {
        const int times = 12;
        await app.PutProfileAsync("damaged", $$$"""{"taskName":"{file}","agentId":41,"list":{"columns":{{{columns}}}}}""");
        var isPacked = !name.EndsWith(".csv", StringComparison.Ordinal) && !name.EndsWith(".txt", StringComparison.Ordinal);
        for (var i = 1; i < times; i++)
        {
            var at = content.Length * i / times;
            Assert.True(
                await ReportAsync($"cut {i} {name}", content[..at]) is { State: CampaignStates.Rejected } or { Counts.Read: 3 }
                    || !isPacked,
                $"{name} cut at {at}"
            );
        }

        Assert.All(app.Called, number => Assert.Contains(Called, whole => whole.StartsWith(number, StringComparison.Ordinal)));
        for (var i = 1; i < times; i++)
        {
            var at = content.Length * i / times;
            byte[] changed = [.. content];
            changed[at] ^= 0x11;
            Assert.True(
                await ReportAsync($"changed {i} {name}", changed) is { State: CampaignStates.Rejected or CampaignStates.Accepted },
                $"{name} changed at {at}"
            );
        }

        async Task<CampaignReport> ReportAsync(string path, byte[] damaged)
        {
            await app.DropAsync($"damaged/{path}", BinaryData.FromBytes(damaged));
            return await app.ReportAsync($"damaged/{path}");
        }
    }
}
