using System.Text;
using System.Text.Json;
using CsCheck;
using Microsoft.AspNetCore.Http;

namespace Laaffic.Api.Tests;

public class AppIdSlotTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("other-id")]
    [InlineData("x")]
    [InlineData("an id that is much longer than the one before it")]
    [InlineData("quo\"ted\\ and 中文")]
    public async Task The_application_id_of_the_present_credentials_is_sent(string appId)
    {
        var sent = "";
        await using var server = await ScriptedServer.StartAsync(
            async (context, _) =>
            {
                sent = await new StreamReader(context.Request.Body).ReadToEndAsync();
                Assert.Equal(context.Request.ContentLength, Encoding.UTF8.GetByteCount(sent));
                await context.Response.WriteAsync("""{"status":"0","data":5}""");
            }
        );

        var reply = await Client
            .For(server, credentials: (_, _) => new(Client.Secrets with { AppId = appId }))
            .CreateTaskAsync(Body(), Token);

        Assert.Equal(Verdict.Accepted, reply.Verdict);
        var json = JsonDocument.Parse(sent).RootElement;
        Assert.Equal(
            (appId, "spring", 1),
            (
                json.GetProperty("appId").GetString(),
                json.GetProperty("taskName").GetString(),
                json.GetProperty("numberInfoList").GetArrayLength()
            )
        );
    }

    [Fact]
    public async Task After_a_refused_authentication_the_newly_fetched_application_id_is_sent()
    {
        List<string> sent = [];
        await using var server = await ScriptedServer.StartAsync(
            async (context, _) => await AnswerAsync(context, """{"status":"-1"}"""),
            async (context, _) => await AnswerAsync(context, """{"status":"0","data":5}""")
        );

        var reply = await Client
            .For(server, credentials: (refresh, _) => new(Client.Secrets with { AppId = refresh ? "fixed" : "wrong" }))
            .CreateTaskAsync(Body(), Token);

        Assert.Equal(Verdict.Accepted, reply.Verdict);
        Assert.Equal(["wrong", "fixed"], sent.Select(body => JsonDocument.Parse(body).RootElement.GetProperty("appId").GetString()!));

        async Task AnswerAsync(HttpContext context, string answer)
        {
            sent.Add(await new StreamReader(context.Request.Body).ReadToEndAsync());
            await context.Response.WriteAsync(answer);
        }
    }

    [Fact]
    public Task Only_the_bytes_of_the_slot_are_replaced_however_they_come() =>
        Gen.Select(Gen.Byte.Array[1, 300], Gen.Char['a', 'z'].Array[1, 40], Gen.Int[0, 300], Gen.Int[0, 60], Gen.Int[1, 50])
            .SampleAsync(
                async (stored, appId, at, length, piece) =>
                {
                    at = Math.Min(at, stored.Length);
                    length = Math.Min(length, stored.Length - at);
                    byte[] sent = [];
                    await using var server = await ScriptedServer.StartAsync(
                        async (context, _) =>
                        {
                            using var body = new MemoryStream();
                            await context.Request.Body.CopyToAsync(body);
                            sent = body.ToArray();
                            await context.Response.WriteAsync("""{"status":"0","data":5}""");
                        }
                    );
                    var client = Client.For(server, credentials: (_, _) => new(Client.Secrets with { AppId = new string(appId) }));

                    await client.CreateTaskAsync(
                        new(stored.Length, _ => Task.FromResult<Stream>(new Pieces(stored, piece))) { AppId = new(at, length) },
                        Token
                    );

                    Assert.Equal([.. stored[..at], .. Encoding.ASCII.GetBytes(appId), .. stored[(at + length)..]], sent);
                },
                iter: 40,
                threads: 1
            );

    private sealed class Pieces(byte[] bytes, int size) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(size, buffer.Length)], cancellationToken);
    }

    private static TaskBody Body()
    {
        const string json = """{"numberInfoList":[{"calleeNumber":"12025550101"}],"appId":"stored-id","taskName":"spring"}""";
        var offset = json.IndexOf("stored-id", StringComparison.Ordinal);
        return Client.Body(json) with { AppId = new(offset, "stored-id".Length) };
    }
}
