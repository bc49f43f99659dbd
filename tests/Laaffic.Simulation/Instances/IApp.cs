using Laaffic.Campaigns;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Laaffic.Simulation.Instances;

/// <summary>The app of one instance, of the present or an earlier release, by its triggers.</summary>
internal interface IApp
{
    Task ProcessFileAsync(string path, CancellationToken ct);

    Task RunDueAsync(CancellationToken ct);

    Task<IActionResult> SubmitAsync(HttpRequest request, CancellationToken ct);

    Task ResolveTaskAsync(string taskName, int number, TaskResolution resolution, CancellationToken ct);
}
