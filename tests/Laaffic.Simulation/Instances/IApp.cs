using Laaffic.Campaigns;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Laaffic.Simulation.Instances;

/// <summary>The app of one instance, of the present or an earlier release, by its triggers.</summary>
internal interface IApp
{
    Task ProcessFileAsync(string path, CancellationToken cancellationToken);

    Task RunDueAsync(CancellationToken cancellationToken);

    Task<IActionResult> SubmitAsync(HttpRequest request, CancellationToken cancellationToken);

    Task ResolveTaskAsync(string taskName, int number, TaskResolution resolution, CancellationToken cancellationToken);
}
