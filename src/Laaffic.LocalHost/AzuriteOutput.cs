using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Laaffic.LocalHost;

/// <summary>Reads what an Azurite prints: it tells when its services listen, and where.</summary>
internal sealed partial class AzuriteOutput
{
    private readonly ConcurrentQueue<string> _lines = new();
    private readonly ConcurrentDictionary<string, int> _ports = new();
    private readonly TaskCompletionSource<AzuritePorts> _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Starts reading a process's output and errors.</summary>
    public AzuriteOutput(Process process)
    {
        process.OutputDataReceived += (_, line) => Read(line.Data);
        process.ErrorDataReceived += (_, line) => Read(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>Done when all three services listen.</summary>
    public Task<AzuritePorts> Listening => _listening.Task;

    /// <summary>What it has printed until all listened.</summary>
    public string Text => string.Join(Environment.NewLine, _lines);

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        if (!_listening.Task.IsCompleted)
        {
            _lines.Enqueue(line);
        }

        if (ListeningLine().Match(line) is { Success: true } match)
        {
            _ports[match.Groups["service"].Value] = int.Parse(match.Groups["port"].Value, CultureInfo.InvariantCulture);
            if (_ports.Count == 3)
            {
                _listening.TrySetResult(new AzuritePorts(_ports["Blob"], _ports["Queue"], _ports["Table"]));
            }
        }
    }

    [GeneratedRegex(@"^Azurite (?<service>Blob|Queue|Table) service is successfully listening at \S+:(?<port>\d+)$")]
    private static partial Regex ListeningLine();
}
