using System.Text;
using Laaffic.Campaigns.Planning;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Planning;

public class JsonCampaignTests(StorageFixture storage) : PlannerTestBase(storage)
{
    private const string Settings = """ "taskName":"spring","agentId":41 """;

    /// <summary>A campaign with these callees, beginning on line 2, one on each.</summary>
    private static string With(params string[] callees) =>
        $$"""{ {{Settings}}, "numberInfoList":[{{"\n"}}{{string.Join(",\n", callees)}}]}""";

    [Fact]
    public async Task The_vendors_sample_works_as_it_stands_without_its_appId()
    {
        var plan = await PlanJsonAsync(
            """
            {
                "taskName": "我要測試智能體API-16",
                "displayNum": "1008122211",
                "maxCalls": 300,
                "maxRingingTime": 60,
                "agentId": 41,
                "enableRecording": 1,
                "calloutRate": 1,
                "allowSendTime": [ { "strTime": "18:28", "endTime": "19:28" } ],
                "numberInfoList": [ { "calleeNumber": "8613200000007" } ],
                "recallFlow": {
                    "recallType": 3,
                    "recallInterval": 1,
                    "recallNum": 5,
                    "nodeList": [ { "agentId": "41" }, { "agentId": "41" } ],
                    "recallIntent": [ "99998", "99999" ]
                }
            }
            """
        );

        Assert.Equal("我要測試智能體API-16", plan.TaskName);
        Assert.Equal(
            """{"numberInfoList":[{"calleeNumber":"8613200000007"}]"""
                + ""","appId":"configured","taskName":"我要測試智能體API-16","displayNum":"1008122211","maxCalls":300,"maxRingingTime":"""
                + """60,"agentId":41,"enableRecording":1,"calloutRate":1,"allowSendTime":[{"strTime":"18:28","endTime":"19:28"}]"""
                + ""","recallFlow":{"recallType":3,"recallInterval":1,"recallNum":5,"recallIntent":["99998","99999"],"nodeList":"""
                + """[{"agentId":"41"},{"agentId":"41"}]}}""",
            (await BodyAsync(plan)).GetRawText()
        );
        Assert.Equal(new PlanCounts(1, 1, 0, 0), plan.Counts);
        Assert.Equal(["0001.json", "plan.json"], await StoredAsync(plan));
    }

    [Fact]
    public async Task Settings_may_stand_on_both_sides_of_the_callees()
    {
        var plan = await PlanJsonAsync(
            """{"agentId":41,"numberInfoList":[{"calleeNumber":"12025550123"}],"taskName":"spring","appId":"own"}"""
        );

        var body = await BodyAsync(plan);
        Assert.Equal("own", body.GetProperty("appId").GetString());
        Assert.Equal("spring", body.GetProperty("taskName").GetString());
        Assert.Equal(41, body.GetProperty("agentId").GetInt32());
    }

    [Fact]
    public async Task Numbers_and_texts_may_be_strings_or_numbers_and_null_is_absent()
    {
        var plan = await PlanJsonAsync(
            With(
                """{"calleeNumber":12025550123,"text1":1.50,"text2":"a","text3":null,"text10":"","callInformation":{"due":"1","sum":"""
                    + """12.30,"none":null}}"""
            )
        );

        Assert.Equal(
            ["""{"calleeNumber":"12025550123","text1":"1.50","text2":"a","text10":"","callInformation":{"due":"1","sum":"12.30"}}"""],
            await CalleesAsync(plan)
        );
    }

    [Fact]
    public async Task Escapes_and_scripts_come_out_as_the_same_text()
    {
        var plan = await PlanJsonAsync(With("""{"calleeNumber":"12025550123","text1":"\u4f60\"\\\n\ud83d\ude00é<&'","\u0074ext2":"b"}"""));

        var callee = (await BodyAsync(plan)).GetProperty("numberInfoList")[0];
        Assert.Equal("你\"\\\n😀é<&'", callee.GetProperty("text1").GetString());
        Assert.Equal("b", callee.GetProperty("text2").GetString());
    }

    [Fact]
    public async Task The_placeholders_of_profiles_are_plain_text_here() =>
        Assert.Equal(
            "{file} {date}",
            (await PlanJsonAsync("""{"taskName":"{file} {date}","agentId":1,"numberInfoList":[{"calleeNumber":"12025550123"}]}""")).TaskName
        );

    [Fact]
    public async Task A_bad_number_rejects_its_callee_only_with_its_line_and_place()
    {
        var plan = await PlanJsonAsync(
            With(
                """{"calleeNumber":"12025550123"}""",
                """{"calleeNumber":"123"}""",
                """{"calleeNumber":"8.6132E+12"}""",
                """{"text1":"x"}""",
                """{"calleeNumber":null}"""
            )
        );

        Assert.Equal(["12025550123"], await NumbersAsync(plan));
        Assert.Equal(new PlanCounts(5, 1, 0, 4), plan.Counts);
        const string Shortened =
            "8.6132E+12 is a number that a spreadsheet has shortened, its last digits are lost: "
            + "format the column as text, enter the numbers again and export again";
        Assert.Equal(
            $"""
            3,123,"numberInfoList[1].calleeNumber: the number has 3 digits; 6 to 18 are needed, country code first"
            4,8.6132E+12,"numberInfoList[2].calleeNumber: {Shortened}"
            5,,numberInfoList[3].calleeNumber: the number is empty
            6,,numberInfoList[4].calleeNumber: the number is empty

            """.ReplaceLineEndings("\r\n"),
            await RejectedAsync(plan)
        );
    }

    [Fact]
    public async Task Half_of_a_surrogate_pair_or_a_NUL_rejects_its_callee_only()
    {
        var plan = await PlanJsonAsync(
            With(
                """{"calleeNumber":"12025550123"}""",
                """{"calleeNumber":"12025550124","text1":"\ud83d"}""",
                """{"calleeNumber":"12025550125","text2":"a\u0000"}"""
            )
        );

        Assert.Equal(["12025550123"], await NumbersAsync(plan));
        var rejected = await RejectedAsync(plan);
        Assert.Contains(
            "3,12025550124,\"numberInfoList[1].text1 is not valid text: it holds half of a surrogate pair",
            rejected,
            StringComparison.Ordinal
        );
        Assert.Contains("4,12025550125,numberInfoList[2].text2 holds a NUL character", rejected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_same_number_twice_is_called_once_with_the_first_ones_texts()
    {
        var plan = await PlanJsonAsync(
            With(
                """{"calleeNumber":"12025550123","text1":"first"}""",
                """{"calleeNumber":"+1 202 555 0123","text1":"second"}""",
                """{"calleeNumber":12025550123}"""
            )
        );

        Assert.Equal(["""{"calleeNumber":"12025550123","text1":"first"}"""], await CalleesAsync(plan));
        Assert.Equal(new PlanCounts(3, 1, 2, 0), plan.Counts);
        Assert.Empty(plan.FirstRejected);
        Assert.Equal(2, (await RejectedAsync(plan)).Split("the same number stands further up").Length - 1);
    }

    [Theory]
    [InlineData("""{"calleeNumber":"12025550123","txt1":"a"}""", "2|numberInfoList[0].txt1|unknown field; did you mean text1?")]
    [InlineData("""{"calleenumber":"12025550123"}""", "2|numberInfoList[0].calleenumber|unknown field; write it calleeNumber")]
    [InlineData("""{"calleeNumber":"12025550123","colour":"a"}""", "2|numberInfoList[0].colour|unknown field")]
    [InlineData("""{"calleeNumber":"12025550123","text11":"a"}""", "2|numberInfoList[0].text11|unknown field; did you mean text1?")]
    [InlineData("""{"calleeNumber":"12025550123","text1":"a","text1":"b"}""", "2|numberInfoList[0].text1|is given twice")]
    [InlineData("""{"calleeNumber":true}""", "2|numberInfoList[0].calleeNumber|must be a text, not true or false")]
    [InlineData("""{"calleeNumber":"12025550123","text1":{"a":[]}}""", "2|numberInfoList[0].text1|must be a text, not an object")]
    [InlineData(
        """{"calleeNumber":"12025550123","callInformation":"a"}""",
        "2|numberInfoList[0].callInformation|must be an object of texts, not a text"
    )]
    [InlineData(
        """{"calleeNumber":"12025550123","callInformation":{"a":"b","a":"c"}}""",
        "2|numberInfoList[0].callInformation.a|is given twice"
    )]
    [InlineData(
        """{"calleeNumber":"12025550123","callInformation":{"a":[]}}""",
        "2|numberInfoList[0].callInformation.a|must be a text, not a list"
    )]
    public async Task What_no_callee_can_have_rejects_the_campaign_by_path(string callee, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanJsonAsync(With(callee, """{"calleeNumber":"12025550199"}"""))));

    [Fact]
    public async Task A_number_in_place_of_a_callee_rejects_the_campaign() =>
        Assert.Equal(
            "3|numberInfoList[1]|must be an object, {\"calleeNumber\": …}, not a text",
            await ReasonAsync(await PlanJsonAsync(With("""{"calleeNumber":"12025550199"}""", "\"12025550123\"")))
        );

    [Theory]
    [InlineData("""{ "taskName":"spring", "agentId":41 }""", "|numberInfoList|is missing: it is the list of those to call")]
    [InlineData("""{ "taskName":"spring", "agentId":41, "numberInfoList":null }""", "1|numberInfoList|must be a list of callees, not null")]
    [InlineData(
        """{ "taskName":"spring", "agentId":41, "numberInfoList":{"a":1} }""",
        "1|numberInfoList|must be a list of callees, not an object"
    )]
    [InlineData(
        """{ "taskName":"spring", "agentId":41, "numberInfoList":[] }""",
        "||There is nobody to call: the list of callees is empty."
    )]
    [InlineData(
        """{ "taskName":"spring", "agentId":41, "numberInfoList":[{"calleeNumber":"1"}] }""",
        "||There is nobody to call: of 1 callees 1 were rejected. The list of rejected callees says why. The commonest reasons, each with its first line: "
            + "1 × numberInfoList[0].calleeNumber: the number has 1 digit; 6 to 18 are needed, country code first (line 1)."
    )]
    [InlineData("""{ "taskName":"spring", "agentId":41, "numberInfoList":[], "numberInfoList":[] }""", "1|numberInfoList|is given twice")]
    [InlineData(
        "{\"taskName\":\"spring\",\"agentId\":41,\"numberInfoList\":[{\"calleeNumber\":\"12025550123\"}],\n\"agentId\":42}",
        "2|agentId|is given twice"
    )]
    [InlineData(
        "{\"taskName\":\"spring\",\"agentId\":41,\"numberInfoList\":[{\"calleeNumber\":\"12025550123\"}],\n\"maxRingTime\":42}",
        "2|maxRingTime|unknown field"
    )]
    [InlineData(
        "{\"taskName\":\"spring\",\"AgentID\":41,\"agentId\":41,\"numberInfoList\":[{\"calleeNumber\":\"12025550123\"}]}",
        "1|AgentID|unknown field; write it agentId"
    )]
    [InlineData(
        "{\"taskName\":\"spring\",\"agentId\":41,\"expireAt\":\"2027-01-01T00:00:00Z\","
            + "\"numberInfoList\":[{\"calleeNumber\":\"12025550123\"}]}",
        "1|expireAt|unknown field; it belongs into \"delivery\": {\"expireAt\": …}"
    )]
    [InlineData(
        "{\"taskName\":\"spring\",\"agentId\":41,\"recallFlow\":{\n\"recallType\":0,\"recallType\":1,\"recallInterval\":1,"
            + "\"recallNum\":1},\"numberInfoList\":[{\"calleeNumber\":\"12025550123\"}]}",
        "1|recallFlow.recallType|is given twice"
    )]
    public async Task A_wrong_shape_rejects_the_campaign_by_name(string json, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanJsonAsync(json)));

    [Theory]
    [InlineData("", "1||The file is empty.")]
    [InlineData(" \n ", "2||The file is empty.")]
    [InlineData("[1]", "1||The file must hold one JSON object, { … }, not a list.")]
    [InlineData("\"text\"", "1||The file must hold one JSON object, { … }, not a text.")]
    [InlineData("{\n \"taskName\": \"a\", // note\n}", "2||Line 2, column 19: comments are not allowed in JSON.")]
    [InlineData("{\n \"taskName\": \"é你\",\n}", "3||Line 3, column 1: a comma too many: none may stand after the last entry.")]
    [InlineData(
        "{\"numberInfoList\":[{\"calleeNumber\":\"12025550123\"},\n]}",
        "2||Line 2, column 1: a comma too many: none may stand after the last entry."
    )]
    [InlineData("{\"taskName\":\"é你\", x}", "1||Line 1, column 19: this is not valid JSON: 'x' is not expected here.")]
    [InlineData("{'taskName':1}", "1||Line 1, column 2: texts and names need double quotes (\").")]
    [InlineData(
        "{\"taskName\":\"a\nb\"}",
        "1||Line 1, column 15: a line break, tab or other control character stands in a text: write it as \\n, \\t or \\u00XX."
    )]
    [InlineData("{\"taskName\":\"a\"", "1||Line 1, column 16: the file ends in the middle. Is it cut off?")]
    [InlineData(
        "{\"numberInfoList\":[{\"calleeNumber\":\"12025550123\"},\n{\"calleeNu",
        "2||Line 2, column 11: the file ends in the middle. Is it cut off?"
    )]
    [InlineData(
        "{\"taskName\":\"a\"}\n{}",
        "2||Line 2, column 1: there is something after the end of the JSON object. One file holds one campaign."
    )]
    [InlineData("{\"taskName\":\"a\0\"}", "1||Line 1, column 15: there is a NUL byte: the file is damaged or not UTF-8.")]
    [InlineData("{\"taskName\":[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]}", "1||Line 1, column 28: nested deeper than 16 levels.")]
    public async Task Broken_JSON_is_shown_with_its_line_and_column(string json, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanJsonAsync(json)));

    [Fact]
    public async Task A_mark_of_UTF_8_is_accepted() =>
        Assert.Empty(
            (
                await PlanAsync(
                    CampaignFormat.Json,
                    [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(With("""{"calleeNumber":"12025550123"}"""))]
                )
            ).Errors
        );

    [Theory]
    [InlineData(true, true)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public async Task UTF_16_is_named(bool bigEndian, bool mark)
    {
        var encoding = new UnicodeEncoding(bigEndian, mark);
        var plan = await PlanAsync(
            CampaignFormat.Json,
            [.. encoding.GetPreamble(), .. encoding.GetBytes(With("""{"calleeNumber":"12025550123"}"""))]
        );

        Assert.Equal("1||The file is UTF-16. Save it as UTF-8.", await ReasonAsync(plan));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_named_with_their_line()
    {
        var json = Encoding.Latin1.GetBytes(
            With("""{"calleeNumber":"12025550123","text1":"a"}""", """{"calleeNumber":"12025550124","text1":"café"}""")
        );

        Assert.Equal(
            "3||The file is not UTF-8: byte 0xE9 does not belong there. Save it as UTF-8.",
            await ReasonAsync(await PlanAsync(CampaignFormat.Json, json))
        );
    }

    [Fact]
    public async Task A_callee_has_at_most_192_KB_however_it_is_written()
    {
        foreach (var written in new[] { "a", "\\u0061" })
        {
            Assert.Empty((await PlanJsonAsync(With("""{"calleeNumber":"12025550123"}""", Callee(written, 192 * 1024)))).Errors);
            Assert.Equal(
                "3|numberInfoList[1]|is larger than 192 KB",
                await ReasonAsync(await PlanJsonAsync(With("""{"calleeNumber":"12025550123"}""", Callee(written, 192 * 1024 + 1))))
            );
        }

        static string Callee(string letter, int bytes) =>
            $$"""{"calleeNumber":"12025550124","text1":"{{string.Concat(Enumerable.Repeat(letter, bytes - 11))}}"}""";
    }

    [Fact]
    public async Task The_settings_have_at_most_1_MB_together()
    {
        var plan = await PlanJsonAsync(
            $$"""
            {"numberInfoList":[{"calleeNumber":"12025550123"}],
            "taskName":"{{new string('a', 600 * 1024)}}",
            "displayNum":"{{new string('1', 600 * 1024)}}"}
            """
        );

        Assert.Equal("3||The settings are larger than 1024 KB together.", await ReasonAsync(plan));
    }

    [Fact]
    public async Task White_space_may_be_long_but_not_endless_within_an_entry()
    {
        var space = new string(' ', 3_000_000);
        var plan = await PlanJsonAsync(
            $"{space}{{{space}{Settings}, \"numberInfoList\":[{space}{{\"calleeNumber\":\"12025550123\"}}{space}]{space}}}{space}"
        );

        Assert.Equal(["12025550123"], await NumbersAsync(plan));
        Assert.Equal(
            "2|numberInfoList[1]|is larger than 1344 KB",
            await ReasonAsync(await PlanJsonAsync(With("""{"calleeNumber":"12025550123"}""", space)))
        );
    }

    [Fact]
    public async Task All_that_is_wrong_is_reported_at_once_and_a_hundred_errors_are_kept()
    {
        var callees = Enumerable.Range(0, 150).Select(i => $$"""{"calleeNumber":"12025550{{i:000}}","txt1":"a"}""").ToArray();
        var plan = await PlanJsonAsync($$"""{ "taskName":"s", "maxCalls":5000, "numberInfoList":[{{string.Join(",\n", callees)}}] }""");

        Assert.Equal(100, plan.Errors.Count);
        Assert.Equal(153, plan.ErrorCount);
        Assert.Equal(150, plan.Counts.Read);

        plan = await PlanJsonAsync("""{ "taskName":"s", "maxCalls":5000, "numberInfoList":[{"calleeNumber":"12025550123"}] }""");
        Assert.Equal(["taskName", "maxCalls", "agentId"], plan.Errors.Select(error => error.Field));
    }
}
