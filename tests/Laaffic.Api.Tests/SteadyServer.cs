using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace Laaffic.Api.Tests;

/// <summary>An HTTP server on loopback that gives the same reply to every call until it is told another.</summary>
internal sealed class SteadyServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private (byte[] Bytes, int HttpStatus) _reply = ([], 200);

    private SteadyServer(WebApplication app) => this._app = app;

    public Uri Address => new(_app.Urls.Single());

    public static async Task<SteadyServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var server = new SteadyServer(builder.Build());
        server._app.Run(async context =>
        {
            await context.Request.Body.CopyToAsync(Stream.Null);
            var (bytes, httpStatus) = server._reply;
            context.Response.StatusCode = httpStatus;
            await context.Response.Body.WriteAsync(bytes);
        });
        await server._app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    public void Reply(byte[] bytes, int httpStatus) => _reply = (bytes, httpStatus);

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
