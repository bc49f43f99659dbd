using Laaffic.Campaigns;
using Laaffic.Functions;
using Laaffic.Functions.Http;
using Laaffic.Functions.Settings;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Laaffic.Simulation.Instances;

/// <summary>The app as it is now.</summary>
internal sealed class PresentApp : IApp
{
    private readonly CampaignService _service;
    private readonly SubmitCampaign _submit;

    public PresentApp(AppParts parts, CampaignOptions options)
    {
        var secrets = new CredentialStore(parts.Vault, AppParts.NoSettings, parts.Clock);
        _service = Testing
            .AppComposition.Compose(parts.Blobs, parts.Tables, parts.Api, secrets.GetAsync, options, parts.Clock, parts.Logs, parts.Random)
            .GetRequiredService<CampaignService>();
        _submit = new SubmitCampaign(_service, new FailureGuard(parts.Logs.CreateLogger<FailureGuard>()), parts.Clock);
    }

    public Task ProcessFileAsync(string path, CancellationToken cancellationToken) => _service.ProcessFileAsync(path, cancellationToken);

    public Task RunDueAsync(CancellationToken cancellationToken) => _service.RunDueAsync(cancellationToken);

    public Task<IActionResult> SubmitAsync(HttpRequest request, CancellationToken cancellationToken) =>
        _submit.Run(request, cancellationToken);

    public Task ResolveTaskAsync(string taskName, int number, TaskResolution resolution, CancellationToken cancellationToken) =>
        _service.ResolveTaskAsync(taskName, number, resolution, cancellationToken);
}
