using Azure.Security.KeyVault.Secrets;
using Laaffic.Api;
using Laaffic.Campaigns;
using Laaffic.Functions.Http;
using Laaffic.Functions.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Laaffic.Functions;

/// <summary>The app's composition, the same under the Functions host and under the local host.</summary>
public static class FunctionApp
{
    /// <summary>
    /// Registers what the triggers need. Logging must be there; a <see cref="TimeProvider"/> may be, or the system's clock is used.
    /// </summary>
    /// <exception cref="SettingsException">Settings are missing or wrong.</exception>
    public static IServiceCollection AddLaafficFunctions(this IServiceCollection services, IConfiguration configuration)
    {
        var settings = LaafficSettings.Read(configuration);
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(s => new CredentialStore(
            settings.VaultUri is null
                ? null
                : new SecretClient(settings.VaultUri, StorageClients.Credential(configuration, null, null), VaultOptions()),
            configuration,
            s.GetRequiredService<TimeProvider>(),
            s.GetRequiredService<ILogger<CredentialStore>>()
        ));
        services.AddSingleton<CredentialsProvider>(s => s.GetRequiredService<CredentialStore>().GetAsync);
        services.AddSingleton(s =>
        {
            // One client for the app's life: its handler renews connections itself. Each call has its own time limit.
            var http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = settings.BaseUrl, Timeout = Timeout.InfiniteTimeSpan };
            return new LaafficClient(http, s.GetRequiredService<CredentialsProvider>(), s.GetRequiredService<TimeProvider>());
        });
        services.AddSingleton(StorageClients.Blobs(configuration));
        services.AddSingleton(StorageClients.Tables(configuration));
        services.AddCampaigns(settings.Campaigns);
        services.AddSingleton<FailureGuard>();
        return services;
    }

    // A vault that hangs is asked a second time within the time that the store has.
    private static SecretClientOptions VaultOptions() => new() { Retry = { MaxRetries = 2, NetworkTimeout = TimeSpan.FromSeconds(10) } };
}
