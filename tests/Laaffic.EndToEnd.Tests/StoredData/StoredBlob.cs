namespace Laaffic.EndToEnd.Tests.StoredData;

/// <summary>A blob of a snapshot.</summary>
public sealed record StoredBlob(
    string Container,
    string Name,
    string ETag,
    string ContentType,
    IReadOnlyDictionary<string, string> Metadata,
    byte[] Content
);
