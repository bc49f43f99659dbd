using Azure.Data.Tables;
using Azure.Security.KeyVault.Secrets;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Laaffic.Simulation.Instances;

/// <summary>What an app is made of that is not its own.</summary>
internal sealed record AppParts(
    BlobServiceClient Blobs,
    TableServiceClient Tables,
    HttpClient Api,
    SecretClient Vault,
    TimeProvider Clock,
    ILoggerFactory Logs,
    Random Random
)
{
    /// <summary>The secrets come from the vault alone.</summary>
    public static IConfiguration NoSettings { get; } = new ConfigurationBuilder().Build();
}
