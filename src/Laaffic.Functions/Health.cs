using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary><c>GET /api/health</c>: tells whether the app can do its work.</summary>
/// <param name="endpoints">Answers the requests.</param>
public sealed class Health(CampaignEndpoints endpoints)
{
    /// <summary>Tells whether the app can do its work.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(Health))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken
    ) => endpoints.CheckAsync(cancellationToken);
}
