using System.Text;
using System.Text.Json;

namespace Laaffic.Simulator.Tests;

public class CreateFieldTests
{
    [Theory]
    // Required fields and types: bad parameter.
    [InlineData("""{"appId": null}""", -22, "appId is missing")]
    [InlineData("""{"appId": 5}""", -22, "appId must be a string")]
    [InlineData("""{"taskName": null}""", -22, "taskName is missing")]
    [InlineData("""{"agentId": null}""", -22, "agentId is missing")]
    [InlineData("""{"agentId": "41"}""", -22, "agentId must be an integer")]
    [InlineData("""{"agentId": 41.5}""", -22, "agentId must be an integer")]
    [InlineData("""{"agentId": 2147483648}""", -22, "agentId must be an integer")]
    [InlineData("""{"agentId": null, "scriptId": true}""", -22, "scriptId must be an integer")]
    [InlineData("""{"displayNum": 1008122211}""", -22, "displayNum must be a string")]
    [InlineData("""{"sendTime": "2030-01-31T18:00:00"}""", -22, "sendTime must be a time like")]
    [InlineData("""{"sendTime": "2030-02-30 18:00:00"}""", -22, "sendTime must be a time like")]
    [InlineData("""{"sendTime": 1630468800}""", -22, "sendTime must be a string")]
    [InlineData("""{"maxCalls": "300"}""", -22, "maxCalls must be an integer")]
    [InlineData("""{"enableRecording": true}""", -22, "enableRecording must be an integer")]
    [InlineData("""{"calloutRate": "1"}""", -22, "calloutRate must be a number")]
    [InlineData("""{"allowSendTime": {"strTime": "18:28", "endTime": "19:28"}}""", -22, "allowSendTime must be an array")]
    [InlineData("""{"allowSendTime": ["18:28"]}""", -22, "allowSendTime[0] must be an object")]
    [InlineData("""{"allowSendTime": [{"strTime": "18:28"}]}""", -22, "allowSendTime[0].endTime is missing")]
    [InlineData("""{"numberInfoList": {"calleeNumber": "8613200000007"}}""", -22, "numberInfoList must be an array")]
    [InlineData("""{"numberInfoList": ["8613200000007"]}""", -22, "numberInfoList[0] must be an object")]
    [InlineData(
        """{"numberInfoList": [{"calleeNumber": "8613200000007"}, {"text1": "a"}]}""",
        -22,
        "numberInfoList[1].calleeNumber is missing"
    )]
    [InlineData("""{"numberInfoList": [{"calleeNumber": 8613200000007}]}""", -22, "numberInfoList[0] has a calleeNumber of the wrong type")]
    [InlineData(
        """{"numberInfoList": [{"calleeNumber": "8613200000007", "text10": 5}]}""",
        -22,
        "numberInfoList[0] has a text10 of the wrong type"
    )]
    [InlineData(
        """{"numberInfoList": [{"calleeNumber": "8613200000007", "callInformation": {"a": 1}}]}""",
        -22,
        "callInformation that is not a map of strings"
    )]
    [InlineData("""{"recallFlow": []}""", -22, "recallFlow must be an object")]
    [InlineData("""{"recallFlow": {"recallInterval": 1, "recallNum": 1}}""", -22, "recallFlow.recallType is missing")]
    [InlineData("""{"recallFlow": {"recallType": 0, "recallNum": 1}}""", -22, "recallFlow.recallInterval is missing")]
    [InlineData("""{"recallFlow": {"recallType": 0, "recallInterval": 1}}""", -22, "recallFlow.recallNum is missing")]
    [InlineData(
        """{"recallFlow": {"recallType": 3, "recallInterval": 1, "recallNum": 1, "recallIntent": [101]}}""",
        -22,
        "recallFlow.recallIntent[0] must be a string"
    )]
    [InlineData(
        """{"recallFlow": {"recallType": 0, "recallInterval": 1, "recallNum": 1, "nodeList": [{}]}}""",
        -22,
        "recallFlow.nodeList[0].agentId is missing"
    )]
    [InlineData(
        """{"recallFlow": {"recallType": 0, "recallInterval": 1, "recallNum": 1, "nodeList": [{"agentId": "4x"}]}}""",
        -22,
        "recallFlow.nodeList[0].agentId must be an integer"
    )]
    // Fields that no document has.
    [InlineData("""{"delivery": {"submitAt": "2030-01-31T18:00:00Z"}}""", -22, "delivery is not a field")]
    [InlineData("""{"AppId": "2Xql9RBI"}""", -22, "AppId is not a field")]
    [InlineData(
        """{"allowSendTime": [{"strTime": "18:28", "endTime": "19:28", "zone": "UTC"}]}""",
        -22,
        "allowSendTime[0].zone is not a field"
    )]
    [InlineData(
        """{"recallFlow": {"recallType": 0, "recallInterval": 1, "recallNum": 1, "retries": 2}}""",
        -22,
        "recallFlow.retries is not a field"
    )]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "8613200000007", "text11": "a"}]}""", -22, "numberInfoList[0] has text11")]
    // Rules.
    [InlineData("""{"taskName": "x"}""", -21, "taskName must be 2-64 characters")]
    [InlineData(
        """{"taskName": "12345678901234567890123456789012345678901234567890123456789012345"}""",
        -21,
        "taskName must be 2-64 characters"
    )]
    [InlineData("""{"displayNum": "123456789012345678901"}""", -21, "displayNum must be 0-20 digits")]
    [InlineData("""{"displayNum": "+1008122211"}""", -21, "displayNum must be 0-20 digits")]
    [InlineData("""{"maxCalls": 1000}""", -21, "maxCalls must be 1-999")]
    [InlineData("""{"maxCalls": 0}""", -21, "maxCalls must be 1-999")]
    [InlineData("""{"maxRingingTime": 9}""", -21, "maxRingingTime must be 10-120")]
    [InlineData("""{"maxRingingTime": 121}""", -21, "maxRingingTime must be 10-120")]
    [InlineData("""{"enableRecording": 2}""", -21, "enableRecording must be 0-1")]
    [InlineData("""{"calloutRate": 0}""", -21, "calloutRate must be above 0")]
    [InlineData("""{"agentId": 0}""", -21, "agentId must be at least 1")]
    [InlineData("""{"scriptId": 41}""", -21, "two names of the same")]
    [InlineData("""{"allowSendTime": [{"strTime": "8:28", "endTime": "19:28"}]}""", -21, "allowSendTime[0].strTime must be a time of day")]
    [InlineData("""{"allowSendTime": [{"strTime": "08:28", "endTime": "24:00"}]}""", -21, "allowSendTime[0].endTime must be a time of day")]
    [InlineData(
        """{"allowSendTime": [{"strTime": "08:00", "endTime": "09:00"}, {"strTime": "10:00", "endTime": "11:00"}, {"strTime": "12:00","""
            + """ "endTime": "13:00"}, {"strTime": "14:00", "endTime": "15:00"}]}""",
        -21,
        "allowSendTime may have at most 3"
    )]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "12345"}]}""", -21, "numberInfoList[0].calleeNumber must be 6-18 digits")]
    [InlineData(
        """{"numberInfoList": [{"calleeNumber": "1234567890123456789"}]}""",
        -21,
        "numberInfoList[0].calleeNumber must be 6-18 digits"
    )]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "+8613200000007"}]}""", -21, "numberInfoList[0].calleeNumber must be 6-18 digits")]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "٨٦١٣٢٠٠٠٠٠٠٠٧"}]}""", -21, "numberInfoList[0].calleeNumber must be 6-18 digits")]
    [InlineData(
        """{"recallFlow": {"recallType": 2, "recallInterval": 1, "recallNum": 1}}""",
        -21,
        "recallFlow.recallType must be 0, 1 or 3"
    )]
    [InlineData(
        """{"recallFlow": {"recallType": 0, "recallInterval": 0, "recallNum": 1}}""",
        -21,
        "recallFlow.recallInterval must be 1-1440"
    )]
    [InlineData(
        """{"recallFlow": {"recallType": 0, "recallInterval": 1441, "recallNum": 1}}""",
        -21,
        "recallFlow.recallInterval must be 1-1440"
    )]
    [InlineData("""{"recallFlow": {"recallType": 0, "recallInterval": 1, "recallNum": 11}}""", -21, "recallFlow.recallNum must be 1-10")]
    [InlineData(
        """{"recallFlow": {"recallType": 3, "recallInterval": 1, "recallNum": 1}}""",
        -21,
        "recallFlow.recallIntent must name intents"
    )]
    [InlineData(
        """{"recallFlow": {"recallType": 0, "recallInterval": 1, "recallNum": 1, "nodeList": [{"agentId": 41}, {"agentId": 41}]}}""",
        -21,
        "recallFlow.nodeList has more nodes"
    )]
    // The account's application, callees, intents.
    [InlineData("""{"appId": "other"}""", -24, "appId is not an application")]
    [InlineData("""{"numberInfoList": []}""", -35, "no callee numbers")]
    [InlineData("""{"numberInfoList": null}""", -35, "no callee numbers")]
    [InlineData(
        """{"recallFlow": {"recallType": 3, "recallInterval": 1, "recallNum": 1, "recallIntent": ["101", "301"]}}""",
        -68,
        "301 of another industry"
    )]
    [InlineData(
        """{"recallFlow": {"recallType": 3, "recallInterval": 1, "recallNum": 1, "recallIntent": ["103"]}}""",
        -68,
        "\"103\" that is no intent"
    )]
    public async Task A_field_against_the_documents_is_refused(string change, int status, string reason)
    {
        await using var caller = await Caller.StartAsync();

        var answer = await caller.CreateAsync(Caller.Sample(change));

        Assert.Equal(status, answer.Status);
        Assert.Contains(reason, answer.Reason, StringComparison.Ordinal);
        Assert.Equal(JsonValueKind.Null, answer.Json.GetProperty("data").ValueKind);
        Assert.Empty(caller.Simulator.AcceptedTasks);
    }

    [Theory]
    [InlineData("""{"taskName": "ab"}""")]
    [InlineData("""{"taskName": "1234567890123456789012345678901234567890123456789012345678901234"}""")]
    [InlineData(
        """{"displayNum": "", "sendTime": null, "maxCalls": null, "maxRingingTime": null, "allowSendTime": null, "enableRecording": """
            + """null, "calloutRate": null, "recallFlow": null}"""
    )]
    [InlineData(
        """{"displayNum": "12345678901234567890", "maxCalls": 999, "maxRingingTime": 120, "enableRecording": 0, "calloutRate": 1.5}"""
    )]
    [InlineData("""{"maxCalls": 1, "maxRingingTime": 10}""")]
    [InlineData("""{"agentId": null, "scriptId": 41}""")]
    [InlineData("""{"sendTime": "2030-01-31 18:00:00"}""")]
    [InlineData("""{"sendTime": "0001-01-01 00:00:00"}""")]
    [InlineData("""{"sendTime": "9999-12-31 23:59:59"}""")]
    [InlineData("""{"allowSendTime": []}""")]
    [InlineData(
        """{"allowSendTime": [{"strTime": "22:00", "endTime": "06:00"}, {"strTime": "00:00", "endTime": "23:59"}, {"strTime": "10:00","""
            + """ "endTime": "11:00"}]}"""
    )]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "123456"}, {"calleeNumber": "123456789012345678"}]}""")]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "8613200000007", "text1": null, "callInformation": null}]}""")]
    [InlineData(
        """{"recallFlow": {"recallType": 1, "recallInterval": 1440, "recallNum": 10, "recallIntent": [], "nodeList": [{"agentId": 41}]}}"""
    )]
    [InlineData(
        """{"recallFlow": {"recallType": 3, "recallInterval": 1, "recallNum": 1, "recallIntent": ["201", "202", "204", "205", "206","""
            + """ "207", "208", "209", "2010", "99998", "99999"]}}"""
    )]
    public async Task What_the_documents_allow_is_accepted(string change)
    {
        await using var caller = await Caller.StartAsync();

        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample(change))).Status);
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("""{"taskName": "named", "numberInfoList": [{"calleeNumber": "8613200000007"}""")]
    [InlineData("""{"taskName": "named",}""")]
    [InlineData("""{"taskName": "named"} {}""")]
    [InlineData("""{"taskName": "named" /* so */}""")]
    [InlineData("""{"taskName": "named", "taskName": "named"}""")]
    [InlineData("""{"taskName": "\ud800"}""")]
    [InlineData("""{"numberInfoList": [], "numberInfoList": []}""")]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "8613200000007", "calleeNumber": "8613200000008"}]}""")]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "8613200000007", "text1": "\udc00"}]}""")]
    [InlineData("""{"recallFlow": {"recallType": 0, "recallType": 0}}""")]
    public async Task A_body_that_is_not_one_plain_JSON_object_is_a_bad_parameter(string body)
    {
        await using var caller = await Caller.StartAsync();

        Assert.Equal(-22, (await caller.PostAsync(Caller.CreatePath, body)).Status);
        Assert.Equal(body.Contains("named", StringComparison.Ordinal) ? "named" : null, caller.Simulator.Calls.Single().TaskName);
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF8_are_a_bad_parameter()
    {
        await using var caller = await Caller.StartAsync();
        var body = Encoding.Latin1.GetBytes(
            Caller.Sample("""{"taskName": "cafe"}""").ToJsonString().Replace("cafe", "café", StringComparison.Ordinal)
        );

        Assert.Equal(-22, (await caller.SendAsync(caller.Post(Caller.CreatePath, new ByteArrayContent(body)))).Status);
    }

    [Fact]
    public async Task A_reason_never_shows_a_callees_number()
    {
        await using var caller = await Caller.StartAsync();

        var answer = await caller.CreateAsync(Caller.Sample("""{"numberInfoList": [{"calleeNumber": "861-3200000007"}]}"""));

        Assert.DoesNotContain("3200000007", answer.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"appId": null, "maxCalls": 1000, "numberInfoList": []}""", -22)]
    [InlineData("""{"numberInfoList": [{"calleeNumber": "12345"}, {}]}""", -22)]
    [InlineData("""{"maxCalls": 1000, "numberInfoList": []}""", -21)]
    [InlineData("""{"numberInfoList": [], "agentId": 42}""", -35)]
    [InlineData(
        """{"agentId": 42, "recallFlow": {"recallType": 3, "recallInterval": 1, "recallNum": 1, "recallIntent": ["101", "301"]}}""",
        -60
    )]
    public async Task Of_several_faults_the_first_by_the_documented_order_is_answered(string change, int status)
    {
        await using var caller = await Caller.StartAsync(new() { Account = new() { Agents = [new(41)] } });

        Assert.Equal(status, (await caller.CreateAsync(Caller.Sample(change))).Status);
    }

    [Fact]
    public async Task Agents_know_their_industry_and_the_texts_of_their_template()
    {
        await using var caller = await Caller.StartAsync(
            new() { Account = new() { Agents = [new(41, Industry.FinancialCollection), new(42, null, 2)] } }
        );

        var intents = """{"recallFlow": {"recallType": 3, "recallInterval": 1, "recallNum": 1, "recallIntent": ["99998", "INTENT"]}}""";
        Assert.Equal(-68, (await caller.CreateAsync(Caller.Sample(intents.Replace("INTENT", "101", StringComparison.Ordinal)))).Status);
        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample(intents.Replace("INTENT", "2010", StringComparison.Ordinal)))).Status);
        Assert.Equal(
            -60,
            (
                await caller.CreateAsync(
                    Caller.Sample(
                        """{"taskName": "node", "recallFlow": {"recallType": 0, "recallInterval": 1, "recallNum": 1, "nodeList": """
                            + """[{"agentId": 43}]}}"""
                    )
                )
            ).Status
        );

        var text =
            """{"taskName": "texts", "agentId": 42, "recallFlow": null, "numberInfoList": [{"calleeNumber": "8613200000007", "text2":"""
            + """ "a"}, {"calleeNumber": "8613200000008", "text2": TEXT}]}""";
        Assert.Equal(-21, (await caller.CreateAsync(Caller.Sample(text.Replace("TEXT", "null", StringComparison.Ordinal)))).Status);
        Assert.Equal(0, (await caller.CreateAsync(Caller.Sample(text.Replace("TEXT", "\"b\"", StringComparison.Ordinal)))).Status);
    }

    [Fact]
    public async Task A_single_value_of_more_than_a_megabyte_is_a_bad_parameter()
    {
        await using var caller = await Caller.StartAsync();
        var body = Caller.Sample();
        body["displayNum"] = new string('1', 3_000_000);

        Assert.Equal(-22, (await caller.CreateAsync(body)).Status);
    }
}
