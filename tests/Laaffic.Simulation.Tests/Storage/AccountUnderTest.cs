using Azure.Core.Pipeline;
using Azure.Data.Tables;
using Azure.Storage.Blobs;
using Laaffic.Simulation.Storage;
using Laaffic.Testing;

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>The clients of an empty account.</summary>
public sealed record AccountUnderTest(TableServiceClient Tables, BlobServiceClient Blobs)
{
    /// <summary>One of Azurite's.</summary>
    public static AccountUnderTest OfAzurite(StorageFixture storage) => Of(storage.NewAccount(), null);

    /// <summary>A simulated one.</summary>
    public static AccountUnderTest Of(SimulatedAccount account) =>
        Of(SimulatedAccount.ConnectionString, new HttpClientTransport(new StorageHandler(account)));

    private static AccountUnderTest Of(string connectionString, HttpPipelineTransport? transport)
    {
        var tables = new TableClientOptions { Retry = { MaxRetries = 0 } };
        var blobs = new BlobClientOptions { Retry = { MaxRetries = 0 } };
        if (transport is not null)
        {
            (tables.Transport, blobs.Transport) = (transport, transport);
        }

        return new(new(connectionString, tables), new(connectionString, blobs));
    }
}
