namespace Laaffic.Campaigns.Ingestion;

/// <summary>Storage accounts with a hierarchical namespace, and some programs elsewhere, keep folders as empty blobs.</summary>
internal static class FolderMarkers
{
    /// <summary>Whether a blob stands for a folder. One with content is a file, whatever is said of it.</summary>
    public static bool IsFolder(string path, long? length, IDictionary<string, string> metadata) =>
        length == 0
        && (
            path.EndsWith('/')
            || metadata.Any(entry =>
                entry.Key.Equals("hdi_isfolder", StringComparison.OrdinalIgnoreCase)
                && entry.Value.Equals("true", StringComparison.OrdinalIgnoreCase)
            )
        );
}
