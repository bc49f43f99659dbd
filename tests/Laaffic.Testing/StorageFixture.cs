using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.LocalHost;
using Xunit;

namespace Laaffic.Testing;

/// <summary>One Azurite for all tests of an assembly, and in it an account of its own for each that cannot make names up.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private const int Accounts = 1000;
    private Azurite? _azurite;
    private int _taken;

    /// <summary>The account that tests share; it has the app's containers.</summary>
    public string ConnectionString => _azurite!.ConnectionString;

    /// <summary>Its blobs.</summary>
    public BlobServiceClient Blobs => new(ConnectionString);

    /// <summary>The connection string of an empty account.</summary>
    public string NewAccount() => _azurite!.ConnectionStringOf(Interlocked.Increment(ref _taken));

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        var token = TestContext.Current.CancellationToken;
        _azurite = await Azurite.StartAsync(accounts: Accounts, cancellationToken: token);
        await Containers.CreateAsync(Blobs, token);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? ValueTask.CompletedTask;
}
