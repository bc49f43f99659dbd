using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Api;
using Laaffic.Campaigns;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Laaffic.Testing;

/// <summary>The parts of an instance of the app, composed as the app composes them, on the clients of a test.</summary>
public static class AppComposition
{
    /// <summary>Composes them; dispose what is returned.</summary>
    /// <param name="blobs">Blob storage.</param>
    /// <param name="tables">Table storage.</param>
    /// <param name="api">Where Laaffic's API is; its time-out should be infinite, as each call has its own.</param>
    /// <param name="credentials">The account's secrets.</param>
    /// <param name="options">The options.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logs">Where the log goes; null is nowhere.</param>
    /// <param name="random">The jitter; null is a random one.</param>
    public static ServiceProvider Compose(
        BlobServiceClient blobs,
        TableServiceClient tables,
        HttpClient api,
        CredentialsProvider credentials,
        CampaignOptions options,
        TimeProvider time,
        ILoggerFactory? logs = null,
        Random? random = null
    ) =>
        new ServiceCollection()
            .AddSingleton(blobs)
            .AddSingleton(tables)
            .AddSingleton(credentials)
            .AddSingleton(new LaafficClient(api, credentials, time))
            .AddSingleton(time)
            .AddSingleton(random ?? Random.Shared)
            .AddSingleton(logs ?? NullLoggerFactory.Instance)
            .AddSingleton(typeof(ILogger<>), typeof(Logger<>))
            .AddCampaigns(options)
            .BuildServiceProvider();
}
