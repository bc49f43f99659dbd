using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary><c>GET /api/campaigns</c>: lists campaigns.</summary>
/// <param name="endpoints">Answers the requests.</param>
public sealed class ListCampaigns(CampaignEndpoints endpoints)
{
    /// <summary>Lists campaigns.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(ListCampaigns))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns")] HttpRequest request,
        CancellationToken cancellationToken
    ) => endpoints.ListAsync(request, cancellationToken);
}
