using Azure.Storage.Blobs;
using Laaffic.Campaigns.Tests;
using Laaffic.LocalHost;

[assembly: AssemblyFixture(typeof(StorageFixture))]

namespace Laaffic.Campaigns.Tests;

/// <summary>One Azurite for all tests; whoever needs names of its own makes them up.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private const int Accounts = 1000;
    private Azurite? _azurite;
    private int _taken;

    public string ConnectionString => _azurite!.ConnectionString;

    public BlobServiceClient Blobs => new(ConnectionString);

    /// <summary>The connection string of an empty account, for whoever can not make names up.</summary>
    public string NewAccount() => _azurite!.ConnectionStringOf(Interlocked.Increment(ref _taken));

    public async ValueTask InitializeAsync()
    {
        _azurite = await Azurite.StartAsync(accounts: Accounts);
        await Blobs.CreateBlobContainerAsync("tasks");
        await Blobs.CreateBlobContainerAsync("profiles");
    }

    public async ValueTask DisposeAsync()
    {
        if (_azurite is not null)
        {
            await _azurite.DisposeAsync();
        }
    }
}
