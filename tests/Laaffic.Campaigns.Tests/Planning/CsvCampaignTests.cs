using System.Text;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Planning;

public class CsvCampaignTests(StorageFixture storage) : PlannerTestBase(storage)
{
    [Fact]
    public async Task A_file_with_lines_of_settings_stands_alone()
    {
        var plan = await PlanCsvAsync(
            """"
            # taskName: spring: part 1
            # agentId: 41
            # maxCalls: 120
            # allowSendTime: [{"strTime":"09:00","endTime":"18:00"}]
            # recallFlow: {"recallType":1,"recallInterval":30,"recallNum":2}
            # submitAt: 2026-03-01T10:00:00+08:00
            # expireAt: 2026-03-02T10:00:00+08:00
            calleeNumber,text1,text2
            12025550123,Anna,5
            12025550124,"Bo, ""B""",
            """"
        );

        Assert.Equal(
            """{"numberInfoList":[{"calleeNumber":"12025550123","text1":"Anna","text2":"5"},{"calleeNumber":"12025550124","text1":"Bo,"""
                + """ \"B\"","text2":""}],"appId":"configured","taskName":"spring: part 1","maxCalls":120,"agentId":"""
                + """41,"allowSendTime":[{"strTime":"09:00","endTime":"18:00"}],"recallFlow":{"recallType":1,"recallInterval":"""
                + """30,"recallNum":2}}""",
            (await BodyAsync(plan)).GetRawText()
        );
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 2, 0, 0, TimeSpan.Zero), plan.SubmitAt);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 2, 0, 0, TimeSpan.Zero), plan.ExpireAt);
        Assert.Empty(plan.Warnings);
    }

    [Theory]
    [InlineData(',')]
    [InlineData(';')]
    [InlineData('\t')]
    [InlineData('|')]
    public async Task The_delimiter_is_found_by_itself(char delimiter)
    {
        var plan = await PlanCsvAsync(Lines + "calleeNumber,text1,text2\n12025550123,a,b\n".Replace(',', delimiter));

        Assert.Equal(["""{"calleeNumber":"12025550123","text1":"a","text2":"b"}"""], await CalleesAsync(plan));
    }

    [Theory]
    [InlineData("calleeNumber;\"text1, text2, text3\";text1\n12025550123;x;a")]
    [InlineData("\"calleeNumber\",\"text1\"\n12025550123,a")]
    [InlineData(" CALLEENUMBER , Text1 \n12025550123,a")]
    [InlineData("Text1,name,calleenumber\na,Anna,12025550123")]
    public async Task The_header_is_in_any_order_case_and_quotes(string csv) =>
        Assert.Equal(["""{"calleeNumber":"12025550123","text1":"a"}"""], await CalleesAsync(await PlanCsvAsync(Lines + csv)));

    [Fact]
    public async Task Unknown_columns_are_ignored_and_named()
    {
        var plan = await PlanCsvAsync(Lines + "name,calleeNumber,text11,text01,text1,,city\nAnna,12025550123,x,y,a,,Rome\n");

        Assert.Equal(["""{"calleeNumber":"12025550123","text1":"a"}"""], await CalleesAsync(plan));
        Assert.Equal(["name", "text11", "text01", "city"], plan.IgnoredColumns);
    }

    [Fact]
    public async Task Lines_end_with_CRLF_LF_or_a_lone_CR_even_mixed_and_the_last_may_have_no_end()
    {
        var plan = await PlanCsvAsync(
            "# taskName: spring\r\n# agentId: 41\rcalleeNumber,text1,text2\r"
                + "12025550123,a\r\n12025550124,b\n12025550125,c\r12025550126,\"d\re\r\nf\ng\"\r\n12025550127,h"
        );

        Assert.Equal(
            [
                """{"calleeNumber":"12025550123","text1":"a"}""",
                """{"calleeNumber":"12025550124","text1":"b"}""",
                """{"calleeNumber":"12025550125","text1":"c"}""",
                """{"calleeNumber":"12025550126","text1":"d\ne\r\nf\ng"}""",
                """{"calleeNumber":"12025550127","text1":"h"}""",
            ],
            await CalleesAsync(plan)
        );
    }

    [Fact]
    public async Task Blank_lines_are_skipped_and_not_counted()
    {
        var plan = await PlanCsvAsync("\n" + Lines + "\n \ncalleeNumber,text1\n\n12025550123,a\n   \n\r\n12025550124,b\n\n\n");

        Assert.Equal(["12025550123", "12025550124"], await NumbersAsync(plan));
        Assert.Equal(new PlanCounts(2, 2, 0, 0), plan.Counts);
    }

    [Fact]
    public async Task A_row_with_too_few_cells_lacks_texts_and_an_empty_cell_is_an_empty_text()
    {
        var plan = await PlanCsvAsync(Lines + "calleeNumber,text1,text2\n12025550123\n12025550124,\n12025550125,,\n12025550126,\"\",b\n");

        Assert.Equal(
            [
                """{"calleeNumber":"12025550123"}""",
                """{"calleeNumber":"12025550124","text1":""}""",
                """{"calleeNumber":"12025550125","text1":"","text2":""}""",
                """{"calleeNumber":"12025550126","text1":"","text2":"b"}""",
            ],
            await CalleesAsync(plan)
        );
    }

    [Fact]
    public async Task A_row_with_too_many_cells_is_rejected_since_its_texts_may_be_shifted()
    {
        var plan = await PlanCsvAsync(Lines + "calleeNumber,text1\n12025550123,Bo, the second\n12025550124,a\n");

        Assert.Equal(["12025550124"], await NumbersAsync(plan));
        Assert.Equal(
            "4,\"the row has 3 cells but the header row has 2: a text with a comma in it needs quotes (\"\") around it (campaign: spring #622a)\","
                + "12025550123,Bo, the second\r\n",
            await RejectedAsync(plan)
        );
    }

    [Fact]
    public async Task A_row_that_does_not_reach_the_number_is_rejected()
    {
        var plan = await PlanCsvAsync(Lines + "text1,text2,calleeNumber\na,b\na,b,12025550124\n");

        Assert.Equal("4,the row ends after 2 cells: calleeNumber is column 3 (campaign: spring #622a),a,b\r\n", await RejectedAsync(plan));
    }

    [Fact]
    public async Task A_row_that_begins_with_a_number_sign_is_rejected_unless_it_is_quoted()
    {
        var plan = await PlanCsvAsync(Lines + "text1,calleeNumber\n# left out: Anna,12025550123\n\"# one\",12025550124\n");

        Assert.Equal(["""{"calleeNumber":"12025550124","text1":"# one"}"""], await CalleesAsync(plan));
        var rejected = await RejectedAsync(plan);
        Assert.StartsWith("4,a row that begins with # is no comment", rejected, StringComparison.Ordinal);
        Assert.EndsWith(" (campaign: spring #622a),# left out: Anna,12025550123\r\n", rejected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Line_numbers_are_physical_also_after_line_breaks_within_quotes()
    {
        var plan = await PlanCsvAsync(
            Lines + "calleeNumber,\"te\nxt\",text1\r\n12025550123,,\"a\r\nb\rc\n\nd\"\n\n1,,\n\"2\",,\"x\ny\"\n3"
        );

        Assert.Equal(
            """
            11,"the number has 1 digit; 6 to 18 are needed, country code first (campaign: spring #622a)",1,,
            12,"the number has 1 digit; 6 to 18 are needed, country code first (campaign: spring #622a)",2,,"x~y"
            14,"the number has 1 digit; 6 to 18 are needed, country code first (campaign: spring #622a)",3

            """.ReplaceLineEndings("\r\n").Replace('~', '\n'),
            await RejectedAsync(plan)
        );
    }

    [Theory]
    [InlineData(
        "",
        "||There is no header row: the first row that is not blank or a '# name: value' line must name the columns, calleeNumber "
            + "among them."
    )]
    [InlineData(
        "# agentId: 41\n\n",
        "||There is no header row: the first row that is not blank or a '# name: value' line must name the columns, calleeNumber "
            + "among them."
    )]
    public async Task A_file_without_a_header_is_rejected(string csv, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanCsvAsync(csv)));

    [Theory]
    [InlineData(
        "number;name\n12025550123;a",
        "3|calleeNumber|The header row has no column calleeNumber. If 'number' has the numbers, put this line before the header row: "
            + "# columns: {\"calleeNumber\": \"number\"} The columns are: 'number', 'name'."
    )]
    [InlineData(
        "12025550123,a\n12025550124,b",
        "3|calleeNumber|The header row has no column calleeNumber. The columns are: '12025550123', 'a'. Say which of them has the "
            + "numbers with a line before the header row, such as # columns: {\"calleeNumber\": \"YOUR COLUMN\"}, or in the profile."
    )]
    [InlineData("calleeNumber,text1,TEXT1\n12025550123,a,b", "3|TEXT1|Columns 2 and 3 are both named TEXT1: rename or remove one.")]
    [InlineData(
        "calleeNumber,CalleeNumber\n12025550123,12025550124",
        "3|CalleeNumber|Columns 1 and 2 are both named CalleeNumber: rename or remove one."
    )]
    public async Task A_header_that_does_not_say_whom_to_call_is_rejected(string csv, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanCsvAsync(Lines + csv)));

    [Theory]
    [InlineData("12025550123,\"a\"b\"\n12025550124,c\n")]
    [InlineData("12025550123,\"a\" \n12025550124,c\n")]
    [InlineData("12025550123,\"a\n12025550124,c\n")]
    public async Task A_misplaced_quote_rejects_the_file_with_its_line(string rows)
    {
        var plan = await PlanCsvAsync(Lines + "calleeNumber,text1\n12025550122,\"x\ny\"\n" + rows);

        Assert.StartsWith("6||The row that begins on line 6 has a misplaced quote (\")", await ReasonAsync(plan), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quote_within_an_unquoted_cell_is_data() =>
        Assert.Equal(
            ["""{"calleeNumber":"12025550123","text1":"5\" pipe"}"""],
            await CalleesAsync(await PlanCsvAsync(Lines + "calleeNumber,text1\n12025550123,5\" pipe\n"))
        );

    [Fact]
    public async Task A_quote_that_is_never_closed_is_named_with_its_line()
    {
        var plan = await PlanCsvAsync(
            Lines + "calleeNumber,text1\n12025550123,\"a\n" + string.Concat(Enumerable.Range(0, 10_000).Select(i => $"1202555{i:0000},a\n"))
        );

        Assert.Equal(
            "4||The row that begins on line 4 is longer than 65536 characters: is a quote (\") opened there and never closed?",
            await ReasonAsync(plan)
        );
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_named_with_their_line()
    {
        var plan = await PlanAsync(
            CampaignFormat.Csv,
            Encoding.Latin1.GetBytes(Lines + "calleeNumber,text1\n12025550123,a\n12025550124,café\n")
        );

        var reason = await ReasonAsync(plan);
        Assert.StartsWith(
            "5||The file is not UTF-8, and it is not certain in which encoding it was saved",
            reason,
            StringComparison.Ordinal
        );
        Assert.Contains("windows-1252: \u201C•••••••••24,café\u201D", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_in_the_header_are_named_too() =>
        Assert.StartsWith(
            "3||The file is not UTF-8, and it is not certain in which encoding it was saved",
            await ReasonAsync(await PlanAsync(CampaignFormat.Csv, Encoding.Latin1.GetBytes(Lines + "calleeNumber,café\n12025550123,a\n"))),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_character_cut_off_at_the_end_is_not_UTF_8() =>
        Assert.StartsWith(
            "5||The file is not UTF-8: byte 0xE4 on line 5 does not belong there.",
            await ReasonAsync(
                await PlanAsync(
                    CampaignFormat.Csv,
                    Encoding.UTF8.GetBytes(Lines + "calleeNumber,text1\n12025550122,你好\n12025550123,你")[..^1]
                )
            ),
            StringComparison.Ordinal
        );

    [Fact]
    public async Task A_NUL_is_named_with_its_line() =>
        Assert.Equal(
            "4||There is a NUL character on line 4: the file is damaged, or it is UTF-16 without a mark. Save it as CSV UTF-8, or put "
                + "\"list\": {\"encoding\": \"utf-16le\"} in the profile.",
            await ReasonAsync(await PlanCsvAsync(Lines + "calleeNumber,text1\n12025550123,a\0b\n"))
        );

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UTF_16_with_its_mark_is_read(bool bigEndian)
    {
        var encoding = new UnicodeEncoding(bigEndian, byteOrderMark: true);
        var plan = await PlanAsync(
            CampaignFormat.Csv,
            [.. encoding.GetPreamble(), .. encoding.GetBytes(Lines + "calleeNumber\ttext1\r\n12025550123\t你😀\r\n")]
        );

        Assert.Equal("你😀", (await BodyAsync(plan)).GetProperty("numberInfoList")[0].GetProperty("text1").GetString());
    }

    [Fact]
    public async Task Broken_UTF_16_is_named()
    {
        byte[] odd = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Lines + "calleeNumber\n12025550123\n"), 0x41];
        byte[] half = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Lines + "calleeNumber\n12025550123\n"), 0x3D, 0xD8, 0x41, 0x00];

        foreach (var content in new[] { odd, half })
        {
            Assert.Contains("not valid UTF-16", await ReasonAsync(await PlanAsync(CampaignFormat.Csv, content)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_mark_of_UTF_8_is_accepted() =>
        Assert.Empty(
            (
                await PlanAsync(CampaignFormat.Csv, [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(Lines + "calleeNumber\n12025550123\n")])
            ).Errors
        );

    [Fact]
    public async Task Duplicates_are_found_however_they_are_written()
    {
        var plan = await PlanCsvAsync(
            Lines + "calleeNumber,text1\n0012025550123,first\n+1 (202) 555-0123,second\n12025550123,third\n012025550123,other\n"
        );

        Assert.Equal(
            ["""{"calleeNumber":"12025550123","text1":"first"}""", """{"calleeNumber":"012025550123","text1":"other"}"""],
            await CalleesAsync(plan)
        );
        Assert.Equal(new PlanCounts(4, 2, 2, 0), plan.Counts);
    }

    [Fact]
    public async Task Long_texts_are_passed_on_and_warned_of_by_column()
    {
        var fits = new string('é', 30);
        var cut = new string('é', 31);
        var plan = await PlanCsvAsync(
            Lines + $"calleeNumber,text1,text2\n12025550123,{cut},{fits}\n12025550124,{cut},{cut}\n1,{cut},{cut}\n"
        );

        Assert.Equal(cut, (await BodyAsync(plan)).GetProperty("numberInfoList")[0].GetProperty("text1").GetString());
        Assert.Equal(
            [
                "text1: 2 texts are longer than 30 characters and will be cut by Laaffic.",
                "text2: 1 text is longer than 30 characters and will be cut by Laaffic.",
            ],
            plan.Warnings
        );
    }

    [Fact]
    public async Task A_number_sign_without_a_name_is_a_comment_and_warned_of()
    {
        var plan = await PlanCsvAsync("#\n# exported on Monday\n" + Lines + "calleeNumber\n12025550123\n");

        Assert.Equal(["Line 2 is taken as a comment: a setting would be written '# name: value'."], plan.Warnings);
    }

    [Theory]
    [InlineData("# maxCals: 5", "1|maxCals|unknown field; did you mean maxCalls?")]
    [InlineData("# maxcalls: 5", "1|maxcalls|unknown field; write it maxCalls")]
    [InlineData("# note: call in the morning", "1|note|unknown field")]
    [InlineData("# maxCalls: 1000", "1|maxCalls|1000 is above 999")]
    [InlineData("# agentId: 42", "3|agentId|is given twice: on line 1 already")]
    [InlineData(
        "# allowSendTime: [{\"strTime\":\"9\",\"endTime\":\"10:00\"}]",
        "1|allowSendTime[0].strTime|\"9\" is not a time of day as HH:mm"
    )]
    [InlineData(
        "# recallFlow: {\"recallType\":1,}",
        "1|recallFlow|the value begins like JSON but is not valid JSON: The JSON object contains a trailing comma at the end which is "
            + "not supported in this mode."
    )]
    [InlineData("# numberInfoList: [1]", "1|numberInfoList|the callees stand in the rows below the header")]
    [InlineData("# delivery: {}", "1|delivery|write its fields as lines of their own, such as # submitAt: …")]
    [InlineData(
        "# expireAt: 2026-03-05T10:00:00",
        "1|expireAt|2026-03-05T10:00:00 has no offset from UTC: add one, as in 2026-03-05T10:00:00+08:00 or 2026-03-05T10:00:00Z"
    )]
    [InlineData("# : 5", "1||unknown field")]
    public async Task A_wrong_line_is_rejected_by_line_and_name(string line, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanCsvAsync($"{line}\n{Lines}calleeNumber\n12025550123\n")));

    [Fact]
    public async Task Lines_that_a_spreadsheet_saved_are_understood()
    {
        var plan = await PlanCsvAsync(
            "# taskName: spring,,\n\"# recallFlow: {\"\"recallType\"\":1,\"\"recallInterval\"\":30,\"\"recallNum\"\":2}\",,\n# "
                + "agentId: 41,,\ncalleeNumber,text1,text2\n12025550123,a,b\n"
        );

        Assert.Equal("spring", plan.TaskName);
        Assert.Equal(30, (await BodyAsync(plan)).GetProperty("recallFlow").GetProperty("recallInterval").GetInt32());
    }

    [Fact]
    public async Task What_stands_before_the_rows_has_at_most_64_K_characters()
    {
        Assert.Empty(
            (await PlanCsvAsync(Lines + string.Concat(Enumerable.Repeat("# comment\n", 6000)) + "calleeNumber\n12025550123\n")).Errors
        );
        Assert.StartsWith(
            "6554||No header row within the first 65536 characters",
            await ReasonAsync(await PlanCsvAsync(string.Concat(Enumerable.Repeat("# comment\n", 7000)) + "calleeNumber\n12025550123\n")),
            StringComparison.Ordinal
        );
        Assert.Contains(
            "No header row within the first 65536 characters",
            await ReasonAsync(await PlanCsvAsync(new string('x', 70_000))),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Rows_are_checked_even_if_the_settings_are_wrong()
    {
        var plan = await PlanCsvAsync("# taskName: x\n# maxCalls: 0\ncalleeNumber\n1\n12025550123\n");

        Assert.Equal(["taskName", "maxCalls", "agentId"], plan.Errors.Select(error => error.Field));
        Assert.Equal(new PlanCounts(2, 1, 0, 1), plan.Counts);
        Assert.StartsWith("4,\"the number has 1 digit", await RejectedAsync(plan), StringComparison.Ordinal);
        Assert.Equal(["rejected.csv"], await StoredAsync(plan));
    }

    [Fact]
    public async Task A_file_of_bad_rows_only_is_rejected_with_how_many_there_were() =>
        Assert.Equal(
            "||There is nobody to call: of 2 callees 2 were rejected. The list of rejected callees says why. The commonest reasons, each with its first line: "
                + "2 × the number has 1 digit; 6 to 18 are needed, country code first (line 4).",
            await ReasonAsync(await PlanCsvAsync(Lines + "calleeNumber\n1\n2\n"))
        );

    [Fact]
    public async Task A_file_without_rows_is_rejected() =>
        Assert.Equal(
            "||There is nobody to call: the list of callees is empty.",
            await ReasonAsync(await PlanCsvAsync(Lines + "calleeNumber\n"))
        );
}
