using Azure.Core.Pipeline;

namespace Laaffic.Testing;

/// <summary>Lets the storage's clock advance as the test's does: its answers bear the time of the test.</summary>
public sealed class StorageClock : DelegatingHandler
{
    private static readonly SocketsHttpHandler Connections = new();

    private readonly TimeProvider _time;

    private StorageClock(TimeProvider time)
        : base(Connections) => _time = time;

    /// <summary>A transport whose answers bear the time of this clock.</summary>
    public static HttpClientTransport Follow(TimeProvider time) => new(new HttpClient(new StorageClock(time), disposeHandler: false));

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        response.Headers.Date = _time.GetUtcNow();
        return response;
    }
}
