using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary><c>POST /api/campaigns</c>: submits the campaign in the request's body.</summary>
/// <param name="endpoints">Answers the requests.</param>
public sealed class SubmitCampaign(CampaignEndpoints endpoints)
{
    /// <summary>Submits the campaign in the request's body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(SubmitCampaign))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns")] HttpRequest request,
        CancellationToken cancellationToken
    ) => endpoints.SubmitAsync(request, cancellationToken);
}
