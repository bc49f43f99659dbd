using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace Laaffic.Functions.Settings;

/// <summary>The storage account that the host uses too, by connection string or by identity.</summary>
internal static class StorageClients
{
    private const string Key = "AzureWebJobsStorage";

    public static (BlobServiceClient Blobs, TableServiceClient Tables) Create(IConfiguration configuration)
    {
        if (configuration[Key] is { Length: > 0 } connection)
        {
            try
            {
                return (new BlobServiceClient(connection), new TableServiceClient(connection));
            }
            catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
            {
                throw new SettingsException([$"{Key} is no storage connection string: {e.Message.Split('\n', 2)[0].TrimEnd()}"]);
            }
        }

        // The names of the Functions host's own settings for identity-based storage.
        var section = configuration.GetSection(Key);
        var credential = Credential(configuration, section["credential"], section["clientId"]);
        return (new BlobServiceClient(Address("blob"), credential), new TableServiceClient(Address("table"), credential));

        Uri Address(string service) =>
            section[$"{service}ServiceUri"] is { Length: > 0 } uri ? new Uri(uri)
            : section["accountName"] is { Length: > 0 } account ? new Uri($"https://{account}.{service}.core.windows.net")
            : throw new SettingsException([$"{Key} is not set: give a connection string, or {Key}__{service}ServiceUri for access by identity."]);
    }

    /// <summary>The app's own identity in Azure; on a developer's machine, the developer's.</summary>
    public static TokenCredential Credential(IConfiguration configuration, string? kind, string? clientId)
    {
        clientId ??= configuration["AZURE_CLIENT_ID"];
        return string.Equals(kind, "managedidentity", StringComparison.OrdinalIgnoreCase)
            ? new ManagedIdentityCredential(clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId))
            : new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });
    }
}
