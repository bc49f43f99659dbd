namespace Microsoft.Azure.Functions.Worker;

/// <summary>How a blob trigger finds changes.</summary>
public enum BlobTriggerSource
{
    /// <summary>By reading storage logs and looking through the container.</summary>
    LogsAndContainerScan,

    /// <summary>By the events of Event Grid.</summary>
    EventGrid,
}
