using System.ComponentModel;
using System.Diagnostics;

namespace Laaffic.LocalHost;

/// <summary>One run of Azurite, from its start until it is stopped.</summary>
internal sealed class AzuriteProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(10);

    private readonly Process _process;

    private AzuriteProcess(Process process, AzuritePorts ports) => (_process, Ports) = (process, ports);

    /// <summary>The process' id.</summary>
    public int Id => _process.Id;

    /// <summary>Where its services listen.</summary>
    public AzuritePorts Ports { get; }

    /// <summary>Starts it and waits until its services listen.</summary>
    /// <exception cref="PortTakenException">A port is taken.</exception>
    /// <exception cref="InvalidOperationException">Node.js is missing, or it did not start: its output is in the message.</exception>
    public static async Task<AzuriteProcess> StartAsync(ProcessStartInfo command, CancellationToken cancellationToken)
    {
        var process = Start(command);
        try
        {
            return new AzuriteProcess(process, await WaitUntilListeningAsync(process, cancellationToken));
        }
        catch
        {
            await StopAsync(process);
            throw;
        }
    }

    /// <summary>Asks it to end, which writes out its data, and ends it if it does not.</summary>
    public async ValueTask DisposeAsync() => await StopAsync(_process);

    private static async Task StopAsync(Process process)
    {
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

    private static Process Start(ProcessStartInfo command)
    {
        try
        {
            return Process.Start(command)!;
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException(
                "Node.js could not be started. Azurite (the storage emulator) needs Node.js 20 or newer on the PATH.",
                e
            );
        }
    }

    private static async Task<AzuritePorts> WaitUntilListeningAsync(Process process, CancellationToken cancellationToken)
    {
        var output = new AzuriteOutput(process);
        // WaitForExitAsync ends only after the last line of output was read.
        var ended = process.WaitForExitAsync(cancellationToken);
        try
        {
            if (await Task.WhenAny(output.Listening, ended).WaitAsync(StartTimeout, cancellationToken) != ended)
            {
                return await output.Listening;
            }
        }
        catch (TimeoutException e)
        {
            throw new InvalidOperationException(
                $"Azurite did not start within {StartTimeout.TotalSeconds:0} s. Its output:{Environment.NewLine}{output.Text}",
                e
            );
        }

        await ended;
        var text = output.Text;
        throw text.Contains("EADDRINUSE", StringComparison.Ordinal)
            ? new PortTakenException($"Azurite found a port taken:{Environment.NewLine}{text}")
            : new InvalidOperationException($"Azurite ended with code {process.ExitCode} instead of starting:{Environment.NewLine}{text}");
    }
}
