using Laaffic.LocalHost;

[assembly: AssemblyFixture(typeof(Laaffic.Simulation.Tests.Storage.StorageFixture))]

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>One Azurite for all tests, and in it an account of its own for each.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private const int Accounts = 1000;
    private Azurite? _azurite;
    private int _taken;

    public async ValueTask InitializeAsync() =>
        _azurite = await Azurite.StartAsync(accounts: Accounts, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>The connection string of an empty account.</summary>
    public string NewAccount() => _azurite!.ConnectionStringOf(Interlocked.Increment(ref _taken));

    public ValueTask DisposeAsync() => _azurite?.DisposeAsync() ?? ValueTask.CompletedTask;
}
