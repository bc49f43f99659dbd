using Azure;
using Azure.Identity;
using Laaffic.Api;
using Laaffic.Campaigns.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Laaffic.Functions.Http;

/// <summary>
/// Answers requests that cannot be answered, and ends runs of functions that fail, each with one line in the log: whatever they
/// leave undone the ledger, the timer or the caller takes further. An exception that reached the Functions host would be written
/// with all its frames, three times.
/// </summary>
public sealed class FailureGuard(ILogger<FailureGuard> log)
{
    /// <summary>Runs a function that no one waits for.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="subject">What it works on.</param>
    /// <param name="next">What is tried next, for the log.</param>
    /// <param name="run">Does the work.</param>
    /// <param name="cancellationToken">Set when the app is stopping, or the run takes too long.</param>
    public async Task RunAsync(
        string function,
        string subject,
        string next,
        Func<CancellationToken, Task> run,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(run);
        try
        {
            await run(cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.FunctionStopped(function, subject, next);
        }
        catch (Exception e)
        {
            log.FunctionFailed(function, subject, LogText.FirstLine(e), next);
            log.Details(e);
        }
    }

    /// <summary>Answers a request.</summary>
    /// <param name="function">Its name.</param>
    /// <param name="answer">Answers it.</param>
    /// <param name="cancellationToken">Set when the app is stopping, or the caller has gone.</param>
    /// <returns>The answer; 503 or 500 with a problem where there is none. A body that is too long for its limit is thrown.</returns>
    public async Task<IActionResult> AnswerAsync(string function, Func<Task<IActionResult>> answer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(answer);
        try
        {
            return await answer();
        }
        catch (SecretsUnavailableException e)
        {
            log.SecretsUnknown(function, LogText.FirstLine(e));
            return Problem.Of(
                StatusCodes.Status503ServiceUnavailable,
                "The account's secrets are not known",
                $"{e.Message} Nothing of this was submitted. Send the same request again once that is fixed; GET /api/health/details "
                    + "tells. A campaign that names its appId is taken even so, and waits."
            );
        }
        catch (Exception e)
            when (e
                    is RequestFailedException { Status: 0 or 401 or 403 or >= 500 }
                        or AuthenticationFailedException
                        or AggregateException { InnerException: RequestFailedException }
            )
        {
            log.StorageUnavailable(function, LogText.FirstLine(e));
            log.Details(e);
            return Problem.Of(
                StatusCodes.Status503ServiceUnavailable,
                "Storage does not answer",
                "The app's storage account did not do its part. Send the same request again later: however often it is sent, its "
                    + "callees are submitted once."
            );
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            log.FunctionStopped(function, "a request", "the caller may send the same again");
            return Problem.Of(
                StatusCodes.Status503ServiceUnavailable,
                "The app is stopping",
                "Send the same request again: however often it is sent, its callees are submitted once."
            );
        }
        catch (Exception e) when (e is not BadHttpRequestException)
        {
            log.FunctionFailed(function, "a request", LogText.FirstLine(e), "the caller may send the same again");
            log.Details(e);
            return Problem.Of(
                StatusCodes.Status500InternalServerError,
                "The app failed",
                "This is a fault of the app; its log has it. Send the same request again: however often it is sent, its callees are "
                    + "submitted once."
            );
        }
    }
}
