namespace Microsoft.Azure.Functions.Worker;

/// <summary>Calls the function for every new or changed blob of a path.</summary>
/// <param name="blobPath">Container and blob name, such as <c>campaigns/{name}</c>; <c>{name}</c> matches the whole rest, slashes
/// included.</param>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BlobTriggerAttribute(string blobPath) : Attribute
{
    /// <summary>Container and blob name.</summary>
    public string BlobPath { get; } = blobPath;

    /// <summary>The name of the setting with the storage connection; <c>AzureWebJobsStorage</c> where it is not set.</summary>
    public string? Connection { get; set; }

    /// <summary>How changes are found.</summary>
    public BlobTriggerSource Source { get; set; } = BlobTriggerSource.LogsAndContainerScan;
}
