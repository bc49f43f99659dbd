using Azure;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;

namespace Laaffic.Campaigns;

/// <summary>Reads blobs that may not be there.</summary>
public static class BlobClientExtensions
{
    /// <summary>A blob's properties; null if it, or its container, is not there.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="RequestFailedException">Storage did not do its part.</exception>
    public static Task<BlobProperties?> FindPropertiesAsync(this BlobBaseClient blob, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return FindAsync(() => blob.GetPropertiesAsync(cancellationToken: cancellationToken));
    }

    /// <summary>A small blob's content; null if it, or its container, is not there.</summary>
    /// <param name="blob">The blob.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="RequestFailedException">Storage did not do its part.</exception>
    public static Task<BlobDownloadResult?> FindContentAsync(this BlobBaseClient blob, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(blob);
        return FindAsync(() => blob.DownloadContentAsync(cancellationToken));
    }

    private static async Task<T?> FindAsync<T>(Func<Task<Response<T>>> getAsync)
        where T : class
    {
        try
        {
            return (await getAsync()).Value;
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return null;
        }
    }
}
