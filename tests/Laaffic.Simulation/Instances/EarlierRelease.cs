using System.Reflection;
using System.Runtime.Loader;
using Laaffic.Campaigns;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;

namespace Laaffic.Simulation.Instances;

/// <summary>
/// The app as an earlier release had it, from its assemblies: loaded beside the present ones, and used by the names that its
/// members had then.
/// </summary>
internal sealed class EarlierRelease
{
    private readonly Assembly _api;
    private readonly Assembly _campaigns;
    private readonly Assembly _functions;

    public EarlierRelease(string directory)
    {
        var context = new AssemblyLoadContext("earlier release");
        // Only its own assemblies are its own: what it shares with the present one is the same type in both.
        context.Resolving += (_, name) => name.Name!.StartsWith("Laaffic.", StringComparison.Ordinal) ? Load(name.Name) : null;
        (_api, _campaigns, _functions) = (Load("Laaffic.Api"), Load("Laaffic.Campaigns"), Load("Laaffic.Functions"));

        Assembly Load(string name) => context.LoadFromAssemblyPath(Path.GetFullPath(Path.Combine(directory, name + ".dll")));
    }

    public IApp NewApp(AppParts parts, CampaignOptions options)
    {
        var storeType = _functions.GetType("Laaffic.Functions.Settings.CredentialStore", throwOnError: true)!;
        var store = Activator.CreateInstance(storeType, parts.Vault, AppParts.NoSettings, parts.Clock, null)!;
        var secrets = Delegate.CreateDelegate(_api.GetType("Laaffic.Api.CredentialsSource", throwOnError: true)!, store, "GetAsync");
        var client = Activator.CreateInstance(
            _api.GetType("Laaffic.Api.LaafficClient", throwOnError: true)!,
            parts.Api,
            secrets,
            parts.Clock
        );
        var settings = Activator.CreateInstance(_campaigns.GetType("Laaffic.Campaigns.CampaignOptions", throwOnError: true)!)!;
        foreach (var property in settings.GetType().GetProperties().Where(p => p.CanWrite))
        {
            property.SetValue(settings, typeof(CampaignOptions).GetProperty(property.Name)!.GetValue(options));
        }

        var service = Activator.CreateInstance(
            _campaigns.GetType("Laaffic.Campaigns.CampaignService", throwOnError: true)!,
            parts.Blobs,
            parts.Tables,
            client,
            secrets,
            settings,
            parts.Clock,
            parts.Logs,
            parts.Random
        )!;
        var endpointsType = _functions.GetType("Laaffic.Functions.Http.CampaignEndpoints", throwOnError: true)!;
        var log = Activator.CreateInstance(typeof(Logger<>).MakeGenericType(endpointsType), parts.Logs);
        return new App(service, Activator.CreateInstance(endpointsType, service, log)!);
    }

    private sealed class App(object service, object endpoints) : IApp
    {
        public Task ProcessFileAsync(string path, CancellationToken cancellationToken) =>
            (Task)Call(service, "TakeUpAsync", path, cancellationToken);

        public Task RunDueAsync(CancellationToken cancellationToken) => (Task)Call(service, nameof(RunDueAsync), cancellationToken);

        public Task<IActionResult> SubmitAsync(HttpRequest request, CancellationToken cancellationToken) =>
            (Task<IActionResult>)Call(endpoints, nameof(SubmitAsync), request, cancellationToken);

        public Task ResolveTaskAsync(string taskName, int number, TaskResolution resolution, CancellationToken cancellationToken)
        {
            var type = service.GetType().Assembly.GetType("Laaffic.Campaigns.TaskResolution", throwOnError: true)!;
            var told = Activator.CreateInstance(type, resolution.IsAccepted, resolution.KeyId, resolution.By)!;
            return (Task)Call(service, nameof(ResolveTaskAsync), taskName, number, told, cancellationToken);
        }

        private static object Call(object target, string method, params object[] arguments) =>
            target.GetType().GetMethod(method)!.Invoke(target, arguments)!;
    }
}
