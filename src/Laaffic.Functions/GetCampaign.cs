using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary><c>GET /api/campaigns/{taskName}</c>: tells the state of one campaign.</summary>
/// <param name="campaigns">Knows it.</param>
/// <param name="guard">Answers what cannot be answered.</param>
public sealed class GetCampaign(CampaignService campaigns, FailureGuard guard)
{
    /// <summary>Answers the campaign's report, or 404.</summary>
    /// <param name="request">The request.</param>
    /// <param name="taskName">The campaign's task name.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(GetCampaign))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns/{taskName}")] HttpRequest request,
        string taskName,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(taskName);
        if (QueryParameters.Refuse(request) is { } refused)
        {
            return Task.FromResult(refused);
        }

        var unescaped = TaskNameRoute.Unescape(taskName);
        return guard.AnswerAsync(
            nameof(GetCampaign),
            async () =>
            {
                var report = await campaigns.FindAsync(taskName, cancellationToken);
                if (report is null && unescaped != taskName)
                {
                    report = await campaigns.FindAsync(unescaped, cancellationToken);
                }

                return report is not null
                    ? Json.Of(StatusCodes.Status200OK, report)
                    : Problem.Of(
                        StatusCodes.Status404NotFound,
                        "No such campaign",
                        $"No campaign has the task name '{unescaped}'. A rejected file has no campaign: see its report in the container "
                            + $"{Containers.Results}."
                    );
            },
            cancellationToken
        );
    }
}
