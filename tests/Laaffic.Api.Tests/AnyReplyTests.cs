using System.Text;
using CsCheck;

namespace Laaffic.Api.Tests;

public class AnyReplyTests
{
    private const int Replies = 400;

    /// <summary>Pieces of replies: put together at random they come close to real ones, and cut off anywhere.</summary>
    private static readonly Gen<byte[]> Pieces = Gen.OneOf(
            "{",
            "}",
            "[",
            "]",
            ":",
            ",",
            "\"status\"",
            "\"code\"",
            "\"reason\"",
            "\"data\"",
            "\"records\"",
            "\"taskName\"",
            "\"taskId\"",
            "\"0\"",
            "0",
            "-0",
            "1e999",
            "-37",
            "\"-22\"",
            "null",
            "true",
            "\"\\ud800\"",
            "\"\\ud800\":1",
            "\"\\u0000\"",
            "\"",
            "\\",
            " ",
            "\uFEFF"
        )
        .Array[0, 30]
        .Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces)));

    private static readonly Gen<byte[]> Damaged = Gen.Select(
        Gen.OneOf(
            """{"status":"0","reason":"success","data":123123}""",
            """{"code":0,"msg":"ok","data":{"total":1,"size":10,"current":1,"pages":1,"records":[{"taskId":"""
                + """7,"taskName":"spring","status":2}]}}"""
        ),
        Gen.Int[0, 120],
        Gen.Byte,
        (json, at, value) =>
        {
            var bytes = Encoding.UTF8.GetBytes(json);
            if (at < bytes.Length)
            {
                bytes[at] = value;
            }

            return bytes;
        }
    );

    private static readonly Gen<byte[]> AnyBytes = Gen.OneOf<byte[]>(Gen.Byte.Array[0, 200], Pieces, Damaged);

    [Fact]
    public async Task Any_reply_to_a_create_call_is_an_answer_and_never_an_exception()
    {
        await using var server = await SteadyServer.StartAsync();
        var client = Client.For(server.Address);
        await Gen.Select(AnyBytes, Gen.OneOf(200, 202, 302, 400, 404, 408, 429, 500, 503))
            .SampleAsync(
                async (bytes, http) =>
                {
                    server.Reply(bytes, http);
                    var reply = await client.CreateTaskAsync(Client.Body(), TestContext.Current.CancellationToken);
                    Assert.True(Enum.IsDefined(reply.Verdict));
                    Assert.NotEmpty(reply.Reason);
                    Assert.Equal(http, reply.HttpStatus);
                    Assert.Equal(reply.Verdict == Verdict.Accepted, reply.Status?.Code == 0);
                    Assert.True(reply.Verdict != Verdict.Accepted || http < 300);
                    // What is not documented JSON is never taken for certain, unless HTTP itself refuses.
                    if (reply.Status is null && http is not (400 or 404 or 429))
                    {
                        Assert.True(reply.MayHaveBeenAccepted);
                    }
                },
                iter: Replies,
                threads: 1
            );
    }

    [Fact]
    public async Task Any_reply_to_a_query_is_an_answer_and_never_an_exception()
    {
        await using var server = await SteadyServer.StartAsync();
        var client = Client.For(server.Address);
        await AnyBytes.SampleAsync(
            async bytes =>
            {
                server.Reply(bytes, 200);
                var reply = await client.QueryTasksAsync(
                    new(DateTime.UnixEpoch, DateTime.UnixEpoch),
                    TestContext.Current.CancellationToken
                );
                Assert.Equal(reply.Verdict == Verdict.Accepted, reply.Page is not null);
                Assert.NotEmpty(reply.Reason);
            },
            iter: Replies,
            threads: 1
        );
    }
}
