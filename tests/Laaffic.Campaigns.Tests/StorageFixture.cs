using Azure.Storage.Blobs;
using Laaffic.Campaigns.Tests;
using Laaffic.LocalHost;

[assembly: AssemblyFixture(typeof(StorageFixture))]

namespace Laaffic.Campaigns.Tests;

/// <summary>One Azurite for all tests; whoever needs names of its own makes them up.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private Azurite? azurite;

    public string ConnectionString => azurite!.ConnectionString;

    public BlobServiceClient Blobs => new(ConnectionString);

    public async ValueTask InitializeAsync()
    {
        azurite = await Azurite.StartAsync();
        await Blobs.CreateBlobContainerAsync("tasks");
        await Blobs.CreateBlobContainerAsync("profiles");
    }

    public async ValueTask DisposeAsync()
    {
        if (azurite is not null)
            await azurite.DisposeAsync();
    }
}
