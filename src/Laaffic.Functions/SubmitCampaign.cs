using System.Globalization;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Net.Http.Headers;

namespace Laaffic.Functions;

/// <summary>
/// <c>POST /api/campaigns</c>: submits the campaign in the request's body, a JSON campaign, or a CSV with <c>?profile=</c>.
/// </summary>
/// <param name="campaigns">Does the work.</param>
/// <param name="guard">Answers what cannot be answered.</param>
/// <param name="time">The clock.</param>
public sealed class SubmitCampaign(CampaignService campaigns, FailureGuard guard, TimeProvider time)
{
    private const string RespondAsync = "respond-async"; // RFC 7240
    private static readonly TimeSpan MinRetryAfter = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan MaxRetryAfter = TimeSpan.FromMinutes(5);

    /// <summary>
    /// Answers the campaign's report, or a problem: 200 once every task is accepted, 202 while some of it waits. With
    /// <c>Prefer: respond-async</c> it answers as soon as the campaign is committed, else after its first run or when its time to
    /// answer is over.
    /// </summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(SubmitCampaign))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        if (FormatOf(request) is not { } format)
        {
            return Problem.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "Neither JSON nor CSV",
                $"The Content-Type is '{request.ContentType}'. Send a JSON campaign as application/json, or a CSV as text/csv."
            );
        }

        var profile = request.Query["profile"].ToString() is { Length: > 0 } named ? named : null;
        if (profile is not null && format == CampaignFormat.Json)
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "A JSON campaign takes no profile",
                "Profiles hold the settings of CSV campaigns; a JSON campaign has its own. Leave ?profile= out, or send a CSV."
            );
        }

        var limit = format == CampaignFormat.Json ? RequestLimit.JsonBytes : RequestLimit.Bytes;
        if (request.ContentLength > limit)
        {
            // Who asks before sending has sent nothing yet.
            if (request.Headers.Expect.Count == 0)
            {
                await TakeInAsync(request.Body, cancellationToken);
            }

            return TooLarge(format, limit);
        }

        var respondAsync = Prefers(request, RespondAsync);
        try
        {
            var body = new LimitedStream(request.Body, limit);
            return await guard.AnswerAsync(
                nameof(SubmitCampaign),
                async () =>
                    AnswerOf(
                        await campaigns.SubmitAsync(body, request.ContentLength, format, profile, respondAsync, cancellationToken),
                        request.HttpContext.Response,
                        respondAsync
                    ),
                cancellationToken
            );
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await TakeInAsync(request.Body, cancellationToken);
            return TooLarge(format, limit);
        }
        catch (BadHttpRequestException)
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "The request broke off",
                "Its body did not arrive as its headers say. Nothing of this was submitted: send it again."
            );
        }
    }

    private IActionResult AnswerOf(SubmissionResult result, HttpResponse response, bool respondAsync)
    {
        switch (result.Outcome, result.Report.State)
        {
            case (SubmissionOutcome.Malformed, _):
                return Problem.Of(StatusCodes.Status400BadRequest, "Not a campaign", result.Report);
            case (SubmissionOutcome.Invalid, _):
                return Problem.Of(StatusCodes.Status422UnprocessableEntity, "The campaign breaks rules", result.Report);
            case (SubmissionOutcome.Conflict, _):
                return Problem.Of(StatusCodes.Status409Conflict, "The task name is taken", result.Report);
            case (_, CampaignStates.Accepted):
                return Json.Of(StatusCodes.Status200OK, result.Report);
            case (_, CampaignStates.Waiting):
                response.Headers.Location = $"/api/campaigns/{Uri.EscapeDataString(result.Report.TaskName!)}";
                response.Headers.RetryAfter = RetryAfter(result.Report);
                if (respondAsync)
                {
                    response.Headers["Preference-Applied"] = RespondAsync;
                }

                return Json.Of(StatusCodes.Status202Accepted, result.Report);
            default:
                return Problem.Of(StatusCodes.Status422UnprocessableEntity, "Not all of the campaign was accepted", result.Report);
        }
    }

    // When the first task is tried next; who asks for what is just being sent may ask soon.
    private string RetryAfter(CampaignReport report)
    {
        var next = report.Tasks.Min(task => task.NextAttempt) - time.GetUtcNow() ?? MinRetryAfter;
        var wait =
            next < MinRetryAfter ? MinRetryAfter
            : next > MaxRetryAfter ? MaxRetryAfter
            : next;
        return Math.Ceiling(wait.TotalSeconds).ToString(CultureInfo.InvariantCulture);
    }

    private static bool Prefers(HttpRequest request, string preference) =>
        request
            .Headers["Prefer"]
            .SelectMany(line => (line ?? "").Split([',', ';'], StringSplitOptions.TrimEntries))
            .Contains(preference, StringComparer.OrdinalIgnoreCase);

    private static CampaignFormat? FormatOf(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type))
        {
            return null;
        }

        if (type.MediaType.Equals("text/csv", StringComparison.OrdinalIgnoreCase))
        {
            return CampaignFormat.Csv;
        }

        return type.MediaType.Equals("application/json", StringComparison.OrdinalIgnoreCase) ? CampaignFormat.Json : null;
    }

    // Whoever is still sending would see a broken connection instead of the answer.
    private static async Task TakeInAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            await body.CopyToAsync(Stream.Null, cancellationToken);
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException)
        {
            // More than the web server takes in, or nobody is there any more.
        }
    }

    private static IActionResult TooLarge(CampaignFormat format, long limit) =>
        Problem.Of(
            StatusCodes.Status413PayloadTooLarge,
            "Too large for a request",
            format == CampaignFormat.Json
                ? $"A JSON request holds at most {limit / 1_048_576} MiB. Drop larger campaigns as a file into the container "
                    + $"{Containers.Campaigns}, or send them as CSV, of which a request holds {RequestLimit.Bytes / 1_048_576} MiB."
                : $"A request holds at most {limit / 1_048_576} MiB. Drop larger campaigns as a file into the container "
                    + $"{Containers.Campaigns}."
        );
}
