namespace Laaffic.Simulation.Storage;

/// <summary>
/// Leads the requests of storage clients straight to an account: <c>new HttpClientTransport(new StorageHandler(account))</c>.
/// </summary>
/// <param name="account">The account, whatever host the addresses name.</param>
public sealed class StorageHandler(SimulatedAccount account) : HttpMessageHandler
{
    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        HttpConversion.ToHttp(account.Handle(await HttpConversion.ToStorageAsync(request, cancellationToken)), request);

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
        SendAsync(request, cancellationToken).GetAwaiter().GetResult();
}
