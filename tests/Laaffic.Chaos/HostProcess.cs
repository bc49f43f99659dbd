using System.Collections.Concurrent;
using System.Diagnostics;

namespace Laaffic.Chaos;

/// <summary>A local host as a process of its own, which can be killed without warning.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process _process;
    private readonly ConcurrentQueue<string> _output = new();
    private readonly TaskCompletionSource<Uri> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(Process process)
    {
        this._process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where its HTTP functions are, once it serves; null if it has ended or does not serve yet.</summary>
    public Uri? Address => !_process.HasExited && _listening.Task.IsCompletedSuccessfully ? _listening.Task.Result : null;

    public bool HasExited => _process.HasExited;

    public string Output => string.Join('\n', _output.TakeLast(30));

    public static HostProcess Start(IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(LocalHost.Azurite).Assembly.Location, "--port", "0" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>SIGKILL on Linux and macOS: the process gets no chance to finish anything.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        _output.Enqueue(line);
        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["HTTP", var address, ..])
        {
            _listening.TrySetResult(new Uri(address));
        }
    }
}
