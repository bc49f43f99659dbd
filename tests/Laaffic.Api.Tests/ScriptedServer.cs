using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Laaffic.Api.Tests;

/// <summary>
/// An HTTP server on loopback that answers one call after the other as it was told. <see cref="DisposeAsync"/> fails if
/// there was a call too many or too few.
/// </summary>
internal sealed class ScriptedServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Func<HttpContext, ReceivedCall, Task>> _script;
    private readonly ConcurrentQueue<ReceivedCall> _calls = [];
    private int _unexpected;

    private ScriptedServer(WebApplication app, IEnumerable<Func<HttpContext, ReceivedCall, Task>> script) =>
        (this._app, this._script) = (app, new(script));

    /// <summary>Every call so far, in order.</summary>
    public IReadOnlyList<ReceivedCall> Calls => [.. _calls];

    public Uri Address => new(_app.Urls.Single());

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
        await _app.DisposeAsync();
        Assert.True(_unexpected == 0, $"{_unexpected} calls more than the test expected");
        Assert.True(_script.IsEmpty, $"{_script.Count} calls fewer than the test expected");
    }

    private async Task AnswerAsync(HttpContext context)
    {
        var call = new ReceivedCall(context.Request);
        _calls.Enqueue(call);
        if (_script.TryDequeue(out var reply))
        {
            await reply(context, call);
        }
        else
        {
            Interlocked.Increment(ref _unexpected);
            context.Abort();
        }
    }
}
