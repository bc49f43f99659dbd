using System.Net;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;

namespace Laaffic.Benchmarks.Planning;

/// <summary>
/// Storage that takes every upload in and keeps nothing, behind the real storage client: what planning costs without what
/// storing costs.
/// </summary>
internal sealed class DiscardingStorage : HttpMessageHandler
{
    /// <summary>Bytes taken in so far.</summary>
    public long Stored { get; private set; }

    /// <summary>A client of it.</summary>
    public BlobServiceClient Client() =>
        new(new Uri("http://storage.invalid/account"), new BlobClientOptions { Transport = new HttpClientTransport(new HttpClient(this)) });

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
        {
            await content.CopyToAsync(Stream.Null, cancellationToken);
            Stored += content.Headers.ContentLength ?? 0;
        }
        var response = new HttpResponseMessage(HttpStatusCode.Created) { Content = new ByteArrayContent([]), RequestMessage = request };
        response.Headers.TryAddWithoutValidation("ETag", "\"0\"");
        response.Headers.TryAddWithoutValidation("x-ms-request-server-encrypted", "true");
        response.Content.Headers.TryAddWithoutValidation("Last-Modified", "Mon, 02 Mar 2026 00:00:00 GMT");
        return response;
    }
}
