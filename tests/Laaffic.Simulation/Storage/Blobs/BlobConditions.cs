namespace Laaffic.Simulation.Storage.Blobs;

/// <summary>The conditions that a blob request can have.</summary>
internal static class BlobConditions
{
    private static readonly string[] Unknown = ["If-Modified-Since", "If-Unmodified-Since", "x-ms-if-tags", "x-ms-lease-id"];

    /// <summary>For what makes the blob or replaces it.</summary>
    public static void CheckWrite(StorageRequest request, StoredBlob? blob)
    {
        RefuseUnknown(request);
        if (request.Header("If-Match") is { } match && !Fits(match, blob))
        {
            throw BlobErrors.ConditionNotMet;
        }

        if (request.Header("If-None-Match") is { } noneMatch && Fits(noneMatch, blob))
        {
            throw noneMatch == "*" ? BlobErrors.BlobAlreadyExists : BlobErrors.ConditionNotMet;
        }
    }

    /// <summary>For what reads, extends or deletes a blob.</summary>
    public static void Check(StorageRequest request, StoredBlob blob)
    {
        RefuseUnknown(request);
        if (request.Header("If-Match") is { } match && !Fits(match, blob))
        {
            throw BlobErrors.ConditionNotMet;
        }

        if (request.Header("If-None-Match") is { } noneMatch && Fits(noneMatch, blob))
        {
            throw request.Method is "GET" or "HEAD" ? BlobErrors.NotModified : BlobErrors.ConditionNotMet;
        }
    }

    private static bool Fits(string condition, StoredBlob? blob) =>
        blob is not null && (condition == "*" || condition.AsSpan().Trim('"').SequenceEqual(blob.ETag.AsSpan().Trim('"')));

    private static void RefuseUnknown(StorageRequest request)
    {
        foreach (var name in Unknown)
        {
            if (request.Headers.ContainsKey(name))
            {
                throw Refusal.NotSimulated(name);
            }
        }
    }
}
