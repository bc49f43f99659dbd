using Azure.Core;
using Azure.Data.Tables;
using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace Laaffic.Functions.Settings;

/// <summary>
/// Clients of a storage account that a setting names, by the Functions host's own rules: <c>NAME</c> holds a connection
/// string, or <c>NAME__blobServiceUri</c> and <c>NAME__tableServiceUri</c>, or <c>NAME__accountName</c>, say where it is
/// and access is by identity (<c>NAME__credential</c>, <c>NAME__clientId</c>).
/// </summary>
public static class StorageClients
{
    /// <summary>The setting with the account that the host uses too.</summary>
    public const string DefaultConnection = "AzureWebJobsStorage";

    /// <summary>The blob service.</summary>
    /// <param name="configuration">The app settings.</param>
    /// <param name="connection">The setting's name.</param>
    /// <exception cref="SettingsException">It is not set, or wrong: the message names the setting, and never has its value, which may hold
    /// a key.</exception>
    public static BlobServiceClient Blobs(IConfiguration configuration, string connection = DefaultConnection) =>
        Create(
            configuration,
            connection,
            "blob",
            text => new BlobServiceClient(text),
            (address, credential) => new BlobServiceClient(address, credential)
        );

    /// <summary>The table service.</summary>
    /// <param name="configuration">The app settings.</param>
    /// <param name="connection">The setting's name.</param>
    /// <exception cref="SettingsException">It is not set, or wrong: the message names the setting, and never has its value, which may hold
    /// a key.</exception>
    public static TableServiceClient Tables(IConfiguration configuration, string connection = DefaultConnection) =>
        Create(
            configuration,
            connection,
            "table",
            text => new TableServiceClient(text),
            (address, credential) => new TableServiceClient(address, credential)
        );

    /// <summary>The app's own identity in Azure; on a developer's machine, the developer's.</summary>
    internal static TokenCredential Credential(IConfiguration configuration, string? kind, string? clientId)
    {
        clientId =
            clientId is { Length: > 0 } ? clientId
            : configuration["AZURE_CLIENT_ID"] is { Length: > 0 } common ? common
            : null;
        return string.Equals(kind, "managedidentity", StringComparison.OrdinalIgnoreCase)
            ? new ManagedIdentityCredential(
                clientId is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(clientId)
            )
            : new DefaultAzureCredential(new DefaultAzureCredentialOptions { ManagedIdentityClientId = clientId });
    }

    private static T Create<T>(
        IConfiguration configuration,
        string connection,
        string service,
        Func<string, T> fromConnectionString,
        Func<Uri, TokenCredential, T> fromAddress
    )
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var section = configuration.GetSection(connection);
        if (section.Value is { Length: > 0 } connectionString)
        {
            try
            {
                return fromConnectionString(connectionString);
            }
            catch (Exception e) when (e is FormatException or ArgumentException or InvalidOperationException)
            {
                throw new SettingsException([
                    $"{connection} is not a storage connection string (AccountName=…;AccountKey=…;…). Its value is not shown, as it "
                        + $"may hold a key.",
                ]);
            }
        }

        return fromAddress(Address(section, connection, service), Credential(configuration, section["credential"], section["clientId"]));
    }

    private static Uri Address(IConfigurationSection section, string connection, string service)
    {
        if (section[$"{service}ServiceUri"] is { Length: > 0 } text)
        {
            return Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http"
                ? uri
                : throw new SettingsException([
                    $"{connection}__{service}ServiceUri is '{text}': it must be an absolute address such as "
                        + $"https://ACCOUNT.{service}.core.windows.net.",
                ]);
        }

        if (section["accountName"] is not { Length: > 0 } account)
        {
            throw new SettingsException([
                $"{connection} is not set: give a connection string, or {connection}__{service}ServiceUri for access by identity.",
            ]);
        }

        return account.Length is >= 3 and <= 24 && account.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c))
            ? new Uri($"https://{account}.{service}.core.windows.net")
            : throw new SettingsException([
                $"{connection}__accountName is '{account}': a storage account's name has 3 to 24 lower-case letters and digits.",
            ]);
    }
}
