using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Planning;

public class SettingsTests(StorageFixture storage) : PlannerTestBase(storage)
{
    private const string Rows = "calleeNumber\n12025550123\n";

    private static string Json(string settings) =>
        $$"""{"taskName":"spring","agentId":41,"numberInfoList":[{"calleeNumber":"12025550123"}],{{"\n"}}{{settings}}}""";

    [Fact]
    public async Task A_profile_gives_the_settings_of_a_file_without_lines()
    {
        var profile = await ProfileAsync(
            """{"taskName":"{file} {date} {time}","agentId":41,"appId":"own","delivery":{"expireAt":"2026-03-02T00:00:00Z"}}"""
        );
        var plan = await PlanCsvAsync(Rows, profile, "märz");

        // Received at 23:59:58 UTC on 28 February: that is 1 March in the configured zone.
        Assert.Equal("märz 20260301 075958", plan.TaskName);
        Assert.Equal(new DateTimeOffset(2026, 3, 2, 0, 0, 0, TimeSpan.Zero), plan.ExpireAt);
        Assert.Equal("own", (await BodyAsync(plan)).GetProperty("appId").GetString());
    }

    [Fact]
    public async Task Lines_override_the_profile_one_by_one_and_an_empty_one_unsets_it()
    {
        var profile = await ProfileAsync(
            """{"taskName":"profile","agentId":41,"maxCalls":100,"displayNum":"1008122211","delivery":{"submitAt":"2026-03-01T12:00:"""
                + """00Z","expireAt":"2026-03-02T00:00:00Z"}}"""
        );
        var plan = await PlanCsvAsync(
            "# taskName: {file}\n# maxCalls: 200\n# displayNum:\n# expireAt: 2026-03-03T00:00:00Z\n" + Rows,
            profile
        );

        Assert.Equal(
            """{"numberInfoList":[{"calleeNumber":"12025550123"}],"appId":"configured","taskName":"list","maxCalls":200,"agentId":41}""",
            (await BodyAsync(plan)).GetRawText()
        );
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), plan.SubmitAt);
        Assert.Equal(new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero), plan.ExpireAt);
    }

    [Fact]
    public async Task A_profile_that_does_not_exist_is_not_missed_if_the_lines_say_all() =>
        Assert.Empty((await PlanCsvAsync(Lines + Rows, "none/here")).Errors);

    [Theory]
    [InlineData("../results/x", "it has . or .. between slashes")]
    [InlineData("a/../b", "it has . or .. between slashes")]
    [InlineData(".", "it has . or .. between slashes")]
    [InlineData("a/./b", "it has . or .. between slashes")]
    [InlineData("%2e%2E/results/x", "it has . or .. between slashes")]
    [InlineData("a%252f%252e%252e%252fb", "it has . or .. between slashes")]
    [InlineData("..%5cresults", "it holds a backslash")]
    [InlineData("a\\b", "it holds a backslash")]
    [InlineData("", "it has a slash at its beginning or end, or two in a row")]
    [InlineData("/a", "it has a slash at its beginning or end, or two in a row")]
    [InlineData("a/", "it has a slash at its beginning or end, or two in a row")]
    [InlineData("a//b", "it has a slash at its beginning or end, or two in a row")]
    [InlineData("a%2F/b", "it has a slash at its beginning or end, or two in a row")]
    [InlineData("a\nb", "it holds a control character")]
    [InlineData("a%00", "it holds a control character")]
    public async Task A_name_that_leads_out_of_the_profiles_is_refused_whatever_the_lines_say(string name, string fault)
    {
        var error = await RejectedForAsync(await PlanCsvAsync(Lines + Rows, name));

        Assert.Equal("profile", error.Field);
        Assert.Equal(
            $"\"{name}\" cannot be a profile's name: {fault}. It is the path in the container profiles without .json, such as "
                + $"reminders/spring; for a dropped file it is the file's folder",
            error.Message
        );
    }

    [Theory]
    [InlineData("100% off")]
    [InlineData("a%20b/%41")]
    [InlineData("...")]
    [InlineData("a.b/.c/d..")]
    [InlineData("é你/😀 x")]
    public async Task Any_other_name_is_a_profile(string name)
    {
        name = $"{Guid.NewGuid():N}/{name}";
        await Blobs
            .GetBlobContainerClient("profiles")
            .UploadBlobAsync($"{name}.json", BinaryData.FromString("""{"taskName":"spring","agentId":41}"""), Cancelled);

        Assert.Equal("spring", (await PlanCsvAsync(Rows, name)).TaskName);
    }

    [Fact]
    public async Task What_a_profile_that_does_not_exist_would_have_said_is_missing()
    {
        var plan = await PlanCsvAsync(Rows, "none/here");

        const string where =
            ": profiles/none/here.json does not exist, where it would be set; create it, or put a line '# name: value' before the "
            + "header row";
        Assert.Equal(
            [$"taskName is missing{where}", $"agentId is missing; give agentId or scriptId{where}"],
            plan.Errors.Select(error => $"{error.Field} {error.Message}")
        );
    }

    [Fact]
    public async Task What_a_profile_does_not_say_is_missing()
    {
        var profile = await ProfileAsync("""{"agentId":41}""");

        Assert.Equal(
            $"|taskName|is missing: set it in profiles/{profile}.json, or put a line '# name: value' before the header row",
            await ReasonAsync(await PlanCsvAsync(Rows, profile))
        );
    }

    [Theory]
    [InlineData(
        "{\n\"taskName\":\"spring\",\n\"agentId\":41,}",
        "||Line 3, column 14: a comma too many: none may stand after the last entry. ({0}, line 3)"
    )]
    [InlineData("", "||The file is empty. ({0}, line 1)")]
    [InlineData("[]", "||The file must hold one JSON object, {{ … }}, not a list. ({0}, line 1)")]
    [InlineData("{\"taskName\":\"spring\",\n\"agentId\":41,\"maxCals\":1}", "|maxCals|unknown field; did you mean maxCalls? ({0}, line 2)")]
    [InlineData("{\"taskName\":\"spring\",\n\"agentId\":41,\"maxCalls\":1000}", "|maxCalls|1000 is above 999 ({0}, line 2)")]
    [InlineData("{\"taskName\":\"spring\",\n\"agentId\":41,\"agentId\":42}", "|agentId|is given twice ({0}, line 2)")]
    [InlineData(
        "{\"taskName\":\"spring\",\"agentId\":41,\n\"numberInfoList\":[]}",
        "|numberInfoList|a profile has no callees: they come with each campaign ({0}, line 2)"
    )]
    [InlineData(
        "{\"taskName\":\"{file}-{day}\",\"agentId\":41}",
        "|taskName|{{day}} means nothing: {{file}}, {{date}} and {{time}} do ({0}, line 1)"
    )]
    [InlineData(
        "{\"taskName\":\"spring\",\"agentId\":41,\n\"delivery\":{\"expire\":1}}",
        "|delivery.expire|unknown field; did you mean expireAt? ({0}, line 2)"
    )]
    [InlineData(
        "{\"taskName\":\"spring\",\"agentId\":41,\"submitAt\":\"2026-03-01T12:00:00Z\",\n\"delivery\":{}}",
        "|submitAt|unknown field; it belongs into \"delivery\": {{\"submitAt\": …}} ({0}, line 1)"
    )]
    public async Task A_broken_profile_is_named_with_its_line(string json, string reason)
    {
        var profile = await ProfileAsync(json);
        var expected = string.Format(System.Globalization.CultureInfo.InvariantCulture, reason, $"profiles/{profile}.json");

        Assert.Equal(expected, await ReasonAsync(await PlanCsvAsync(Rows, profile)));
    }

    [Fact]
    public async Task A_placeholder_that_means_nothing_is_named_with_its_line() =>
        Assert.Equal(
            "2|taskName|{name} means nothing: {file}, {date} and {time} do",
            await ReasonAsync(await PlanCsvAsync("# agentId: 41\n# taskName: a {name}\n" + Rows))
        );

    [Theory]
    [InlineData("{file} {date}", " may", "\" may 20260301\" begins with a blank or an invisible character: leave it out")]
    [InlineData("{date} {file}", "", "\"20260301 \" ends in a blank or an invisible character: leave it out")]
    [InlineData("{file} {date}", "ma\u0001y", "character 3 is the control character U+0001: leave it out")]
    [InlineData("{file}", "..", "\"..\" cannot stand in an address, by which a campaign is found: choose another name")]
    public async Task What_a_file_makes_of_a_task_name_keeps_the_rules_too(string name, string file, string reason) =>
        Assert.Equal(
            $"1|taskName|{reason}",
            await ReasonAsync(await PlanCsvAsync($"# taskName: {name}\n# agentId: 41\n{Rows}", fileName: file))
        );

    // Not a case above, as an attribute cannot hold it.
    [Fact]
    public async Task Half_a_character_in_a_file_name_is_no_task_name() =>
        Assert.Equal(
            "1|taskName|{file} stands for a name that is not valid text, as it holds half of a surrogate pair: give the file another name",
            await ReasonAsync(await PlanCsvAsync($"# taskName: {{file}}\n# agentId: 41\n{Rows}", fileName: "may \uD83D"))
        );

    [Theory]
    [InlineData("""{"submitAt":"2026-03-01T18:30:00+08:00","expireAt":"2026-03-01T12:00Z"}""")]
    [InlineData("""{"submitAt":"2026-03-01T10:30:00.000Z","expireAt":"2026-03-01T12:00:00Z"}""")]
    [InlineData("""{"submitAt":"2026-03-01T18:30:00+0800","expireAt":"2026-03-01T12:00:00Z"}""")]
    public async Task Delivery_says_when_to_submit_and_is_not_sent(string delivery)
    {
        var plan = await PlanJsonAsync(Json($"\"delivery\":{delivery}"));

        Assert.Equal(new DateTimeOffset(2026, 3, 1, 10, 30, 0, TimeSpan.Zero), plan.SubmitAt);
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero), plan.ExpireAt);
        Assert.False((await BodyAsync(plan)).TryGetProperty("delivery", out _));
    }

    [Theory]
    [InlineData(
        """{"submitAt":"2026-03-01T18:30:00"}""",
        "2|delivery.submitAt|2026-03-01T18:30:00 has no offset from UTC: add one, as in 2026-03-01T18:30:00+08:00 or 2026-03-01T18:30:00Z"
    )]
    [InlineData(
        """{"submitAt":"tomorrow"}""",
        "2|delivery.submitAt|tomorrow is not a date and time in the form 2026-01-31T18:30:00+08:00 (ISO 8601 with its offset from UTC)"
    )]
    [InlineData(
        """{"expireAt":"2026-02-30T18:30:00Z"}""",
        "2|delivery.expireAt|2026-02-30T18:30:00Z is not a date and time in the form 2026-01-31T18:30:00+08:00 (ISO 8601 with its "
            + "offset from UTC)"
    )]
    [InlineData("""{"expireAt":1772350000}""", "2|delivery.expireAt|must be a text such as 2026-01-31T18:30:00+08:00")]
    [InlineData(
        """{"expireAt":"2026-03-01T08:00:00+08:00"}""",
        "2|delivery.expireAt|2026-03-01T08:00:00+08:00 is past, so nothing would be submitted: it is now 2026-03-01T00:00:00+00:00"
    )]
    [InlineData(
        """{"submitAt":"2026-03-03T00:00:00Z","expireAt":"2026-03-03T00:00:00Z"}""",
        "2|delivery.expireAt|must be after submitAt: nothing could be submitted between the two"
    )]
    [InlineData("""{"ExpireAt":"2026-03-03T00:00:00Z"}""", "2|delivery.ExpireAt|unknown field; write it expireAt")]
    [InlineData("""{"expireAt":"2026-03-03T00:00:00Z","expireAt":null}""", "2|delivery.expireAt|is given twice")]
    [InlineData("""{"submitAt":"9999-12-31T23:59:59Z"}""", "2|delivery.submitAt|9999-12-31T23:59:59Z is in none of the years 2000 to 2100")]
    [InlineData("""{"submitAt":"1999-12-31T23:59:59Z"}""", "2|delivery.submitAt|1999-12-31T23:59:59Z is in none of the years 2000 to 2100")]
    [InlineData("""{"expireAt":"2101-01-01T00:00Z"}""", "2|delivery.expireAt|2101-01-01T00:00Z is in none of the years 2000 to 2100")]
    [InlineData("[]", "2|delivery|must be an object with submitAt, expireAt, priority, allowedCountries or some of them")]
    public async Task A_delivery_that_cannot_be_kept_is_rejected(string delivery, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanJsonAsync(Json($"\"delivery\":{delivery}"))));

    [Fact]
    public async Task A_submitAt_that_is_past_is_now() =>
        Assert.Empty((await PlanJsonAsync(Json("""  "delivery":{"submitAt":"2020-01-01T00:00:00Z","expireAt":null} """))).Errors);

    [Theory]
    [InlineData("2026-03-01 08:00:01", "2026-03-01 08:00:01")]
    [InlineData("2026-03-01T00:00:01Z", "2026-03-01 08:00:01")]
    [InlineData("2026-02-28T17:00:01-07:00", "2026-03-01 08:00:01")]
    public async Task SendTime_goes_out_on_the_clock_of_the_configured_zone(string sendTime, string sent)
    {
        var plan = await PlanJsonAsync(Json($"\"sendTime\":\"{sendTime}\""));

        Assert.Equal(sent, (await BodyAsync(plan)).GetProperty("sendTime").GetString());
        Assert.Equal(new DateTimeOffset(2026, 3, 1, 0, 0, 1, TimeSpan.Zero), plan.SendTime);
    }

    [Theory]
    [InlineData(
        "2026-03-01 08:00:00",
        "2|sendTime|2026-03-01 08:00:00 is past: in Asia/Shanghai it is now 2026-03-01 08:00:00. Leave it out to call at once"
    )]
    [InlineData(
        "2026-03-01T07:59:59+08:00",
        "2|sendTime|2026-03-01 07:59:59 is past: in Asia/Shanghai it is now 2026-03-01 08:00:00. Leave it out to call at once"
    )]
    [InlineData("0001-01-01 00:00:00", "2|sendTime|\"0001-01-01 00:00:00\" is in none of the years 2000 to 2100")]
    [InlineData("9999-12-31T23:59:59+00:00", "2|sendTime|\"9999-12-31T23:59:59+00:00\" is in none of the years 2000 to 2100")]
    [InlineData("soon", "2|sendTime|\"soon\" is not a date and time as yyyy-MM-dd HH:mm:ss, or as 2026-01-31T18:30:00+08:00")]
    public async Task A_sendTime_that_is_past_or_none_is_rejected(string sendTime, string reason) =>
        Assert.Equal(reason, await ReasonAsync(await PlanJsonAsync(Json($"\"sendTime\":\"{sendTime}\""))));

    [Fact]
    public async Task A_sendTime_that_the_clocks_skip_is_rejected()
    {
        Zone = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

        Assert.Equal(
            "2|sendTime|2026-03-29 02:30:00 does not exist in Europe/Berlin: the clocks are put forward over it",
            await ReasonAsync(await PlanJsonAsync(Json("""  "sendTime":"2026-03-29 02:30:00" """)))
        );
        Assert.Equal(
            "2026-03-29 03:30:00",
            (await BodyAsync(await PlanJsonAsync(Json("""  "sendTime":"2026-03-29T01:30:00Z" """)))).GetProperty("sendTime").GetString()
        );
    }
}
