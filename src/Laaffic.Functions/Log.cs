using Microsoft.Extensions.Logging;

namespace Laaffic.Functions;

/// <summary>What the triggers log, a line each. The ids do not change, as alerts name them: 5000 and above.</summary>
internal static partial class Log
{
    [LoggerMessage(5001, LogLevel.Error, "{Function} failed for {Subject}: {Failure} Next: {Next}.")]
    public static partial void FunctionFailed(this ILogger log, string function, string subject, string failure, string next);

    [LoggerMessage(5002, LogLevel.Warning, "{Function} was stopped at {Subject}, as the app stops or its time is over. Next: {Next}.")]
    public static partial void FunctionStopped(this ILogger log, string function, string subject, string next);

    [LoggerMessage(5003, LogLevel.Error, "{Function} could not answer, as the account's secrets are not known: {Failure}")]
    public static partial void SecretsUnknown(this ILogger log, string function, string failure);

    [LoggerMessage(5004, LogLevel.Error, "{Function} could not answer, as storage did not do its part: {Failure}")]
    public static partial void StorageUnavailable(this ILogger log, string function, string failure);

    [LoggerMessage(5005, LogLevel.Warning, "The secrets known before stay in use: {Failure}")]
    public static partial void SecretsNotRefreshed(this ILogger log, string failure);

    /// <summary>Where a failure that a line told of came from, for developers.</summary>
    [LoggerMessage(9001, LogLevel.Debug, "The failure in full.")]
    public static partial void Details(this ILogger log, Exception failure);
}
