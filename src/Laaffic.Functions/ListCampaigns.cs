using System.Globalization;
using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary><c>GET /api/campaigns</c>: the campaigns, the newest first, <c>?size=</c> of them from <c>?continuation=</c> on.</summary>
/// <param name="campaigns">Knows them.</param>
/// <param name="guard">Answers what cannot be answered.</param>
public sealed class ListCampaigns(CampaignService campaigns, FailureGuard guard)
{
    private const int DefaultPageSize = 50;
    private const int MaxPageSize = 1000;

    /// <summary>Answers a page of campaigns.</summary>
    /// <param name="request">The request.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(ListCampaigns))]
    public async Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "campaigns")] HttpRequest request,
        CancellationToken cancellationToken
    )
    {
        ArgumentNullException.ThrowIfNull(request);
        if (QueryParameters.Refuse(request, "size", "continuation") is { } refused)
        {
            return refused;
        }

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
        return await guard.AnswerAsync(
            nameof(ListCampaigns),
            async () =>
            {
                try
                {
                    return Json.Of(StatusCodes.Status200OK, await campaigns.ListAsync(size, continuation, cancellationToken));
                }
                catch (FormatException)
                {
                    return Problem.Of(
                        StatusCodes.Status400BadRequest,
                        "Bad continuation",
                        "continuation must be what the page before answered, unchanged."
                    );
                }
            },
            cancellationToken
        );
    }
}
