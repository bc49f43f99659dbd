using System.Globalization;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary>
/// <c>POST /api/campaigns</c>: submits the campaign in the request's body: a JSON campaign, or a list with <c>?profile=</c>. With
/// <c>?dryRun=true</c> it is only read and checked.
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
        if (QueryParameters.Refuse(request, "profile", "file", "dryRun") is { } refused)
        {
            return refused;
        }

        if (request.Query.TryGetValue("dryRun", out var dryRun) && dryRun.ToString() is not ("true" or "false"))
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "Bad query parameter",
                "?dryRun= must be true or false. Nothing was submitted."
            );
        }

        var named = Given(request, "file");
        var mediaType = UploadFormat.MediaTypeOf(request) ?? "";
        var isForm = mediaType.Equals(UploadFormat.Form, StringComparison.OrdinalIgnoreCase);
        var fileName = isForm ? "" : UploadFormat.FileNameFor(mediaType, request.Headers.ContentEncoding.ToString(), named);
        if (fileName is null)
        {
            return Problem.Of(
                StatusCodes.Status415UnsupportedMediaType,
                "Neither JSON nor a list",
                $"The Content-Type is '{request.ContentType}'. Send a JSON campaign as application/json, a list as text/csv or as the "
                    + $"spreadsheet that it is, either as a file in multipart/form-data, or any of them as application/octet-stream "
                    + $"with ?file= and its name. The one Content-Encoding is gzip."
            );
        }

        var limit = Submission.IsJsonName(fileName) ? RequestLimit.JsonBytes : RequestLimit.Bytes;
        if (request.ContentLength > limit)
        {
            // Who asks before sending has sent nothing yet.
            if (request.Headers.Expect.Count == 0)
            {
                await TakeInAsync(request.Body, cancellationToken);
            }

            return TooLarge(limit);
        }

        try
        {
            var body = new LimitedStream(request.Body, limit);
            if (!isForm)
            {
                var submission = new Submission(body, fileName)
                {
                    Length = request.ContentLength,
                    NamedFile = named,
                    Profile = Given(request, "profile"),
                };
                return await AnswerAsync(request, submission, cancellationToken);
            }

            await using var form = await UploadedForm.ReadAsync(request.ContentType!, body, cancellationToken);
            return form.Problem is { } problem
                ? Problem.Of(StatusCodes.Status400BadRequest, "Not a form with a file", $"{problem} Nothing was submitted.")
                : await AnswerAsync(request, form, cancellationToken);
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await TakeInAsync(request.Body, cancellationToken);
            return TooLarge(limit);
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

    private async Task<IActionResult> AnswerAsync(HttpRequest request, UploadedForm form, CancellationToken cancellationToken)
    {
        if (Submission.IsJsonName(form.FileName) && form.File!.Length > RequestLimit.JsonBytes)
        {
            return TooLarge(RequestLimit.JsonBytes);
        }

        var profile = Given(request, "profile");
        if (profile is not null && form.Profile is { Length: > 0 } && form.Profile != profile)
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "Two profiles",
                "The form names another profile than ?profile=. Nothing was submitted: name one."
            );
        }

        var submission = new Submission(form.File!, form.FileName)
        {
            Length = form.File!.Length,
            NamedFile = Given(request, "file") ?? form.FileName,
            Profile = profile ?? (form.Profile is { Length: > 0 } named ? named : null),
        };
        return await AnswerAsync(request, submission, cancellationToken);
    }

    private async Task<IActionResult> AnswerAsync(HttpRequest request, Submission submission, CancellationToken cancellationToken)
    {
        if (submission.Profile is not null && Submission.IsJsonName(submission.FileName))
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "A JSON campaign takes no profile",
                "Profiles hold the settings of lists; a JSON campaign has its own. Leave the profile out, or send a list."
            );
        }

        if (request.Query["dryRun"] == "true")
        {
            return await guard.AnswerAsync(
                nameof(SubmitCampaign),
                async () =>
                {
                    var report = await campaigns.CheckAsync(submission, cancellationToken);
                    return report.State == CampaignStates.Checked
                        ? Json.Of(StatusCodes.Status200OK, report)
                        : Problem.Of(StatusCodes.Status422UnprocessableEntity, "The campaign would be rejected", report);
                },
                cancellationToken
            );
        }

        var respondAsync = Prefers(request, RespondAsync);
        return await guard.AnswerAsync(
            nameof(SubmitCampaign),
            async () =>
                AnswerOf(
                    await campaigns.SubmitAsync(submission with { RespondAsync = respondAsync }, cancellationToken),
                    request.HttpContext.Response,
                    respondAsync
                ),
            cancellationToken
        );
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
                var isName = result.Report.Errors.Any(error => error.Field == "taskName");
                return Problem.Of(
                    StatusCodes.Status409Conflict,
                    isName ? "The task name is taken" : "Others were submitted at the same moment",
                    result.Report
                );
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

    private static string? Given(HttpRequest request, string parameter) =>
        request.Query[parameter].ToString() is { Length: > 0 } value ? value : null;

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

    private static IActionResult TooLarge(long limit) =>
        Problem.Of(
            StatusCodes.Status413PayloadTooLarge,
            "Too large for a request",
            limit == RequestLimit.JsonBytes
                ? $"A JSON request holds at most {limit / 1_048_576} MiB. Drop larger campaigns as a file into the container "
                    + $"{Containers.Campaigns}, or send them as CSV or another list, of which a request holds {RequestLimit.Bytes / 1_048_576} MiB."
                : $"A request holds at most {limit / 1_048_576} MiB. Drop larger campaigns as a file into the container "
                    + $"{Containers.Campaigns}."
        );
}
