using System.Globalization;
using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary>
/// <c>POST /api/campaigns/{taskName}/tasks/{number}/resolve</c>: takes a person's word for what became of an uncertain task.
/// </summary>
/// <param name="campaigns">Takes it.</param>
/// <param name="guard">Answers what cannot be answered.</param>
public sealed class ResolveTask(CampaignService campaigns, FailureGuard guard)
{
    /// <summary>Takes the word, and answers the campaign's report.</summary>
    /// <param name="request">The request.</param>
    /// <param name="taskName">The campaign's task name.</param>
    /// <param name="number">The task's place in the campaign, from 1.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(ResolveTask))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{taskName}/tasks/{number}/resolve")] HttpRequest request,
        string taskName,
        string number,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(taskName);
        if (QueryParameters.Refuse(request) is { } refused)
        {
            return refused;
        }

        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var place))
        {
            return Problem.Of(StatusCodes.Status404NotFound, "No such task", $"'{number}' is no task's number: they are counted from 1.");
        }

        var (resolution, error) = await ResolutionRequest.ReadAsync(request.Body, cancellationToken);
        if (resolution is null)
        {
            return Problem.Of(StatusCodes.Status400BadRequest, "Not a resolution", error);
        }

        return await guard.AnswerAsync(
            nameof(ResolveTask),
            async () =>
            {
                var result = await campaigns.ResolveTaskAsync(taskName, place, resolution, cancellationToken);
                if (
                    result.Outcome == ResolutionOutcome.NotFound
                    && TaskNameRoute.Unescape(taskName) is var unescaped
                    && unescaped != taskName
                )
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
            },
            cancellationToken
        );
    }
}
