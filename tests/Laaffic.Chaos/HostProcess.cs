using System.Collections.Concurrent;
using System.Diagnostics;

namespace Laaffic.Chaos;

/// <summary>A local host as a process of its own, which can be killed without warning.</summary>
internal sealed class HostProcess : IDisposable
{
    private readonly Process process;
    private readonly ConcurrentQueue<string> output = new();
    private readonly TaskCompletionSource<Uri> listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HostProcess(Process process)
    {
        this.process = process;
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Where its HTTP functions are, once it serves; null if it has ended or does not serve yet.</summary>
    public Uri? Address => !process.HasExited && listening.Task.IsCompletedSuccessfully ? listening.Task.Result : null;

    public bool HasExited => process.HasExited;

    public string Output => string.Join('\n', output.TakeLast(30));

    public static HostProcess Start(IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { typeof(LocalHost.Azurite).Assembly.Location, "--port", "0" },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in settings) start.Environment[name] = value;
        return new HostProcess(Process.Start(start)!);
    }

    /// <summary>SIGKILL on Linux and macOS: the process gets no chance to finish anything.</summary>
    public void Kill()
    {
        process.Kill();
        process.WaitForExit();
    }

    public void Dispose()
    {
        if (!process.HasExited) Kill();
        process.Dispose();
    }

    private void Read(string? line)
    {
        if (line is null) return;
        output.Enqueue(line);
        if (line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is ["HTTP", var address, ..]) listening.TrySetResult(new Uri(address));
    }
}
