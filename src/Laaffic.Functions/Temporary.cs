// Stands in until the real ones are merged; remove this file then.
#pragma warning disable CS1591, CA1822
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns
{
    public sealed class CampaignService
    {
        public Task TakeUpAsync(BlobClient blob, string name, CancellationToken cancellationToken) => Task.CompletedTask;

        public Task RunDueAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

namespace Laaffic.Functions
{
    public sealed class CampaignEndpoints
    {
        public Task<IActionResult> SubmitCampaignAsync(HttpRequest request, CancellationToken cancellationToken) => NotYet();

        public Task<IActionResult> GetCampaignAsync(HttpRequest request, string taskName, CancellationToken cancellationToken) => NotYet();

        public Task<IActionResult> ListCampaignsAsync(HttpRequest request, CancellationToken cancellationToken) => NotYet();

        public Task<IActionResult> HealthAsync(HttpRequest request, CancellationToken cancellationToken) => NotYet();

        private static Task<IActionResult> NotYet() => Task.FromResult<IActionResult>(new StatusCodeResult(StatusCodes.Status501NotImplemented));
    }

    public static class FunctionApp
    {
        public static IServiceCollection AddLaafficFunctions(this IServiceCollection services, IConfiguration configuration) =>
            services.AddSingleton<CampaignService>().AddSingleton<CampaignEndpoints>();
    }
}
