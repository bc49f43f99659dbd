using Azure;

namespace Laaffic.Campaigns;

/// <summary>Tells trouble of the storage account, which passes by itself, from what is wrong with a request to it.</summary>
internal static class StorageFailure
{
    /// <summary>
    /// Whether storage did not do its part: no connection, no answer in the client's time, HTTP 401 and 403 (access not granted
    /// yet), 408, 429 and 5xx, after all that the client repeats by itself.
    /// </summary>
    public static bool Is(Exception e) =>
        e switch
        {
            RequestFailedException { Status: 0 or 401 or 403 or 408 or 429 or >= 500 } => true,
            AggregateException several => several.InnerExceptions.Count > 0 && several.InnerExceptions.All(Is),
            OperationCanceledException or IOException or TimeoutException => true,
            _ => false,
        };

    /// <summary>Whether an answer of storage did not come, or did not end, in the client's time.</summary>
    public static bool IsTimeout(Exception e) =>
        e switch
        {
            AggregateException several => several.InnerExceptions.Count > 0 && several.InnerExceptions.All(IsTimeout),
            RequestFailedException { Status: 0, InnerException: { } cause } => IsTimeout(cause),
            OperationCanceledException or TimeoutException => true,
            _ => false,
        };
}
