namespace Laaffic.Api.Tests;

public class CancelAndBalanceTests
{
    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tasks_are_cancelled_by_their_ids()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json("""{"status":"0"}"""));

        var reply = await Client.For(server).CancelTasksAsync([123, 9007199254740993], Cancelled);

        Assert.Equal((Verdict.Accepted, false), (reply.Verdict, reply.MayHaveBeenCancelled));
        var call = Assert.Single(server.Calls);
        Assert.Equal(("POST", "/voice/group/call/cancel"), (call.Method, call.Path));
        Assert.Equal("application/json;charset=UTF-8", call.Header("Content-Type"));
        Assert.Equal("""{"taskIdList":[123,9007199254740993]}""", call.Body);
    }

    [Fact]
    public async Task A_wrong_task_is_refused_for_good()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json("""{"code":-54,"msg":"task error"}"""));
        var reply = await Client.For(server).CancelTasksAsync([1], Cancelled);
        Assert.Equal((Verdict.Reject, -54), (reply.Verdict, reply.Status?.Code));
    }

    [Fact]
    public async Task A_lost_reply_to_a_cancellation_is_said_to_be_lost()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.AbortAfterBody);
        var reply = await Client.For(server).CancelTasksAsync([1], Cancelled);
        Assert.Equal((Verdict.Defer, true), (reply.Verdict, reply.MayHaveBeenCancelled));
    }

    [Fact]
    public async Task Nothing_to_cancel_is_a_mistake_of_the_caller() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Client.For(ScriptedServer.NobodysAddress()).CancelTasksAsync([], Cancelled));

    [Theory]
    [InlineData("")]
    [InlineData("/v3")]
    [InlineData("/V3/")]
    public async Task The_balance_is_asked_under_v3_whether_or_not_the_base_ends_with_it(string prefix)
    {
        await using var server = await ScriptedServer.StartAsync(
            Answers.Json("""{"status":"0","reason":"success","balance":"1024.50","gift":"0","credit":-3}""")
        );

        var reply = await Client.For(server, prefix).GetBalanceAsync(Cancelled);

        Assert.Equal(Verdict.Accepted, reply.Verdict);
        Assert.Equal((1024.50m, 0m, -3m), (reply.Balance, reply.Gift, reply.Credit));
        var call = Assert.Single(server.Calls);
        Assert.Equal(("GET", "/v3/getBalance"), (call.Method, call.Path.Replace("/V3", "/v3", StringComparison.Ordinal)));
        Assert.Equal("application/json;charset=UTF-8", call.Header("Content-Type"));
        Assert.Equal("bDqJFiq9", call.Header("Api-Key"));
        Assert.NotNull(call.Header("Sign"));
    }

    [Fact]
    public async Task A_refused_balance_has_no_amounts()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json("""{"status":"-2","balance":"5"}"""));
        var reply = await Client.For(server).GetBalanceAsync(Cancelled);
        Assert.Equal((Verdict.Hold, null), (reply.Verdict, reply.Balance));
    }

    [Fact]
    public void A_client_without_a_base_address_says_what_is_missing()
    {
        using var http = new HttpClient();
        var error = Assert.Throws<ArgumentException>(() =>
            new LaafficClient(http, (_, _) => ValueTask.FromResult(Client.Secrets), TimeProvider.System)
        );
        Assert.Contains("BaseAddress", error.Message, StringComparison.Ordinal);
    }
}
