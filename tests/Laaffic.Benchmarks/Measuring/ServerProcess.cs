using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Reflection;
using Laaffic.LocalHost;
using Laaffic.Simulator;

namespace Laaffic.Benchmarks.Measuring;

/// <summary>One of the project's programs as a process of its own, measured from outside (Linux only: through <c>/proc</c>).</summary>
internal sealed class ServerProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ServerProcess(Process process)
    {
        this._process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => _listening.Task.Result;

    /// <summary>The most memory it ever had resident, in MB.</summary>
    public double PeakMegabytes => long.Parse(Status("VmHWM"), CultureInfo.InvariantCulture) / 1024.0;

    /// <summary>CPU time it has used, user and system.</summary>
    public TimeSpan Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime;
        }
    }

    /// <summary>The voice API's simulator, which remembers numbers only.</summary>
    public static Task<ServerProcess> StartSimulatorAsync() =>
        StartAsync(typeof(VoiceApiSimulator).Assembly, ["--port", "0", "--no-texts"], []);

    /// <summary>The function app, on its local host, with storage and API elsewhere.</summary>
    public static Task<ServerProcess> StartAppAsync(Azurite storage, ServerProcess api)
    {
        var account = new SimulatorAccount();
        return StartAsync(
            typeof(Azurite).Assembly,
            ["--port", "0"],
            new()
            {
                ["AzureWebJobsStorage"] = storage.ConnectionString,
                ["Laaffic__BaseUrl"] = api.Address.AbsoluteUri,
                ["Laaffic__AppId"] = account.AppId,
                ["Laaffic__ApiKey"] = account.ApiKey,
                ["Laaffic__ApiSecret"] = account.ApiSecret,
            }
        );
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
    }

    private static async Task<ServerProcess> StartAsync(Assembly program, string[] arguments, Dictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [program.Location, .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var server = new ServerProcess(Process.Start(start)!);
        await Task.WhenAny(server._listening.Task, server._process.WaitForExitAsync()).WaitAsync(TimeSpan.FromMinutes(1));
        return server._listening.Task.IsCompleted
            ? server
            : throw new InvalidOperationException($"{program.GetName().Name} did not start:\n{string.Join('\n', server._output)}");
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        var address = line.Split(' ', StringSplitOptions.RemoveEmptyEntries) switch
        {
            ["HTTP", var app, ..] => app,
            ["Laaffic", "simulator", "at", var simulator] => simulator,
            _ => null,
        };
        if (address is not null)
        {
            _listening.TrySetResult(new Uri(address));
        }
    }

    private string Status(string name) =>
        File.ReadLines($"/proc/{_process.Id}/status")
            .First(line => line.StartsWith(name + ":", StringComparison.Ordinal))
            .Split(' ', '\t', StringSplitOptions.RemoveEmptyEntries)[1];
}
