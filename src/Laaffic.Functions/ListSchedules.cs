using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary><c>GET /api/schedules</c>: each schedule with its next five occurrences and what became of the last ten.</summary>
/// <param name="campaigns">Knows them.</param>
/// <param name="guard">Answers what cannot be answered.</param>
public sealed class ListSchedules(CampaignService campaigns, FailureGuard guard)
{
    /// <summary>Answers the schedules.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(ListSchedules))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "schedules")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        return QueryParameters.Refuse(request)
            ?? await guard.AnswerAsync(
                nameof(ListSchedules),
                async () => Json.Of(StatusCodes.Status200OK, await campaigns.ListSchedulesAsync(cancellationToken)),
                cancellationToken
            );
    }
}
