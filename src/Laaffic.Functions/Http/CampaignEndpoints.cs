using System.Globalization;
using Azure;
using Azure.Identity;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace Laaffic.Functions.Http;

/// <summary>The app's HTTP contract: requests to the campaign service, and its answers as HTTP.</summary>
/// <param name="campaigns">Does the work.</param>
/// <param name="log">Told what a caller cannot mend.</param>
public sealed class CampaignEndpoints(CampaignService campaigns, ILogger<CampaignEndpoints> log)
{
    private const int DefaultPageSize = 50;
    private const int MaxPageSize = 1000;

    /// <summary><c>POST /api/campaigns</c>: a JSON campaign, or a CSV with <c>?profile=</c>.</summary>
    public async Task<IActionResult> SubmitAsync(HttpRequest request, CancellationToken cancellationToken)
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

        if (request.ContentLength > RequestLimit.Bytes)
        {
            // Who asks before sending has sent nothing yet.
            if (request.Headers.Expect.Count == 0)
            {
                await TakeInAsync(request.Body, cancellationToken);
            }

            return TooLarge();
        }

        try
        {
            var body = new LimitedStream(request.Body, RequestLimit.Bytes);
            return await AnswerAsync(async () =>
                AnswerOf(await campaigns.SubmitAsync(body, request.ContentLength, format, profile, cancellationToken))
            );
        }
        catch (BadHttpRequestException e) when (e.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            await TakeInAsync(request.Body, cancellationToken);
            return TooLarge();
        }
    }

    /// <summary><c>GET /api/campaigns/{taskName}</c>: the campaign's report.</summary>
    public Task<IActionResult> GetAsync(string taskName, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(taskName);
        var unescaped = Unescaped(taskName);
        return AnswerAsync(async () =>
            (
                await campaigns.FindAsync(taskName, cancellationToken)
                ?? (unescaped == taskName ? null : await campaigns.FindAsync(unescaped, cancellationToken))
            )
                is { } report
                ? Json.Of(StatusCodes.Status200OK, report)
                : Problem.Of(
                    StatusCodes.Status404NotFound,
                    "No such campaign",
                    $"No campaign has the task name '{unescaped}'. A rejected file has no campaign: see its report in the container "
                        + $"{Containers.Results}."
                )
        );
    }

    /// <summary><c>GET /api/campaigns</c>: the campaigns, the newest first, <c>?size=</c> of them from <c>?continuation=</c> on.</summary>
    public async Task<IActionResult> ListAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        var size = DefaultPageSize;
        if (
            request.Query["size"].ToString() is { Length: > 0 } text
            && !(int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out size) && size is >= 1 and <= MaxPageSize)
        )
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "Bad page size",
                $"size is '{text}': it must be a whole number from 1 to {MaxPageSize}."
            );
        }

        var continuation = request.Query["continuation"].ToString() is { Length: > 0 } token ? token : null;
        try
        {
            return await AnswerAsync(async () =>
                Json.Of(StatusCodes.Status200OK, await campaigns.ListAsync(size, continuation, cancellationToken))
            );
        }
        catch (FormatException)
        {
            return Problem.Of(
                StatusCodes.Status400BadRequest,
                "Bad continuation",
                "continuation must be what the page before answered, unchanged."
            );
        }
    }

    /// <summary>
    /// <c>POST /api/campaigns/{taskName}/tasks/{number}/resolve</c>: what became of an uncertain task, by a person's word.
    /// </summary>
    public async Task<IActionResult> ResolveAsync(HttpRequest request, string taskName, string number, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(taskName);
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            return Problem.Of(StatusCodes.Status404NotFound, "No such task", $"'{number}' is no task's number: they are counted from 1.");
        }

        var (resolution, error) = await ResolutionRequest.ReadAsync(request.Body, cancellationToken);
        if (resolution is null)
        {
            return Problem.Of(StatusCodes.Status400BadRequest, "Not a resolution", error);
        }

        return await AnswerAsync(async () =>
        {
            var result = await campaigns.ResolveTaskAsync(taskName, place, resolution, cancellationToken);
            if (result.Outcome == ResolutionOutcome.NotFound && Unescaped(taskName) is var unescaped && unescaped != taskName)
            {
                result = await campaigns.ResolveTaskAsync(unescaped, place, resolution, cancellationToken);
            }

            return result.Outcome switch
            {
                ResolutionOutcome.Recorded => Json.Of(StatusCodes.Status200OK, result.Report!),
                ResolutionOutcome.NotFound => Problem.Of(
                    StatusCodes.Status404NotFound,
                    "No such task",
                    $"No campaign '{taskName}' has a task {place}."
                ),
                ResolutionOutcome.BeingWorkedOn => Problem.Of(
                    StatusCodes.Status409Conflict,
                    "The task is being worked on",
                    "The app is just asking Laaffic about this task or sending it. Wait some minutes, read the campaign's report, and "
                        + "look the task up once more before you say it again."
                ),
                ResolutionOutcome.TooEarly => Problem.Of(
                    StatusCodes.Status409Conflict,
                    "Too early to tell",
                    $"The task was sent less than an hour ago, and Laaffic may show it late. Look it up again after "
                        + $"{result.NotBefore:u}, and say then that it is not there."
                ),
                ResolutionOutcome.NameExists => Problem.Of(
                    StatusCodes.Status409Conflict,
                    "Laaffic has a task of this name",
                    "Laaffic answered that a task of this name exists. If it has other callees, give its id as keyId; if the console "
                        + "does not show it, look again later."
                ),
                _ => Problem.Of(
                    StatusCodes.Status409Conflict,
                    "The task is not uncertain",
                    $"Task {place} is {result.Report!.Tasks[place - 1].State}: only what became of an uncertain task can be told."
                ),
            };
        });
    }

    /// <summary><c>GET /api/health</c>: 200 when the app can do its work, else 503 and what is wrong.</summary>
    public async Task<IActionResult> CheckAsync(CancellationToken cancellationToken)
    {
        var health = await campaigns.CheckAsync(cancellationToken);
        return Json.Of(health.IsHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, health);
    }

    // A slash is the one character that routing leaves escaped; the name may also be that, literally.
    private static string Unescaped(string taskName) => taskName.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase);

    private static IActionResult AnswerOf(SubmissionResult result) =>
        (result.Outcome, result.Report.State) switch
        {
            (SubmissionOutcome.Malformed, _) => Problem.Of(StatusCodes.Status400BadRequest, "Not a campaign", result.Report),
            (SubmissionOutcome.Invalid, _) => Problem.Of(
                StatusCodes.Status422UnprocessableEntity,
                "The campaign breaks rules",
                result.Report
            ),
            (SubmissionOutcome.Conflict, _) => Problem.Of(StatusCodes.Status409Conflict, "The task name is taken", result.Report),
            (_, CampaignStates.Accepted) => Json.Of(StatusCodes.Status200OK, result.Report),
            (_, CampaignStates.Waiting) => Json.Of(StatusCodes.Status202Accepted, result.Report),
            _ => Problem.Of(StatusCodes.Status422UnprocessableEntity, "Not all of the campaign was accepted", result.Report),
        };

    // What else goes wrong is the app's fault, not storage's, and ends as HTTP 500.
    private async Task<IActionResult> AnswerAsync(Func<Task<IActionResult>> answer)
    {
        try
        {
            return await answer();
        }
        catch (SecretsUnavailableException e)
        {
            log.LogError("A request could not be answered: {Failure}", e.Message);
            return Problem.Of(
                StatusCodes.Status503ServiceUnavailable,
                "The account's secrets are not known",
                $"{e.Message} Nothing of this was submitted. Send the same request again once that is mended; GET /api/health tells. "
                    + $"A campaign that names its appId is taken even so, and waits."
            );
        }
        catch (Exception e)
            when (e
                    is RequestFailedException { Status: 0 or 401 or 403 or >= 500 }
                        or AuthenticationFailedException
                        or AggregateException { InnerException: RequestFailedException }
            )
        {
            log.LogError(e, "A request could not be answered, as storage did not do its part.");
            return Problem.Of(
                StatusCodes.Status503ServiceUnavailable,
                "Storage does not answer",
                "The app's storage account did not do its part. Send the same request again later: however often it is sent, its "
                    + "callees are submitted once."
            );
        }
    }

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
    private static async Task TakeInAsync(Stream body, CancellationToken ct)
    {
        try
        {
            await body.CopyToAsync(Stream.Null, ct);
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException)
        {
            // More than the web server takes in, or nobody is there any more.
        }
    }

    private static IActionResult TooLarge() =>
        Problem.Of(
            StatusCodes.Status413PayloadTooLarge,
            "Too large for a request",
            $"A request holds at most {RequestLimit.Bytes / 1_048_576} MiB. Drop larger campaigns as a file into the container "
                + $"{Containers.Campaigns}."
        );
}
