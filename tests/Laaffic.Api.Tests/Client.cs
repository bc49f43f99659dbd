using System.Text;

namespace Laaffic.Api.Tests;

/// <summary>Clients and bodies for tests.</summary>
internal static class Client
{
    public static readonly LaafficCredentials Secrets = new("2Xql9RBI", "bDqJFiq9", "7bz1lzh9");

    public static LaafficClient For(
        ScriptedServer server,
        string prefix = "",
        CredentialsProvider? credentials = null,
        TimeSpan? timeout = null
    ) => For(new Uri(server.Address, prefix), credentials, timeout);

    public static LaafficClient For(
        Uri address,
        CredentialsProvider? credentials = null,
        TimeSpan? timeout = null,
        HttpMessageHandler? handler = null
    )
    {
        var http = new HttpClient(handler ?? LaafficHttp.CreateHandler()) { BaseAddress = address };
        if (timeout is { } limit)
        {
            http.Timeout = limit;
        }

        return new LaafficClient(http, credentials ?? ((_, _) => ValueTask.FromResult(Secrets)), TimeProvider.System);
    }

    public static TaskBody Body(string json = """{"taskName":"spring"}""")
    {
        var bytes = Encoding.UTF8.GetBytes(json);
        return new TaskBody(bytes.Length, _ => Task.FromResult<Stream>(new MemoryStream(bytes)));
    }

    public static async Task<CreateTaskReply> CreateAsync(params Func<Microsoft.AspNetCore.Http.HttpContext, ReceivedCall, Task>[] script)
    {
        await using var server = await ScriptedServer.StartAsync(script);
        return await For(server).CreateTaskAsync(Body(), TestContext.Current.CancellationToken);
    }
}
