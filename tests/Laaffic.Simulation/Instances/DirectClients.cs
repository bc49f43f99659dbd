using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Instances;

/// <summary>Storage for those that are no part of the app: people who drop files, and checks.</summary>
internal sealed class DirectClients
{
    public DirectClients(SimulatedAccount account) => Blobs = new BlobServiceClient(Instance.Blobs, Over(account, new BlobClientOptions()));

    public BlobServiceClient Blobs { get; }

    private static T Over<T>(SimulatedAccount account, T options)
        where T : ClientOptions
    {
        options.Transport = new HttpClientTransport(new DirectLink(account));
        options.Retry.MaxRetries = 0;
        options.Retry.NetworkTimeout = Timeout.InfiniteTimeSpan;
        options.Diagnostics.IsDistributedTracingEnabled = false;
        options.Diagnostics.IsLoggingEnabled = false;
        return options;
    }

    private sealed class DirectLink(SimulatedAccount account) : HttpMessageHandler
    {
        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken) =>
            HttpConversion.ToHttp(account.Handle(Read(request)), request);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(Send(request, cancellationToken));

        private static StorageRequest Read(HttpRequestMessage request)
        {
            var reading = HttpConversion.ToStorageAsync(request, CancellationToken.None);
            return reading.IsCompleted ? reading.Result : throw new InvalidOperationException("A body that is in memory is read at once.");
        }
    }
}
