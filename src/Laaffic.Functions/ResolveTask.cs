using Laaffic.Functions.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Azure.Functions.Worker;

namespace Laaffic.Functions;

/// <summary>
/// <c>POST /api/campaigns/{taskName}/tasks/{number}/resolve</c>: takes a person's word for what became of an uncertain task.
/// </summary>
/// <param name="endpoints">Answers the requests.</param>
public sealed class ResolveTask(CampaignEndpoints endpoints)
{
    /// <summary>Takes a person's word for what became of an uncertain task.</summary>
    /// <param name="request">The request.</param>
    /// <param name="taskName">The campaign's task name.</param>
    /// <param name="number">The task's place in the campaign, from 1.</param>
    /// <param name="cancellationToken">Set when the app is stopping.</param>
    [Function(nameof(ResolveTask))]
    public Task<IActionResult> Run(
        [HttpTrigger(AuthorizationLevel.Function, "post", Route = "campaigns/{taskName}/tasks/{number}/resolve")] HttpRequest request,
        string taskName,
        string number,
        CancellationToken cancellationToken
    ) => endpoints.ResolveAsync(request, taskName, number, cancellationToken);
}
