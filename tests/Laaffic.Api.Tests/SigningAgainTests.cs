using System.Globalization;

namespace Laaffic.Api.Tests;

public class SigningAgainTests
{
    private const string Success = """{"status":"0","data":1}""";
    private const string Expired = """{"status":"-16"}""";
    private const string NotRecognised = """{"status":"-1"}""";

    private static readonly LaafficCredentials NewSecrets = new("2Xql9RBI", "newKey", "newSecret");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_expired_timestamp_is_replaced_by_the_servers_own_and_the_body_sent_from_its_start()
    {
        var serverTime = DateTimeOffset.UtcNow.AddHours(-7);
        await using var server = await ScriptedServer.StartAsync(
            Answers.Json(Expired, headers: ("Date", Answers.HttpDate(serverTime))),
            Answers.Json(Success)
        );

        var reply = await Client.For(server).CreateTaskAsync(Client.Body(), Cancelled);

        Assert.Equal(Verdict.Accepted, reply.Verdict);
        Assert.Equal(server.Calls[0].Body, server.Calls[1].Body);
        AssertSigned(server.Calls[1], serverTime, Client.Secrets);
    }

    [Fact]
    public async Task The_servers_clock_is_kept_for_the_calls_that_follow()
    {
        var serverTime = DateTimeOffset.UtcNow.AddHours(3);
        await using var server = await ScriptedServer.StartAsync(
            Answers.Json(Expired, headers: ("Date", Answers.HttpDate(serverTime))),
            Answers.Json(Success),
            Answers.Json(Success)
        );
        var client = Client.For(server);

        await client.CreateTaskAsync(Client.Body(), Cancelled);
        await client.CreateTaskAsync(Client.Body(), Cancelled);

        AssertSigned(server.Calls[2], serverTime, Client.Secrets);
    }

    [Fact]
    public async Task A_timestamp_that_is_refused_twice_is_the_answer()
    {
        var reply = await Client.CreateAsync(Answers.Json(Expired), Answers.Json(Expired));
        Assert.Equal((Verdict.ClockSkew, false), (reply.Verdict, reply.MayHaveBeenAccepted));
    }

    [Fact]
    public async Task Without_a_date_from_the_server_there_is_nothing_to_sign_anew_with()
    {
        var reply = await Client.CreateAsync(
            async (context, call) =>
            {
                context.Response.Headers.Date = "";
                await Answers.Json(Expired)(context, call);
            }
        );
        Assert.Equal((Verdict.ClockSkew, false), (reply.Verdict, reply.MayHaveBeenAccepted));
    }

    [Fact]
    public async Task Secrets_that_were_replaced_are_fetched_again()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json(NotRecognised), Answers.Json(Success));
        var client = Client.For(server, credentials: (refresh, _) => ValueTask.FromResult(refresh ? NewSecrets : Client.Secrets));

        var reply = await client.CreateTaskAsync(Client.Body(), Cancelled);

        Assert.Equal(Verdict.Accepted, reply.Verdict);
        AssertSigned(server.Calls[0], DateTimeOffset.UtcNow, Client.Secrets);
        AssertSigned(server.Calls[1], DateTimeOffset.UtcNow, NewSecrets);
    }

    [Fact]
    public async Task An_account_that_is_not_recognised_with_new_secrets_either_is_the_answer()
    {
        var reply = await Client.CreateAsync(Answers.Json(NotRecognised), Answers.Json(NotRecognised));
        Assert.Equal((Verdict.FixCredentials, false), (reply.Verdict, reply.MayHaveBeenAccepted));
    }

    [Fact]
    public async Task New_secrets_and_the_servers_clock_can_be_needed_in_one_call()
    {
        var reply = await Client.CreateAsync(Answers.Json(Expired), Answers.Json(NotRecognised), Answers.Json(Success));
        Assert.Equal(Verdict.Accepted, reply.Verdict);
    }

    [Fact]
    public async Task A_second_attempt_whose_reply_is_lost_leaves_the_outcome_unknown()
    {
        var reply = await Client.CreateAsync(Answers.Json(NotRecognised), Answers.AbortAfterBody);
        Assert.Equal((Verdict.Defer, true), (reply.Verdict, reply.MayHaveBeenAccepted));
    }

    [Fact]
    public async Task A_cancellation_between_two_attempts_returns_the_answer_of_the_first()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json(NotRecognised));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var client = Client.For(
            server,
            credentials: async (refresh, cancellationToken) =>
            {
                if (refresh)
                {
                    await stop.CancelAsync();
                }

                cancellationToken.ThrowIfCancellationRequested();
                return Client.Secrets;
            }
        );

        var reply = await client.CreateTaskAsync(Client.Body(), stop.Token);

        Assert.Equal((Verdict.FixCredentials, false), (reply.Verdict, reply.MayHaveBeenAccepted));
    }

    [Theory]
    [InlineData("")]
    [InlineData("key\n")]
    [InlineData("clé")]
    public async Task A_key_that_no_header_can_carry_is_a_matter_of_the_secrets(string key)
    {
        await using var server = await ScriptedServer.StartAsync();
        var client = Client.For(server, credentials: (_, _) => ValueTask.FromResult(Client.Secrets with { ApiKey = key }));
        var reply = await client.CreateTaskAsync(Client.Body(), Cancelled);
        Assert.Equal((Verdict.FixCredentials, false), (reply.Verdict, reply.MayHaveBeenAccepted));
    }

    [Fact]
    public void Secrets_do_not_show_in_a_text() => Assert.Equal("Laaffic application 2Xql9RBI", $"{Client.Secrets}");

    private static void AssertSigned(ReceivedCall call, DateTimeOffset about, LaafficCredentials secrets)
    {
        var timestamp = long.Parse(call.Header("Timestamp")!, CultureInfo.InvariantCulture);
        Assert.InRange(timestamp, about.ToUnixTimeSeconds() - 60, about.ToUnixTimeSeconds() + 60);
        Assert.Equal(secrets.ApiKey, call.Header("Api-Key"));
        Assert.Equal(RequestSignature.Compute(secrets.ApiKey, secrets.ApiSecret, timestamp), call.Header("Sign"));
    }
}
