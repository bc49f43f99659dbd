using System.Globalization;

namespace Laaffic.Api.Tests;

public class CreateTaskTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_body_arrives_as_it_is_stored_signed_and_with_the_documented_headers()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json("""{"status":"0","reason":"success","data":123123}"""));
        const string json = """{"taskName":"我要測試智能體API-16","numberInfoList":[{"calleeNumber":"8613200000007"}]}""";
        var before = DateTimeOffset.UtcNow.ToUnixTimeSeconds();

        var reply = await Client.For(server).CreateTaskAsync(Client.Body(json), Cancelled);

        Assert.Equal((Verdict.Accepted, false, 123123L), (reply.Verdict, reply.MayHaveBeenAccepted, reply.KeyId));
        Assert.Equal("Laaffic answered 0 (success).", reply.Reason);
        var call = Assert.Single(server.Calls);
        Assert.Equal(("POST", "/voice/group/call/send/agent"), (call.Method, call.Path));
        Assert.Equal(json, call.Body);
        Assert.Equal("application/json;charset=UTF-8", call.Header("Content-Type"));
        Assert.Equal(Client.Body(json).Length.ToString(CultureInfo.InvariantCulture), call.Header("Content-Length"));
        Assert.Null(call.Header("Transfer-Encoding"));
        Assert.Null(call.Header("Expect"));
        Assert.Equal("bDqJFiq9", call.Header("Api-Key"));
        var timestamp = long.Parse(call.Header("Timestamp")!, CultureInfo.InvariantCulture);
        Assert.InRange(timestamp, before, DateTimeOffset.UtcNow.ToUnixTimeSeconds());
        Assert.Equal(RequestSignature.Compute("bDqJFiq9", "7bz1lzh9", timestamp), call.Header("Sign"));
    }

    [Theory]
    [InlineData("", "/voice/group/call/send/agent")]
    [InlineData("/v3", "/v3/voice/group/call/send/agent")]
    [InlineData("/v3/", "/v3/voice/group/call/send/agent")]
    [InlineData("/a/b", "/a/b/voice/group/call/send/agent")]
    public async Task A_path_prefix_of_the_base_address_stays(string prefix, string path)
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json("""{"status":"0"}"""));
        await Client.For(server, prefix).CreateTaskAsync(Client.Body(), Cancelled);
        Assert.Equal(path, Assert.Single(server.Calls).Path);
    }

    [Theory]
    [InlineData(0, Verdict.Accepted, false)]
    [InlineData(-1, Verdict.FixCredentials, false)]
    [InlineData(-2, Verdict.Hold, false)]
    [InlineData(-10, Verdict.Hold, false)]
    [InlineData(-13, Verdict.Hold, false)]
    [InlineData(-16, Verdict.ClockSkew, false)]
    [InlineData(-18, Verdict.Defer, true)]
    [InlineData(-20, Verdict.Exists, false)]
    [InlineData(-21, Verdict.Reject, false)]
    [InlineData(-22, Verdict.Reject, false)]
    [InlineData(-23, Verdict.Defer, false)]
    [InlineData(-24, Verdict.Reject, false)]
    [InlineData(-26, Verdict.Defer, false)]
    [InlineData(-35, Verdict.Reject, false)]
    [InlineData(-37, Verdict.Busy, false)]
    [InlineData(-38, Verdict.Reject, false)]
    [InlineData(-39, Verdict.Reject, false)]
    [InlineData(-41, Verdict.Exists, false)]
    [InlineData(-46, Verdict.DailyLimit, false)]
    [InlineData(-53, Verdict.Reject, false)]
    [InlineData(-60, Verdict.Reject, false)]
    [InlineData(-68, Verdict.Reject, false)]
    [InlineData(-99, Verdict.Unknown, false)]
    [InlineData(7, Verdict.Unknown, true)]
    public async Task Each_status_means_what_the_table_says(int status, Verdict verdict, bool mayHaveBeenAccepted)
    {
        var json = $$"""{"status":"{{status}}","reason":"success"}""";
        var calls = status is -1 or -16 ? 2 : 1;

        var reply = await Client.CreateAsync([.. Enumerable.Repeat(Answers.Json(json), calls)]);

        Assert.Equal((verdict, mayHaveBeenAccepted), (reply.Verdict, reply.MayHaveBeenAccepted));
        Assert.Equal((status, verdict, 200), (reply.Status!.Code, reply.Status.Verdict, reply.HttpStatus));
        Assert.Equal($"Laaffic answered {reply.Status}.", reply.Reason);
    }

    [Theory]
    [InlineData("""{"status":"0","reason":"success","data":123123}""", 123123L)]
    [InlineData("""{"status":0,"data":"123123"}""", 123123L)]
    [InlineData("""{"code":0,"msg":"success","data":9007199254740993}""", 9007199254740993L)]
    [InlineData("""{"code":"0","message":"success","data":null}""", null)]
    [InlineData("""{"code":"0","status":null,"data":{"id":5}}""", null)]
    [InlineData("""{"status":"0"}""", null)]
    [InlineData("\uFEFF {\"status\":\"0\",\"data\":7}\r\n", 7L)]
    public async Task An_acceptance_is_read_in_every_form_of_the_vendors_pages(string json, long? keyId)
    {
        var reply = await Client.CreateAsync(Answers.Json(json));
        Assert.Equal((Verdict.Accepted, keyId), (reply.Verdict, reply.KeyId));
    }

    [Theory]
    [InlineData("""{"status":"-22","reason":"taskName too long"}""")]
    [InlineData("""{"status":-22,"msg":"taskName too long"}""")]
    [InlineData("""{"code":-22,"msg":"taskName too long"}""")]
    [InlineData("""{"code":"-22","message":"taskName\n too  long"}""")]
    public async Task A_refusal_is_read_in_every_form_with_the_vendors_words(string json)
    {
        var reply = await Client.CreateAsync(Answers.Json(json));
        Assert.Equal((Verdict.Reject, -22), (reply.Verdict, reply.Status?.Code));
        Assert.Equal("Laaffic answered -22 (bad parameter). Its own words: taskName too long", reply.Reason);
    }

    [Fact]
    public async Task The_vendors_words_are_cut_where_they_are_long()
    {
        var reply = await Client.CreateAsync(
            Answers.Json($$"""{"status":"-22","reason":"{{new string('x', 299)}}😀{{new string('y', 5000)}}"}""")
        );
        Assert.EndsWith($" {new string('x', 299)}…", reply.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(202, "0", Verdict.Accepted, false)]
    [InlineData(400, "-22", Verdict.Reject, false)]
    [InlineData(400, "-37", Verdict.Busy, false)]
    [InlineData(401, "-2", Verdict.Hold, false)]
    [InlineData(404, "-24", Verdict.Reject, false)]
    [InlineData(429, "-37", Verdict.Busy, false)]
    [InlineData(400, "-18", Verdict.Defer, true)]
    [InlineData(400, "-99", Verdict.Unknown, false)]
    public async Task A_status_in_the_body_goes_before_an_HTTP_status_that_does_not_contradict_it(
        int http,
        string status,
        Verdict verdict,
        bool mayHaveBeenAccepted
    )
    {
        var reply = await Client.CreateAsync(Answers.Json($$"""{"status":"{{status}}"}""", http));
        Assert.Equal((verdict, mayHaveBeenAccepted, http), (reply.Verdict, reply.MayHaveBeenAccepted, reply.HttpStatus));
    }

    [Theory]
    [InlineData(302), InlineData(404), InlineData(500), InlineData(503)]
    public async Task A_zero_in_a_reply_that_is_no_success_is_no_acceptance(int http)
    {
        var reply = await Client.CreateAsync(Answers.Json("""{"code":0,"message":"upstream connect error","data":7}""", http));
        Assert.Equal((Verdict.Defer, true, null, null), (reply.Verdict, reply.MayHaveBeenAccepted, reply.Status, reply.KeyId));
        Assert.Contains($"HTTP {http}", reply.Reason, StringComparison.Ordinal);
        Assert.EndsWith(
            "the 0 (success) in its JSON proves nothing. Its own words: upstream connect error",
            reply.Reason,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(502, -1)]
    [InlineData(500, -16)]
    [InlineData(500, -18)]
    [InlineData(500, -22)]
    [InlineData(500, -23)]
    [InlineData(503, -10)]
    [InlineData(504, -99)]
    [InlineData(302, -1)]
    public async Task A_refusal_under_an_HTTP_status_of_a_gateway_leaves_the_outcome_unknown_and_is_not_sent_again(int http, int status)
    {
        var reply = await Client.CreateAsync(Answers.Json($$"""{"code":{{status}}}""", http));
        Assert.Equal((Verdict.Defer, true, null), (reply.Verdict, reply.MayHaveBeenAccepted, reply.Status));
    }

    [Theory]
    [InlineData(200, false)]
    [InlineData(400, false)]
    [InlineData(500, true)]
    public async Task A_name_that_exists_is_said_to_exist_under_any_HTTP_status(int http, bool mayHaveBeenAccepted)
    {
        var reply = await Client.CreateAsync(Answers.Json("""{"code":-41}""", http));
        Assert.Equal((Verdict.Exists, mayHaveBeenAccepted), (reply.Verdict, reply.MayHaveBeenAccepted));
    }

    [Theory]
    [InlineData(500, Verdict.Defer, true)]
    [InlineData(400, Verdict.Reject, false)]
    [InlineData(404, Verdict.Hold, false)]
    [InlineData(429, Verdict.Defer, false)]
    public async Task The_JSON_error_page_of_a_web_framework_is_not_taken_for_a_status(int http, Verdict verdict, bool mayHaveBeenAccepted)
    {
        var reply = await Client.CreateAsync(Answers.Json($$"""{"timestamp":1630468800,"status":{{http}},"error":"Some error"}""", http));
        Assert.Equal((verdict, mayHaveBeenAccepted), (reply.Verdict, reply.MayHaveBeenAccepted));
        Assert.Null(reply.Status);
    }

    [Theory]
    [InlineData(200, Verdict.Defer, true)]
    [InlineData(204, Verdict.Defer, true)]
    [InlineData(304, Verdict.Defer, true)]
    [InlineData(400, Verdict.Reject, false)]
    [InlineData(401, Verdict.Hold, false)]
    [InlineData(402, Verdict.Reject, false)]
    [InlineData(403, Verdict.Hold, false)]
    [InlineData(404, Verdict.Hold, false)]
    [InlineData(405, Verdict.Hold, false)]
    [InlineData(406, Verdict.Reject, false)]
    [InlineData(408, Verdict.Defer, true)]
    [InlineData(413, Verdict.Reject, false)]
    [InlineData(429, Verdict.Defer, false)]
    [InlineData(500, Verdict.Defer, true)]
    [InlineData(502, Verdict.Defer, true)]
    [InlineData(503, Verdict.Defer, true)]
    public async Task Without_the_documented_JSON_the_HTTP_status_decides(int http, Verdict verdict, bool mayHaveBeenAccepted)
    {
        var reply = await Client.CreateAsync(Answers.Html(http));
        Assert.Equal((verdict, mayHaveBeenAccepted, http), (reply.Verdict, reply.MayHaveBeenAccepted, reply.HttpStatus));
        Assert.Null(reply.Status);
        Assert.Contains($"HTTP {http}", reply.Reason, StringComparison.Ordinal);
        Assert.Equal(verdict == Verdict.Hold, reply.Reason.Contains("Laaffic__BaseUrl", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(307)]
    [InlineData(308)]
    public async Task A_redirect_is_not_followed_and_leaves_the_outcome_unknown(int http)
    {
        var reply = await Client.CreateAsync(Answers.Html(http, ("Location", "/elsewhere")));
        Assert.Equal((Verdict.Defer, true, http), (reply.Verdict, reply.MayHaveBeenAccepted, reply.HttpStatus));
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("[{\"status\":\"0\"}]")]
    [InlineData("{}")]
    [InlineData("\"0\"")]
    [InlineData("0")]
    [InlineData("{\"data\":1}")]
    [InlineData("{\"status\":\"success\"}")]
    [InlineData("{\"status\":true}")]
    [InlineData("{\"status\":0.5}")]
    [InlineData("{\"status\":99999999999}")]
    [InlineData("{\"status\":\"0\",\"status\":\"-22\"}")]
    [InlineData("{\"STATUS\":\"0\"}")]
    [InlineData("{\"status\":\"0\",\"data\":12")]
    [InlineData("{\"status\":\"0\"}}")]
    public async Task Anything_but_the_documented_JSON_leaves_the_outcome_unknown(string body)
    {
        var reply = await Client.CreateAsync(Answers.Json(body));
        Assert.Equal((Verdict.Defer, true, 200), (reply.Verdict, reply.MayHaveBeenAccepted, reply.HttpStatus));
        Assert.Null(reply.Status);
    }

    [Theory]
    [InlineData(1024 * 1024 - 20, Verdict.Accepted)]
    [InlineData(1024 * 1024, Verdict.Defer)]
    public async Task A_reply_of_more_than_a_megabyte_is_not_the_documented_JSON(int padding, Verdict verdict)
    {
        var reply = await Client.CreateAsync(Answers.Json($$"""{"status":"0"}{{new string(' ', padding)}}"""));
        Assert.Equal((verdict, verdict == Verdict.Defer), (reply.Verdict, reply.MayHaveBeenAccepted));
    }

    [Fact]
    public async Task Retry_After_is_read_as_seconds()
    {
        var reply = await Client.CreateAsync(Answers.Html(429, ("Retry-After", "120")));
        Assert.Equal((Verdict.Defer, false, TimeSpan.FromMinutes(2)), (reply.Verdict, reply.MayHaveBeenAccepted, reply.RetryAfter));
    }

    [Theory]
    [InlineData(90, 90)]
    [InlineData(-90, 0)]
    public async Task Retry_After_as_a_date_is_compared_with_the_servers_clock(int ahead, int wait)
    {
        var server = new DateTimeOffset(2031, 3, 4, 5, 6, 7, TimeSpan.Zero);
        var reply = await Client.CreateAsync(
            Answers.Html(503, ("Date", Answers.HttpDate(server)), ("Retry-After", Answers.HttpDate(server.AddSeconds(ahead))))
        );
        Assert.Equal(TimeSpan.FromSeconds(wait), reply.RetryAfter);
    }

    [Theory]
    [InlineData("soon")]
    [InlineData("-5")]
    public async Task A_Retry_After_that_cannot_be_read_is_none(string value) =>
        Assert.Null((await Client.CreateAsync(Answers.Html(503, ("Retry-After", value)))).RetryAfter);
}
