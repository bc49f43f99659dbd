using System.Net.Sockets;

namespace Laaffic.Api.Tests;

public class LostReplyTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_can_have_been_accepted_where_nobody_listens()
    {
        var reply = await Client.For(ScriptedServer.NobodysAddress()).CreateTaskAsync(Client.Body(), Cancelled);
        AssertNotSent(reply);
    }

    [Fact]
    public async Task Nothing_can_have_been_accepted_by_a_host_that_does_not_exist()
    {
        var reply = await Client.For(new Uri("http://voice.invalid")).CreateTaskAsync(Client.Body(), Cancelled);
        AssertNotSent(reply);
    }

    [Fact]
    public async Task Nothing_can_have_been_accepted_where_TLS_fails()
    {
        await using var server = await ScriptedServer.StartAsync();
        var reply = await Client.For(new UriBuilder(server.Address) { Scheme = "https" }.Uri).CreateTaskAsync(Client.Body(), Cancelled);
        AssertNotSent(reply);
    }

    [Fact]
    public async Task Nothing_can_have_been_accepted_where_the_time_to_connect_is_over()
    {
        // Accepts at the level of TCP, as a queue that nobody serves, and never answers the TLS greeting.
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        var client = Client.For(new Uri($"https://{listener.LocalEndpoint}"), timeout: TimeSpan.FromMilliseconds(200));

        AssertNotSent(await client.CreateTaskAsync(Client.Body(), Cancelled));
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_body_is_read_leaves_the_outcome_unknown() =>
        AssertUnknown(await Client.CreateAsync(Answers.AbortBeforeBody));

    [Fact]
    public async Task A_connection_that_breaks_after_the_body_is_read_leaves_the_outcome_unknown() =>
        AssertUnknown(await Client.CreateAsync(Answers.AbortAfterBody));

    [Theory]
    [InlineData(200)]
    [InlineData(400)]
    public async Task A_reply_that_breaks_off_leaves_the_outcome_unknown(int http)
    {
        var reply = await Client.CreateAsync(Answers.HalfOf("""{"status":"-37","reason":"too many"}""", http));
        AssertUnknown(reply);
        Assert.Equal(http, reply.HttpStatus);
    }

    [Fact]
    public async Task A_body_is_sent_once_even_when_a_kept_connection_turns_out_to_be_broken()
    {
        // The handler would repeat a request without a body on a new connection.
        await using var server = await ScriptedServer.StartAsync(Answers.Json("""{"status":"-37"}"""), Answers.AbortAfterBody);
        var client = Client.For(server);

        Assert.Equal(Verdict.Busy, (await client.CreateTaskAsync(Client.Body(), Cancelled)).Verdict);
        AssertUnknown(await client.CreateTaskAsync(Client.Body(), Cancelled));
        Assert.Equal(2, server.Calls.Count);
    }

    [Fact]
    public async Task A_body_is_sent_once_even_under_a_handler_that_repeats()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Html(503));
        var client = Client.For(server.Address, handler: new RepeatingHandler { InnerHandler = LaafficHttp.CreateHandler() });

        var reply = await client.CreateTaskAsync(Client.Body(), Cancelled);
        AssertUnknown(reply);
        Assert.Contains("a second time", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Silence_leaves_the_outcome_unknown_when_the_time_is_over()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Silence());
        AssertUnknown(
            await Client
                .For(server, timeout: TimeSpan.FromSeconds(4))
                .CreateTaskAsync(Client.Body(), Cancelled)
                .WaitAsync(Deadline, Cancelled)
        );
    }

    [Fact]
    public async Task A_reply_that_stops_after_its_headers_leaves_the_outcome_unknown_when_the_time_is_over()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.HeadersOnly());
        var reply = await Client
            .For(server, timeout: TimeSpan.FromSeconds(4))
            .CreateTaskAsync(Client.Body(), Cancelled)
            .WaitAsync(Deadline, Cancelled);
        AssertUnknown(reply);
        Assert.Equal(200, reply.HttpStatus);
    }

    [Fact]
    public async Task A_cancellation_before_sending_is_thrown()
    {
        await using var server = await ScriptedServer.StartAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            Client.For(server).CreateTaskAsync(Client.Body(), new CancellationToken(canceled: true))
        );
    }

    [Fact]
    public async Task A_cancellation_while_waiting_for_the_reply_leaves_the_outcome_unknown()
    {
        var taken = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(Answers.Silence(taken));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var call = Client.For(server).CreateTaskAsync(Client.Body(), stop.Token);
        await taken.Task.WaitAsync(Cancelled);
        await stop.CancelAsync();

        var reply = await call;
        AssertUnknown(reply);
        Assert.Contains("cancelled", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cancellation_while_reading_the_reply_leaves_the_outcome_unknown()
    {
        var sent = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(Answers.HeadersOnly(sent));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);

        var call = Client.For(server).CreateTaskAsync(Client.Body(), stop.Token);
        await sent.Task.WaitAsync(Cancelled);
        await stop.CancelAsync();

        AssertUnknown(await call);
    }

    [Fact]
    public async Task A_stored_body_that_cannot_be_opened_is_the_callers_exception()
    {
        await using var server = await ScriptedServer.StartAsync();
        var body = new TaskBody(10, _ => Task.FromException<Stream>(new FileNotFoundException("gone")));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Client.For(server).CreateTaskAsync(body, Cancelled));
    }

    [Fact]
    public async Task A_stored_body_that_fails_while_it_is_sent_leaves_the_outcome_unknown()
    {
        await using var server = await SteadyServer.StartAsync();
        using var bytes = new GeneratedStream(3_000_000, failsAt: 2_000_000);
        var reply = await Client.For(server.Address).CreateTaskAsync(new(3_000_000, _ => Task.FromResult<Stream>(bytes)), Cancelled);
        AssertUnknown(reply);
        Assert.Contains("storage is gone", reply.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stored_body_that_is_shorter_than_announced_is_never_taken_for_accepted()
    {
        await using var server = await SteadyServer.StartAsync();
        server.Reply("""{"status":"0"}"""u8.ToArray(), 200);
        using var bytes = new GeneratedStream(2_000_000);
        var reply = await Client.For(server.Address).CreateTaskAsync(new(3_000_000, _ => Task.FromResult<Stream>(bytes)), Cancelled);
        AssertUnknown(reply);
    }

    private static void AssertNotSent(CreateTaskReply reply)
    {
        Assert.Equal((Verdict.Defer, false), (reply.Verdict, reply.MayHaveBeenAccepted));
        Assert.Null(reply.HttpStatus);
        Assert.StartsWith("No connection to Laaffic could be made: ", reply.Reason, StringComparison.Ordinal);
    }

    private static void AssertUnknown(CreateTaskReply reply)
    {
        Assert.Equal((Verdict.Defer, true), (reply.Verdict, reply.MayHaveBeenAccepted));
        Assert.Null(reply.Status);
        Assert.Null(reply.KeyId);
    }

    private sealed class RepeatingHandler : DelegatingHandler
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = await base.SendAsync(request, cancellationToken);
            return response.IsSuccessStatusCode ? response : await base.SendAsync(request, cancellationToken);
        }
    }
}
