using Laaffic.LocalHost;

[assembly: AssemblyFixture(typeof(Laaffic.Simulation.Tests.Storage.StorageFixture))]

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>One Azurite for all tests, and in it an account of its own for each.</summary>
public sealed class StorageFixture : IAsyncLifetime
{
    private const int Accounts = 1000;
    private Azurite? azurite;
    private int taken;

    public async ValueTask InitializeAsync() =>
        azurite = await Azurite.StartAsync(accounts: Accounts, cancellationToken: TestContext.Current.CancellationToken);

    /// <summary>The connection string of an empty account.</summary>
    public string NewAccount() => azurite!.ConnectionStringOf(Interlocked.Increment(ref taken));

    public ValueTask DisposeAsync() => azurite?.DisposeAsync() ?? ValueTask.CompletedTask;
}
