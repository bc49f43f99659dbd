using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary><c>GET /api/campaigns/{taskName}</c>: tells the state of one campaign.</summary>
/// <param name="endpoints">Answers the requests.</param>
public sealed class GetCampaign(CampaignEndpoints endpoints)
{
    /// <summary>Tells the state of one campaign.</summary>
    /// <param name="request">The request.</param>
    /// <param name="taskName">The campaign's task name.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(GetCampaign))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns/{taskName}")] HttpRequest request,
        string taskName,
        CancellationToken cancellationToken
    ) => endpoints.GetAsync(taskName, cancellationToken);
}
