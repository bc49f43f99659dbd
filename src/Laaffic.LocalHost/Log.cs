using Microsoft.Extensions.Logging;

namespace Laaffic.LocalHost;

/// <summary>What the local host logs of the functions that it calls.</summary>
internal static partial class Log
{
    [LoggerMessage(6001, LogLevel.Information, "{Function} took {Milliseconds:0} ms.")]
    public static partial void FunctionTook(this ILogger log, string function, double milliseconds);

    [LoggerMessage(6002, LogLevel.Error, "{Function} failed; {Next}.")]
    public static partial void FunctionFailed(this ILogger log, Exception failure, string function, string next);

    [LoggerMessage(6003, LogLevel.Warning, "The container {Container} could not be listed; it is tried again.")]
    public static partial void ContainerNotListed(this ILogger log, Exception failure, string container);

    [LoggerMessage(6004, LogLevel.Warning, "{Function} failed for {Container}/{Blob} (attempt {Attempt} of {MaxAttempts}).")]
    public static partial void BlobFailed(
        this ILogger log,
        Exception failure,
        string function,
        string container,
        string blob,
        int attempt,
        int maxAttempts
    );

    [LoggerMessage(
        6005,
        LogLevel.Error,
        "{Function} failed for {Container}/{Blob} {MaxAttempts} times; it is not called again for this version."
    )]
    public static partial void BlobGivenUp(
        this ILogger log,
        Exception failure,
        string function,
        string container,
        string blob,
        int maxAttempts
    );
}
