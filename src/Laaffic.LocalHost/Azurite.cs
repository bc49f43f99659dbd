using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;

namespace Laaffic.LocalHost;

/// <summary>
/// Azurite, the emulator of Azure Storage, as a child process that listens on loopback only. It ends with this object,
/// and with this process however that ends.
/// </summary>
public sealed partial class Azurite : IAsyncDisposable
{
    // The account and key that Azurite documents for everyone: no secret.
    private const string Account = "devstoreaccount1";
    private const string AccountKey = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly string? _dataFolder;
    private readonly int _accounts;
    private Process? _process;

    private Azurite(string? dataFolder, int accounts) => (_dataFolder, _accounts) = (dataFolder, accounts);

    /// <summary>The port of the blob service.</summary>
    public int BlobPort { get; private set; }

    /// <summary>The port of the queue service.</summary>
    public int QueuePort { get; private set; }

    /// <summary>The port of the table service.</summary>
    public int TablePort { get; private set; }

    /// <summary>The process' id; <see langword="null"/> while it is stopped.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>The connection string of its usual account. It stays the same across stops and restarts.</summary>
    public string ConnectionString => ConnectionStringOf(0);

    /// <summary>The connection string of one of its accounts, which share nothing.</summary>
    /// <param name="number">0 for the usual one.</param>
    /// <exception cref="ArgumentOutOfRangeException">It was started with fewer accounts.</exception>
    public string ConnectionStringOf(int number)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(number);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(number, _accounts);
        var name = NameOf(number);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"DefaultEndpointsProtocol=http;AccountName={name};AccountKey={AccountKey};"
                + $"BlobEndpoint=http://127.0.0.1:{BlobPort}/{name};"
                + $"QueueEndpoint=http://127.0.0.1:{QueuePort}/{name};"
                + $"TableEndpoint=http://127.0.0.1:{TablePort}/{name};"
        );
    }

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
        var azurite = new Azurite(dataFolder is null ? null : Path.GetFullPath(dataFolder), accounts);
        if (preferUsualPorts)
        {
            (azurite.BlobPort, azurite.QueuePort, azurite.TablePort) = (10000, 10001, 10002);
            try
            {
                await azurite.RunAsync(cancellationToken);
                return azurite;
            }
            catch (PortTakenException)
            {
                (azurite.BlobPort, azurite.QueuePort, azurite.TablePort) = (0, 0, 0);
            }
        }

        await azurite.RunAsync(cancellationToken);
        return azurite;
    }

    /// <summary>
    /// Stops Azurite; data in memory is lost, data in a folder is written out. Nothing happens when it is stopped already.
    /// </summary>
    public async Task StopAsync()
    {
        if (Interlocked.Exchange(ref _process, null) is not { } process)
        {
            return;
        }

        using (process)
        {
            try
            {
                process.StandardInput.Close();
                using var deadline = new CancellationTokenSource(StopTimeout);
                await process.WaitForExitAsync(deadline.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or IOException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
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

    private static string NameOf(int number) => number == 0 ? Account : string.Create(CultureInfo.InvariantCulture, $"{Account}x{number}");

    private static string Folder()
    {
        var folder = typeof(Azurite)
            .Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .First(attribute => attribute.Key == "AzuriteFolder")
            .Value!;
        return File.Exists(Path.Combine(folder, "node_modules", "azurite", "package.json"))
            ? folder
            : throw new InvalidOperationException($"Azurite is not installed in {folder}: build src/Laaffic.LocalHost again.");
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo("node")
        {
            WorkingDirectory = Path.GetTempPath(),
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        string[] arguments =
        [
            Path.Combine(Folder(), "run.mjs"),
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            Text(BlobPort),
            "--queueHost",
            "127.0.0.1",
            "--queuePort",
            Text(QueuePort),
            "--tableHost",
            "127.0.0.1",
            "--tablePort",
            Text(TablePort),
            "--silent",
            "--skipApiVersionCheck",
            "--disableTelemetry",
            .. _dataFolder is null ? (string[])["--inMemoryPersistence"] : ["--location", _dataFolder],
        ];
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["AZURITE_ACCOUNTS"] = string.Join(
            ';',
            Enumerable.Range(0, _accounts).Select(number => $"{NameOf(number)}:{AccountKey}")
        );

        Process process;
        try
        {
            process = Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                "Node.js could not be started. Azurite (the storage emulator) needs Node.js 20 or newer on the PATH.",
                e
            );
        }

        var output = new ConcurrentQueue<string>();
        var ports = new ConcurrentDictionary<string, int>();
        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        _process = process;
        try
        {
            // WaitForExitAsync ends only after the last line of output was read.
            var ended = process.WaitForExitAsync(cancellationToken);
            var first = await Task.WhenAny(listening.Task, ended).WaitAsync(StartTimeout, cancellationToken);
            if (first == ended)
            {
                await ended;
                var text = string.Join(Environment.NewLine, output);
                throw text.Contains("EADDRINUSE", StringComparison.Ordinal)
                    ? new PortTakenException($"Azurite found a port taken:{Environment.NewLine}{text}")
                    : new InvalidOperationException(
                        $"Azurite ended with code {process.ExitCode} instead of starting:{Environment.NewLine}{text}"
                    );
            }
        }
        catch (Exception e)
        {
            await StopAsync();
            if (e is TimeoutException)
            {
                throw new InvalidOperationException(
                    $"Azurite did not start within {StartTimeout.TotalSeconds:0} s. Its "
                        + $"output:{Environment.NewLine}{string.Join(Environment.NewLine, output)}",
                    e
                );
            }

            throw;
        }

        (BlobPort, QueuePort, TablePort) = (ports["Blob"], ports["Queue"], ports["Table"]);

        void Read(string? line)
        {
            if (line is null)
            {
                return;
            }

            if (!listening.Task.IsCompleted)
            {
                output.Enqueue(line);
            }

            if (Listening().Match(line) is { Success: true } match)
            {
                ports[match.Groups["service"].Value] = int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture);
                if (ports.Count == 3)
                {
                    listening.TrySetResult();
                }
            }
        }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    [GeneratedRegex(@"^Azurite (?<service>Blob|Queue|Table) service is successfully listening at \S+:(?<port>\d+)$")]
    private static partial Regex Listening();

    private sealed class PortTakenException(string message) : InvalidOperationException(message);
}
