namespace Laaffic.Simulation.Storage;

/// <summary>The types of blobs that the app can meet.</summary>
public enum StoredBlobType
{
    /// <summary>Appears and changes as a whole.</summary>
    BlockBlob,

    /// <summary>Grows.</summary>
    AppendBlob,
}
