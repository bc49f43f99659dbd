namespace Laaffic.Api.Tests;

public class AgentTaskRequestTests
{
    [Fact]
    public async Task A_request_is_written_whole_and_its_length_is_known()
    {
        var request = new AgentTaskRequest(
            Settings.Valid,
            [
                new("12025550123"),
                new("447700900123")
                {
                    Texts = ["Zoë", null, "王小明"],
                    CallInformation = new Dictionary<string, string> { ["amount"] = "12.50" },
                },
            ]
        );

        var body = request.ToBody();

        Assert.Empty(request.Validate());
        // It can be opened again for another attempt.
        for (var i = 0; i < 2; i++)
        {
            using var reader = new StreamReader(await body.Open(TestContext.Current.CancellationToken));
            var json = await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
            Assert.Equal(
                """{"appId":"2Xql9RBI","taskName":"spring","agentId":41,"numberInfoList":[{"calleeNumber":"12025550123"},"""
                    + """{"calleeNumber":"447700900123","text1":"Zoë","text3":"王小明","callInformation":{"amount":"12.50"}}]}""",
                json
            );
            Assert.Equal(System.Text.Encoding.UTF8.GetByteCount(json), body.Length);
        }
    }

    [Fact]
    public void Settings_and_callees_are_reported_together()
    {
        var request = new AgentTaskRequest(
            Settings.Valid with
            {
                MaxCalls = 1000,
                SendTime = "2026-01-31T18:30:00Z",
            },
            [
                new("12025550123"),
                new("+12025550123"),
                new("12345"),
                new("1234567890123456789"),
                new("１２０２５５５０１２３"),
                new("12025550124") { Texts = new string?[11] },
            ]
        );

        Assert.Equal(
            [
                "maxCalls: 1000 is above 999",
                "sendTime: has an offset; convert it to the account's zone and give it as yyyy-MM-dd HH:mm:ss",
                "numberInfoList[1].calleeNumber: must be 6-18 digits, country code first",
                "numberInfoList[2].calleeNumber: must be 6-18 digits, country code first",
                "numberInfoList[3].calleeNumber: must be 6-18 digits, country code first",
                "numberInfoList[4].calleeNumber: must be 6-18 digits, country code first",
                "numberInfoList[5]: 11 texts are more than 10",
            ],
            request.Validate().Select(violation => violation.ToString())
        );
    }

    [Fact]
    public void A_request_without_callees_is_refused() =>
        Assert.Equal(
            "numberInfoList: is empty; give at least one callee",
            Assert.Single(new AgentTaskRequest(Settings.Valid, []).Validate()).ToString()
        );

    [Theory]
    [InlineData(200_000, 0)]
    [InlineData(200_001, 1)]
    public void A_task_has_at_most_200_000_callees(int callees, int violations) =>
        Assert.Equal(
            violations,
            new AgentTaskRequest(Settings.Valid, [.. Enumerable.Repeat(new NumberInfo("12025550123"), callees)]).Validate().Count
        );
}
