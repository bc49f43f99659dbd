using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Laaffic.Api.Tests;

public class MayCompleteTests
{
    private const string Success = """{"status":"0","data":5}""";

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    [InlineData(1024 * 1024)]
    [InlineData(1024 * 1024 + 1)]
    [InlineData(5_000_000)]
    public async Task A_request_that_may_not_complete_never_reaches_the_server_as_a_whole(int length)
    {
        await using var server = new CountingServer();
        using var bytes = new GeneratedStream(length);
        var givenAtQuestion = 0L;
        var asked = 0;

        var reply = await Client
            .For(server.Address)
            .CreateTaskAsync(
                new(length, _ => Task.FromResult<Stream>(bytes))
                {
                    MayComplete = () =>
                    {
                        (asked, givenAtQuestion) = (asked + 1, bytes.Given);
                        return false;
                    },
                },
                Cancelled
            );

        Assert.Equal((Verdict.Defer, false, null, null), (reply.Verdict, reply.MayHaveBeenAccepted, reply.HttpStatus, reply.KeyId));
        Assert.Contains(
            "The time reserved for the attempt was over before the request was complete",
            reply.Reason,
            StringComparison.Ordinal
        );
        Assert.Equal((1, length), (asked, givenAtQuestion)); // as late as can be
        Assert.InRange(await server.BodyBytesAsync(), 0, length - 1);
        Assert.True(bytes.Disposed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5_000_000)]
    public async Task A_request_that_may_complete_arrives_as_a_whole(int length)
    {
        long received = 0;
        await using var server = await ScriptedServer.StartAsync(
            async (context, _) =>
            {
                received = await CountAsync(context);
                await context.Response.WriteAsync(Success);
            }
        );
        using var bytes = new GeneratedStream(length);
        var asked = 0;

        var reply = await Client
            .For(server)
            .CreateTaskAsync(new(length, _ => Task.FromResult<Stream>(bytes)) { MayComplete = () => ++asked > 0 }, Cancelled);

        Assert.Equal((Verdict.Accepted, 1, length), (reply.Verdict, asked, received));
    }

    [Fact]
    public async Task A_body_that_comes_byte_by_byte_is_asked_about_before_its_last()
    {
        var json = Encoding.UTF8.GetBytes("""{"taskName":"spring"}""");
        await using var server = new CountingServer();

        var reply = await Client
            .For(server.Address)
            .CreateTaskAsync(new(json.Length, _ => Task.FromResult<Stream>(new ByteByByte(json))) { MayComplete = () => false }, Cancelled);

        Assert.False(reply.MayHaveBeenAccepted);
        Assert.InRange(await server.BodyBytesAsync(), 0, json.Length - 1);
    }

    [Fact]
    public async Task The_question_is_asked_again_in_an_attempt_that_is_signed_again()
    {
        await using var server = await ScriptedServer.StartAsync(Answers.Json("""{"status":"-1"}"""));
        var asked = 0;

        var reply = await Client.For(server).CreateTaskAsync(Client.Body() with { MayComplete = () => ++asked == 1 }, Cancelled);

        Assert.Equal((Verdict.Defer, false, 2), (reply.Verdict, reply.MayHaveBeenAccepted, asked));
    }

    [Fact]
    public async Task A_cancellation_after_the_question_leaves_the_outcome_unknown()
    {
        var taken = new TaskCompletionSource();
        await using var server = await ScriptedServer.StartAsync(Answers.Silence(taken));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancelled);
        var call = Client.For(server).CreateTaskAsync(Client.Body() with { MayComplete = () => true }, stop.Token);
        await taken.Task.WaitAsync(Cancelled);
        await stop.CancelAsync();

        Assert.True((await call).MayHaveBeenAccepted);
    }

    /// <summary>How many bytes of the body arrive before it ends or the connection breaks.</summary>
    private static async Task<long> CountAsync(HttpContext context)
    {
        var received = 0L;
        var buffer = new byte[64 * 1024];
        try
        {
            int read;
            while ((read = await context.Request.Body.ReadAsync(buffer)) > 0)
            {
                received += read;
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            // What arrived is what there is.
        }

        return received;
    }

    private sealed class ByteByByte(byte[] bytes) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..1], cancellationToken);
    }

    /// <summary>Takes in whatever comes and answers nothing.</summary>
    private sealed class CountingServer : IAsyncDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task<long> _received;

        public CountingServer()
        {
            _listener.Start();
            _received = Task.Run(ReceiveAsync);
        }

        public Uri Address => new($"http://{_listener.LocalEndpoint}");

        /// <summary>How many bytes of a body have come by the time at which the client is gone.</summary>
        public Task<long> BodyBytesAsync() => _received.WaitAsync(TimeSpan.FromSeconds(30), Cancelled);

        public ValueTask DisposeAsync()
        {
            _listener.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task<long> ReceiveAsync()
        {
            using var client = await _listener.AcceptTcpClientAsync(Cancelled);
            var all = new MemoryStream();
            try
            {
                await client.GetStream().CopyToAsync(all, Cancelled);
            }
            catch (IOException)
            {
                // The client has broken it off.
            }

            var head = all.ToArray().AsSpan().IndexOf("\r\n\r\n"u8);
            return head < 0 ? 0 : all.Length - head - 4;
        }
    }
}
