using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary><c>GET /api/health/details</c>: what is wrong, for whoever has a function key.</summary>
/// <param name="campaigns">Knows it.</param>
/// <param name="guard">Answers what cannot be answered.</param>
public sealed class HealthDetails(CampaignService campaigns, FailureGuard guard)
{
    /// <summary>Answers 200 or 503 as <see cref="Health"/> does, with what is wrong and whether the account is on hold.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(HealthDetails))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "health/details")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        return QueryParameters.Refuse(request) is { } refused
            ? Task.FromResult(refused)
            : guard.AnswerAsync(
                nameof(HealthDetails),
                async () =>
                {
                    var health = await campaigns.CheckAsync(cancellationToken);
                    return Json.Of(Health.StatusOf(health), health);
                },
                cancellationToken
            );
    }
}
