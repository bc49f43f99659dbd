using Microsoft.AspNetCore.Http;

namespace Laaffic.Api.Tests;

public class StreamingTests
{
    [Fact]
    public async Task A_body_of_80_MB_is_passed_on_while_it_is_read()
    {
        const long length = 80_000_000;
        await using var bytes = new GeneratedStream(length);
        long givenAtFirstByte = 0,
            received = 0;
        long? announced = null;
        await using var server = await ScriptedServer.StartAsync(
            async (context, _) =>
            {
                announced = context.Request.ContentLength;
                var buffer = new byte[64 * 1024];
                for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0; received += read)
                {
                    if (received == 0)
                    {
                        givenAtFirstByte = bytes.Given;
                    }
                }

                await context.Response.WriteAsync("""{"status":"0","data":5}""");
            }
        );

        var reply = await Client
            .For(server)
            .CreateTaskAsync(new(length, _ => Task.FromResult<Stream>(bytes)), TestContext.Current.CancellationToken);

        Assert.Equal((Verdict.Accepted, 5L), (reply.Verdict, reply.KeyId));
        Assert.Equal((length, length), (announced, received));
        // What is not read yet fits the buffers of the two sockets; a client that collects the body first would have it all.
        Assert.InRange(givenAtFirstByte, 1, length / 2);
        Assert.True(bytes.Disposed);
    }
}
