using Azure;

namespace Laaffic.Campaigns;

/// <summary>ETags of blobs: listings give them without the quotes that properties have.</summary>
internal static class ETags
{
    public static string Bare(string etag) => etag.Trim('"');

    public static ETag Quoted(string etag) => new($"\"{Bare(etag)}\"");

    public static bool AreSame(string one, string other) => Bare(one) == Bare(other);
}
