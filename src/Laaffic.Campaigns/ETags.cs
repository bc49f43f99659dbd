using Azure;
using Azure.Storage.Blobs.Models;

namespace Laaffic.Campaigns;

/// <summary>ETags of blobs: listings give them without the quotes that properties have.</summary>
internal static class ETags
{
    public static string Bare(string etag) => etag.Trim('"');

    public static ETag Quoted(string etag) => new($"\"{Bare(etag)}\"");

    public static bool AreSame(string one, string other) => Bare(one) == Bare(other);

    /// <summary>Lets a request pass only while the blob is in this version; null is that it is not there.</summary>
    public static BlobRequestConditions StillAs(ETag? etag) => etag is null ? new() { IfNoneMatch = ETag.All } : new() { IfMatch = etag };
}
