namespace Laaffic.LocalHost;

/// <summary>
/// Azurite, the emulator of Azure Storage, as a child process that listens on loopback only. It ends with this object,
/// and with this process however that ends.
/// </summary>
public sealed class Azurite : IAsyncDisposable
{
    private readonly string? _dataFolder;
    private readonly AzuriteAccounts _accounts;
    private AzuritePorts _ports;
    private AzuriteProcess? _process;

    private Azurite(string? dataFolder, int accounts, AzuritePorts ports) =>
        (_dataFolder, _accounts, _ports) = (dataFolder, new AzuriteAccounts(accounts), ports);

    /// <summary>The port of the blob service.</summary>
    public int BlobPort => _ports.Blob;

    /// <summary>The port of the queue service.</summary>
    public int QueuePort => _ports.Queue;

    /// <summary>The port of the table service.</summary>
    public int TablePort => _ports.Table;

    /// <summary>The process' id; <see langword="null"/> while it is stopped.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>The connection string of its usual account. It stays the same across stops and restarts.</summary>
    public string ConnectionString => ConnectionStringOf(0);

    /// <summary>The connection string of one of its accounts, which share nothing.</summary>
    /// <param name="number">0 for the usual one.</param>
    /// <exception cref="ArgumentOutOfRangeException">It was started with fewer accounts.</exception>
    public string ConnectionStringOf(int number) => _accounts.ConnectionStringOf(number, _ports);

    /// <summary>Starts Azurite and waits until its three services listen.</summary>
    /// <param name="dataFolder">Where its data is kept, created if need be; <see langword="null"/> keeps the data in memory until it
    /// stops.</param>
    /// <param name="preferUsualPorts">Takes ports 10000 to 10002, where the storage tools look, if all three are free; else, and where not
    /// asked for, any free ports.</param>
    /// <param name="accounts">How many accounts it has, at least 1.</param>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">Azurite is not installed, Node.js is missing, or it did not start: its output is in the
    /// message.</exception>
    public static async Task<Azurite> StartAsync(
        string? dataFolder = null,
        bool preferUsualPorts = false,
        int accounts = 1,
        CancellationToken cancellationToken = default
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(accounts, 1);
        var folder = dataFolder is null ? null : Path.GetFullPath(dataFolder);
        if (preferUsualPorts)
        {
            var usual = new Azurite(folder, accounts, AzuritePorts.Usual);
            try
            {
                await usual.RunAsync(cancellationToken);
                return usual;
            }
            catch (PortTakenException)
            {
                // Any others will do.
            }
        }

        var azurite = new Azurite(folder, accounts, AzuritePorts.Any);
        await azurite.RunAsync(cancellationToken);
        return azurite;
    }

    /// <summary>
    /// Stops Azurite; data in memory is lost, data in a folder is written out. Nothing happens when it is stopped already.
    /// </summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is { } process)
        {
            await process.DisposeAsync();
        }
    }

    /// <summary>Stops Azurite if it runs, and starts it again on the same ports and data folder.</summary>
    /// <param name="cancellationToken">Gives up waiting.</param>
    /// <exception cref="InvalidOperationException">It did not start again: its output is in the message.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await StopAsync();
        await RunAsync(cancellationToken);
    }

    /// <summary>Stops Azurite.</summary>
    public async ValueTask DisposeAsync() => await StopAsync();

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var command = AzuriteInstallation.CommandFor(_ports, _accounts, _dataFolder);
        _process = await AzuriteProcess.StartAsync(command, cancellationToken);
        _ports = _process.Ports;
    }
}
