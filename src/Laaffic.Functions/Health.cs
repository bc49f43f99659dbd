using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary>
/// <c>GET /api/health</c>: 200 when the app can do its work, else 503. Anybody may ask, so it says no more than that.
/// </summary>
/// <param name="campaigns">Knows it.</param>
/// <param name="guard">Answers what cannot be answered.</param>
public sealed class Health(CampaignService campaigns, FailureGuard guard)
{
    /// <summary>Answers whether the app can do its work.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(Health))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Anonymous, "get", Route = "health")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        return guard.AnswerAsync(
            nameof(Health),
            async () =>
            {
                var health = await campaigns.CheckAsync(cancellationToken);
                return Json.Of(StatusOf(health), new HealthAnswer(health.IsHealthy));
            },
            cancellationToken
        );
    }

    internal static int StatusOf(HealthReport health) =>
        health.IsHealthy ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable;
}
