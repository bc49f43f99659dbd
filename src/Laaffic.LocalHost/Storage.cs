using Azure.Identity;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;

namespace Laaffic.LocalHost;

/// <summary>The storage account that the app's settings name.</summary>
public static class Storage
{
    /// <summary>The setting that names the app's storage, unless a trigger names another.</summary>
    public const string DefaultConnection = "AzureWebJobsStorage";

    /// <summary>The containers that the app uses. In Azure the deployment creates them.</summary>
    private static readonly string[] Containers = ["campaigns", "profiles", "tasks", "results"];

    /// <summary>The blob service of a connection.</summary>
    /// <param name="configuration">The app settings.</param>
    /// <param name="connection">
    /// The name of a setting that holds a connection string, or the start of the names of the identity-based form:
    /// <c>NAME__blobServiceUri</c> or <c>NAME__accountName</c>.
    /// </param>
    /// <exception cref="InvalidOperationException">It is not set, or not a connection string.</exception>
    public static BlobServiceClient Blobs(IConfiguration configuration, string connection)
    {
        var section = configuration.GetSection(connection);
        if (section.Value is { Length: > 0 } connectionString)
        {
            try
            {
                return new BlobServiceClient(connectionString);
            }
            catch (Exception e) when (e is FormatException or ArgumentException)
            {
                // The value has a key in it, and the exception may have the value: it is not shown.
                throw new InvalidOperationException($"The setting {connection} is not a storage connection string.");
            }
        }

        var uri = section["blobServiceUri"] ?? (section["accountName"] is { Length: > 0 } account ? $"https://{account}.blob.core.windows.net" : null);
        return uri is null
            ? throw new InvalidOperationException($"The setting {connection} (a storage connection string) is not set.")
            : new BlobServiceClient(new Uri(uri), new DefaultAzureCredential());
    }

    /// <summary>Creates the containers that the app uses, where they do not exist yet.</summary>
    /// <param name="blobs">The blob service.</param>
    /// <param name="cancellationToken">Cancels the work.</param>
    public static async Task CreateContainersAsync(BlobServiceClient blobs, CancellationToken cancellationToken = default)
    {
        foreach (var container in Containers)
            await blobs.GetBlobContainerClient(container).CreateIfNotExistsAsync(cancellationToken: cancellationToken);
    }
}
