using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Laaffic.Api.Tests;

/// <summary>
/// An HTTP server on loopback that answers one call after the other as it was told. <see cref="DisposeAsync"/> fails if
/// there was a call too many or too few.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication app;
    private readonly ConcurrentQueue<Func<HttpContext, ReceivedCall, Task>> script;
    private readonly ConcurrentQueue<ReceivedCall> calls = [];
    private int unexpected;

    private ScriptedServer(WebApplication app, IEnumerable<Func<HttpContext, ReceivedCall, Task>> script) =>
        (this.app, this.script) = (app, new(script));

    /// <summary>Every call so far, in order.</summary>
    public IReadOnlyList<ReceivedCall> Calls => [.. calls];

    public Uri Address => new(app.Urls.Single());

    public static async Task<ScriptedServer> StartAsync(params Func<HttpContext, ReceivedCall, Task>[] script)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinRequestBodyDataRate = null;
        });
        var app = builder.Build();
        var server = new ScriptedServer(app, script);
        app.Run(server.AnswerAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>An address on which nothing listens.</summary>
    public static Uri NobodysAddress()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var address = new Uri($"http://{listener.LocalEndpoint}");
        listener.Stop();
        return address;
    }

    public async ValueTask DisposeAsync()
    {
        await app.DisposeAsync();
        Assert.True(unexpected == 0, $"{unexpected} calls more than the test expected");
        Assert.True(script.IsEmpty, $"{script.Count} calls fewer than the test expected");
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var call = new ReceivedCall(context.Request);
        calls.Enqueue(call);
        if (script.TryDequeue(out var reply))
        {
            await reply(context, call);
        }
        else
        {
            Interlocked.Increment(ref unexpected);
            context.Abort();
        }
    }
}

/// <summary>One call that a <see cref="ScriptedServer"/> received.</summary>
internal sealed class ReceivedCall(HttpRequest request)
{
    private readonly Dictionary<string, string> headers =
        request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase);

    public string Method { get; } = request.Method;

    public string Path { get; } = request.Path;

    public string Body { get; set; } = "";

    public string? Header(string name) => headers.GetValueOrDefault(name);
}

/// <summary>What a <see cref="ScriptedServer"/> can be told to do with a call.</summary>
internal static class Answers
{
    public static Func<HttpContext, ReceivedCall, Task> Json(string json, int httpStatus = 200, params (string Name, string Value)[] headers) =>
        Bytes(Encoding.UTF8.GetBytes(json), httpStatus, "application/json", headers);

    public static Func<HttpContext, ReceivedCall, Task> Html(int httpStatus, params (string Name, string Value)[] headers) =>
        Bytes("<html><body>Not what you expected</body></html>"u8.ToArray(), httpStatus, "text/html", headers);

    public static Func<HttpContext, ReceivedCall, Task> Bytes(
        byte[] bytes, int httpStatus = 200, string type = "application/json", params (string Name, string Value)[] headers) =>
        async (context, call) =>
        {
            await ReadBodyAsync(context, call);
            context.Response.StatusCode = httpStatus;
            context.Response.ContentType = type;
            foreach (var (name, value) in headers)
                context.Response.Headers[name] = value;
            if (httpStatus is not 204 and not 304)
                await context.Response.Body.WriteAsync(bytes);
        };

    /// <summary>Closes the connection as soon as the headers are there.</summary>
    public static Task AbortBeforeBody(HttpContext context, ReceivedCall call)
    {
        context.Abort();
        return Task.CompletedTask;
    }

    /// <summary>Takes the whole request and closes the connection without a word.</summary>
    public static async Task AbortAfterBody(HttpContext context, ReceivedCall call)
    {
        await ReadBodyAsync(context, call);
        context.Abort();
    }

    /// <summary>Sends half of what it announced and closes the connection.</summary>
    public static Func<HttpContext, ReceivedCall, Task> HalfOf(string json, int httpStatus = 200) =>
        async (context, call) =>
        {
            await ReadBodyAsync(context, call);
            context.Response.StatusCode = httpStatus;
            context.Response.ContentLength = json.Length;
            await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(json[..(json.Length / 2)]));
            // Kestrel closes the connection of a reply that is shorter than announced, after what there is of it.
        };

    /// <summary>Takes the whole request, says so, and never answers.</summary>
    public static Func<HttpContext, ReceivedCall, Task> Silence(TaskCompletionSource? taken = null) =>
        async (context, call) =>
        {
            await ReadBodyAsync(context, call);
            taken?.TrySetResult();
            await UntilGoneAsync(context);
        };

    /// <summary>Sends the headers of a reply, says so, and never sends the rest.</summary>
    public static Func<HttpContext, ReceivedCall, Task> HeadersOnly(TaskCompletionSource? sent = null) =>
        async (context, call) =>
        {
            await ReadBodyAsync(context, call);
            context.Response.ContentLength = 100;
            await context.Response.Body.FlushAsync();
            sent?.TrySetResult();
            await UntilGoneAsync(context);
        };

    public static string HttpDate(DateTimeOffset time) => time.ToString("r", CultureInfo.InvariantCulture);

    public static async Task ReadBodyAsync(HttpContext context, ReceivedCall call)
    {
        using var reader = new StreamReader(context.Request.Body, Encoding.UTF8);
        call.Body = await reader.ReadToEndAsync();
    }

    private static async Task UntilGoneAsync(HttpContext context)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (context.Features.Get<IHttpRequestLifetimeFeature>()!.RequestAborted.Register(gone.SetResult))
            await gone.Task;
    }
}
