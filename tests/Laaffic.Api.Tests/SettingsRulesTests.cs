namespace Laaffic.Api.Tests;

public class SettingsRulesTests
{
    public static TheoryData<AgentTaskSettings, string> Broken =>
        new()
        {
            { Settings.Valid with { AppId = null }, "appId: is missing" },
            { Settings.Valid with { AppId = " " }, "appId: is missing" },
            { Settings.Valid with { TaskName = null }, "taskName: is missing" },
            { Settings.Valid with { TaskName = "" }, "taskName: is missing" },
            { Settings.Valid with { TaskName = "x" }, "taskName: 1 character is fewer than 2" },
            { Settings.Valid with { TaskName = new('x', 65) }, "taskName: 65 characters are more than 64" },
            {
                Settings.Valid with
                {
                    TaskName = " spring",
                },
                "taskName: \" spring\" begins with a blank or an invisible character: leave it out"
            },
            {
                Settings.Valid with
                {
                    TaskName = "\uFEFFspring",
                },
                "taskName: \"\uFEFFspring\" begins with a blank or an invisible character: leave it out"
            },
            {
                Settings.Valid with
                {
                    TaskName = "spring\u3000",
                },
                "taskName: \"spring\u3000\" ends in a blank or an invisible character: leave it out"
            },
            {
                Settings.Valid with
                {
                    TaskName = "spring\u200B",
                },
                "taskName: \"spring\u200B\" ends in a blank or an invisible character: leave it out"
            },
            { Settings.Valid with { TaskName = "spring\tsale" }, "taskName: character 7 is the control character U+0009: leave it out" },
            { Settings.Valid with { TaskName = "spring\u0085" }, "taskName: character 7 is the control character U+0085: leave it out" },
            { Settings.Valid with { TaskName = "\0a" }, "taskName: character 1 is the control character U+0000: leave it out" },
            {
                Settings.Valid with
                {
                    TaskName = "spring \uD83D",
                },
                "taskName: character 8 is half of a surrogate pair, U+D83D: write the whole character"
            },
            {
                Settings.Valid with
                {
                    TaskName = "\uDE00 spring",
                },
                "taskName: character 1 is half of a surrogate pair, U+DE00: write the whole character"
            },
            { Settings.Valid with { TaskName = "." }, "taskName: 1 character is fewer than 2" },
            {
                Settings.Valid with
                {
                    TaskName = "..",
                },
                "taskName: \"..\" cannot stand in an address, by which a campaign is found: choose another name"
            },
            { Settings.Valid with { DisplayNum = "+1202" }, "displayNum: must be digits only" },
            { Settings.Valid with { DisplayNum = "١٢٣" }, "displayNum: must be digits only" },
            { Settings.Valid with { DisplayNum = new('1', 21) }, "displayNum: 21 digits are more than 20" },
            {
                Settings.Valid with
                {
                    SendTime = "tomorrow",
                },
                "sendTime: \"tomorrow\" is not a date and time as yyyy-MM-dd HH:mm:ss, or as 2026-01-31T18:30:00+08:00"
            },
            {
                Settings.Valid with
                {
                    SendTime = "0001-01-01 00:00:00",
                },
                "sendTime: \"0001-01-01 00:00:00\" is in none of the years 2000 to 2100"
            },
            {
                Settings.Valid with
                {
                    SendTime = "1999-12-31T23:59:59+08:00",
                },
                "sendTime: \"1999-12-31T23:59:59+08:00\" is in none of the years 2000 to 2100"
            },
            {
                Settings.Valid with
                {
                    SendTime = "2101-01-01 00:00:00",
                },
                "sendTime: \"2101-01-01 00:00:00\" is in none of the years 2000 to 2100"
            },
            { Settings.Valid with { MaxCalls = 0 }, "maxCalls: 0 is below 1" },
            { Settings.Valid with { MaxCalls = 1000 }, "maxCalls: 1000 is above 999" },
            { Settings.Valid with { MaxRingingTime = 9 }, "maxRingingTime: 9 is below 10" },
            { Settings.Valid with { MaxRingingTime = 121 }, "maxRingingTime: 121 is above 120" },
            {
                Settings.Valid with
                {
                    AllowSendTime = [new("9:00", "10:00")],
                },
                "allowSendTime[0].strTime: \"9:00\" is not a time of day as HH:mm"
            },
            {
                Settings.Valid with
                {
                    AllowSendTime = [new("09:00", "24:00")],
                },
                "allowSendTime[0].endTime: \"24:00\" is not a time of day as HH:mm"
            },
            { Settings.Valid with { AllowSendTime = [new("09:00", null)] }, "allowSendTime[0].endTime: is missing" },
            {
                Settings.Valid with
                {
                    AllowSendTime = [new("08:00", "09:00"), new("10:00", "10:00")],
                },
                "allowSendTime[1]: strTime 10:00 is not before endTime 10:00"
            },
            {
                Settings.Valid with
                {
                    AllowSendTime = [new("01:00", "02:00"), new("03:00", "04:00"), new("05:00", "06:00"), new("07:00", "08:00")],
                },
                "allowSendTime[3]: is one window too many: at most 3"
            },
            { Settings.Valid with { AgentId = null }, "agentId: is missing; give agentId or scriptId" },
            { Settings.Valid with { ScriptId = 41 }, "scriptId: is given as well as agentId; give one" },
            { Settings.Valid with { AgentId = 0 }, "agentId: 0 is below 1" },
            { Settings.Valid with { AgentId = null, ScriptId = -1 }, "scriptId: -1 is below 1" },
            { Settings.Valid with { EnableRecording = 2 }, "enableRecording: 2 is none of 0, 1" },
            { Settings.Valid with { CalloutRate = 0 }, "calloutRate: 0 is not above 0" },
            { Recall(recall => recall with { RecallType = null }), "recallFlow.recallType: is missing" },
            { Recall(recall => recall with { RecallType = 2 }), "recallFlow.recallType: 2 is none of 0, 1, 3" },
            { Recall(recall => recall with { RecallInterval = null }), "recallFlow.recallInterval: is missing" },
            { Recall(recall => recall with { RecallInterval = 0 }), "recallFlow.recallInterval: 0 is below 1" },
            { Recall(recall => recall with { RecallInterval = 1441 }), "recallFlow.recallInterval: 1441 is above 1440" },
            { Recall(recall => recall with { RecallNum = null }), "recallFlow.recallNum: is missing" },
            { Recall(recall => recall with { RecallNum = 11 }), "recallFlow.recallNum: 11 is above 10" },
            { Recall(recall => recall with { RecallNum = 0 }), "recallFlow.recallNum: 0 is below 1" },
            {
                Recall(recall => recall with { RecallType = 3 }),
                "recallFlow.recallIntent: is missing; recallType 3 needs at least one intent"
            },
            {
                Recall(recall => recall with { RecallType = 3, RecallIntent = [] }),
                "recallFlow.recallIntent: is missing; recallType 3 needs at least one intent"
            },
            {
                Recall(recall => recall with { RecallIntent = ["101", "103"] }),
                "recallFlow.recallIntent[1]: \"103\" is not an intent code"
            },
            {
                Recall(recall => recall with { RecallType = 3, RecallIntent = ["99998", "101", "2010", "105"] }),
                "recallFlow.recallIntent: mixes intents of IG marketing and financial collection; give those of one industry, and "
                    + "global ones"
            },
            {
                Recall(recall => recall with { RecallNum = 1, NodeList = [new(41), new(41)] }),
                "recallFlow.nodeList: 2 entries are more than recallNum 1"
            },
            { Recall(recall => recall with { NodeList = [new(41), new(null)] }), "recallFlow.nodeList[1].agentId: is missing" },
            { Recall(recall => recall with { NodeList = [new(0)] }), "recallFlow.nodeList[0].agentId: 0 is below 1" },
        };

    public static TheoryData<AgentTaskSettings> Kept =>
        new()
        {
            Settings.Valid,
            Settings.Valid with
            {
                AgentId = null,
                ScriptId = 9007199254740993,
            },
            Settings.Valid with
            {
                TaskName = "我要",
            },
            Settings.Valid with
            {
                TaskName = "spring rest 2",
            },
            Settings.Valid with
            {
                TaskName = "...",
            },
            Settings.Valid with
            {
                TaskName = "👩‍👩‍👧 😀",
            },
            Settings.Valid with
            {
                TaskName = new('x', 64),
            },
            Settings.Valid with
            {
                SendTime = "2000-01-01 00:00:00",
            },
            Settings.Valid with
            {
                SendTime = "2100-12-31T23:59:59-12:00",
            },
            Settings.Valid with
            {
                DisplayNum = "",
            },
            Settings.Valid with
            {
                DisplayNum = new('1', 20),
            },
            Settings.Valid with
            {
                MaxCalls = 1,
                MaxRingingTime = 10,
                EnableRecording = 0,
                CalloutRate = 0.1m,
            },
            Settings.Valid with
            {
                MaxCalls = 999,
                MaxRingingTime = 120,
                EnableRecording = 1,
                CalloutRate = 5,
            },
            Settings.Valid with
            {
                AllowSendTime = [],
            },
            Settings.Valid with
            {
                AllowSendTime = [new("00:00", "08:00"), new("09:00", "10:00"), new("23:58", "23:59")],
            },
            Recall(recall => recall),
            Recall(recall =>
                recall with
                {
                    RecallType = 0,
                    RecallInterval = 1440,
                    RecallNum = 10,
                    NodeList = [.. Enumerable.Repeat(new RecallNode(1), 10)],
                }
            ),
            Recall(recall => recall with { RecallType = 3, RecallIntent = ["99998", "99999"] }),
            Recall(recall => recall with { RecallType = 3, RecallIntent = ["99998", "101", "102", "104", "105", "106"] }),
            Recall(recall =>
                recall with
                {
                    RecallType = 3,
                    RecallIntent = ["201", "202", "204", "205", "206", "207", "208", "209", "2010"],
                }
            ),
            Recall(recall => recall with { RecallType = 3, RecallIntent = ["301", "302", "304", "305", "306"] }),
        };

    [Theory]
    [MemberData(nameof(Broken), DisableDiscoveryEnumeration = true)]
    public void A_broken_rule_is_named_with_its_field(AgentTaskSettings settings, string violation) =>
        Assert.Equal([violation], Settings.Broken(settings));

    [Theory]
    [MemberData(nameof(Kept), DisableDiscoveryEnumeration = true)]
    public void Settings_within_the_rules_break_none(AgentTaskSettings settings) => Assert.Empty(Settings.Broken(settings));

    [Fact]
    public void All_broken_rules_are_reported_at_once()
    {
        var settings = new AgentTaskSettings
        {
            DisplayNum = "x",
            MaxCalls = 1000,
            AllowSendTime = [new("10:00", "09:00")],
            RecallFlow = new() { RecallType = 3, RecallNum = 11 },
        };

        Assert.Equal(
            [
                "appId: is missing",
                "taskName: is missing",
                "displayNum: must be digits only",
                "maxCalls: 1000 is above 999",
                "allowSendTime[0]: strTime 10:00 is not before endTime 09:00",
                "agentId: is missing; give agentId or scriptId",
                "recallFlow.recallInterval: is missing",
                "recallFlow.recallNum: 11 is above 10",
                "recallFlow.recallIntent: is missing; recallType 3 needs at least one intent",
            ],
            Settings.Broken(settings)
        );
    }

    [Theory]
    [InlineData("2026-01-31 18:30:00", null)]
    [InlineData("2026-01-31T18:30:00+08:00", 480)]
    [InlineData("2026-01-31T18:30:00-03:30", -210)]
    [InlineData("2026-01-31T18:30:00Z", 0)]
    [InlineData("2026-01-31T18:30+08:00", 480)]
    [InlineData("2026-01-31T18:30:00.000+08:00", 480)]
    [InlineData("2026-01-31 18:30:00+08:00", 480)]
    public void A_send_time_is_local_or_has_an_offset(string text, int? minutes)
    {
        Assert.True(SendTime.TryRead(text, out var local, out var offset));
        Assert.Equal(new DateTime(2026, 1, 31, 18, 30, 0), local);
        Assert.Equal(minutes, offset?.TotalMinutes);
        Assert.Empty(Settings.Broken(Settings.Valid with { SendTime = text }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2026-01-31")]
    [InlineData("2026-02-29 00:00:00")]
    [InlineData("2026-01-31 24:00:00")]
    [InlineData("2026-1-31 18:30:00")]
    [InlineData("2026-01-31T18:30:00")]
    [InlineData("2026-01-31 18:30")]
    [InlineData("31.01.2026 18:30:00")]
    [InlineData("2026-01-31T18:30:00+25:00")]
    [InlineData("0001-01-01T00:00:00+14:00")]
    [InlineData("1769855400")]
    public void Anything_else_is_no_send_time(string text) => Assert.False(SendTime.TryRead(text, out _, out _));

    private static AgentTaskSettings Recall(Func<RecallFlow, RecallFlow> change) =>
        Settings.Valid with
        {
            RecallFlow = change(Settings.ValidRecall),
        };
}
