using System.Diagnostics;
using System.Globalization;

namespace Laaffic.Simulation.Running;

/// <summary>Starts the processes that share the runs, and prints what they tell.</summary>
internal sealed class Workers(Arguments arguments)
{
    private const int MostShown = 25;

    private readonly Lock _gate = new();
    private readonly Totals _totals = new();
    private readonly SortedDictionary<int, string> _failures = [];
    private readonly List<string> _unobserved = [];
    private readonly Stopwatch _watch = Stopwatch.StartNew();
    private readonly List<Process> _processes = [];
    private TimeSpan _shown;
    private bool _isStopped;

    public int Run()
    {
        lock (_gate)
        {
            _processes.AddRange(Enumerable.Range(0, arguments.Workers).Select(Start));
        }

        foreach (var process in _processes)
        {
            process.WaitForExit();
            if (process.ExitCode != 0 && !_isStopped)
            {
                _failures.TryAdd(-process.Id, "[the simulation itself] a worker ended unexpectedly");
            }
        }

        Print();
        return _failures.Count == 0 && _unobserved.Count == 0 ? 0 : 1;
    }

    private Process Start(int number)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        start.Environment["DOTNET_EnableWriteXorExecute"] = "0"; // compiling is a good part of a short run, and costs less so
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet")
        {
            start.ArgumentList.Add(typeof(Workers).Assembly.Location);
        }

        foreach (
            var (name, value) in ((string, double)[])
                [("--runs", arguments.Runs), ("--seed", arguments.Seed), ("--workers", arguments.Workers), ("--worker", number)]
        )
        {
            start.ArgumentList.Add(name);
            start.ArgumentList.Add(value.ToString(CultureInfo.InvariantCulture));
        }

        if (arguments.Minutes is { } minutes)
        {
            start.ArgumentList.Add("--minutes");
            start.ArgumentList.Add(minutes.ToString(CultureInfo.InvariantCulture));
        }

        if (arguments.Known is { } known)
        {
            start.ArgumentList.Add("--known");
            start.ArgumentList.Add(known);
        }

        if (arguments.Before is { } before)
        {
            start.ArgumentList.Add("--before");
            start.ArgumentList.Add(before);
        }

        if (arguments.Twice)
        {
            start.ArgumentList.Add("--twice");
        }

        if (arguments.Stop)
        {
            start.ArgumentList.Add("--stop");
        }

        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, e) => Take(e.Data);
        process.BeginOutputReadLine();
        return process;
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_gate)
        {
            switch (line.Split(' ', 3))
            {
                case ["T", ..]:
                    _totals.Add(Totals.FromJson(line[2..]));
                    break;
                case ["F", var seed, var why]:
                    _failures[int.Parse(seed, CultureInfo.InvariantCulture)] = why;
                    if (arguments.Stop)
                    {
                        Stop();
                    }

                    if (_failures.Count <= MostShown)
                    {
                        Console.WriteLine($"seed {seed} failed: {why}");
                    }

                    break;
                case ["U", ..]:
                    _unobserved.Add(line[2..]);
                    break;
                default:
                    Console.WriteLine(line);
                    break;
            }

            if (_watch.Elapsed - _shown < TimeSpan.FromSeconds(5))
            {
                return;
            }

            _shown = _watch.Elapsed;
            Console.WriteLine(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{_shown.TotalSeconds:0} s: {_totals.Runs} runs, {_totals.VirtualDays:0} virtual days, {_failures.Count} failed"
                )
            );
        }
    }

    /// <summary>One failure is enough.</summary>
    private void Stop()
    {
        _isStopped = true;
        foreach (var process in _processes.Where(p => !p.HasExited))
        {
            process.Kill();
        }
    }

    private void Print()
    {
        Console.WriteLine();
        Console.WriteLine(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{_totals.Runs} runs in {_watch.Elapsed.TotalSeconds:0} s ({_totals.Runs / _watch.Elapsed.TotalMinutes:0} a minute): "
                    + $"{_totals.VirtualDays:0.0} virtual days, {_totals.Campaigns} campaigns, {_totals.Accepted} accepted tasks, "
                    + $"{_totals.StorageRequests} storage and {_totals.ApiRequests} API requests, {_totals.Faults.Values.Sum()} faults:"
            )
        );
        foreach (var target in _totals.Faults.GroupBy(f => f.Key.Split(' ')[0]).OrderBy(g => g.Key))
        {
            var counts = target.OrderBy(f => f.Key).Select(f => $"{f.Value} {f.Key[(f.Key.IndexOf(' ') + 1)..]}");
            Console.WriteLine($"  {target.Key}: {string.Join(", ", counts)}");
        }

        foreach (var exception in _unobserved)
        {
            Console.WriteLine($"unobserved exception {exception}");
        }

        foreach (var kind in _failures.GroupBy(f => f.Value.Split(']')[0].TrimStart('[')).OrderByDescending(g => g.Count()))
        {
            Console.WriteLine(
                $"{kind.Count()} x {kind.Key}: seeds {string.Join(", ", kind.Take(8).Select(f => f.Key))}{(kind.Count() > 8 ? ", …" : "")}"
            );
        }

        if (_failures.Keys.FirstOrDefault(s => s > 0) is > 0 and var first)
        {
            Console.WriteLine($"Replay with: dotnet run -c Release --project tests/Laaffic.Simulation -- --replay {first}");
        }

        Console.WriteLine($"{_totals.Runs - _failures.Count} passed, {_failures.Count} failed");
    }
}
