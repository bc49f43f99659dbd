using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;
using Azure;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>The local host as people start it: a process of its own.</summary>
public sealed partial class LocalHostProcessTests(StorageFixture storage)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    [Fact]
    public async Task The_samples_are_all_accepted_and_shown_in_a_table()
    {
        using var host = LocalHostProcess.Start([], Path.Combine(AppContext.BaseDirectory, "samples"), "--port", "0");

        var (exitCode, output, errors) = await host.EndAsync();

        Assert.True(exitCode == 0, $"Exit code {exitCode}\n{output}\n{errors}");
        Assert.Contains("3 of 3 settled", errors, StringComparison.Ordinal);
        Assert.Equal(
            [
                "File | State | Accepted | Rejected | Duplicate | Task | Key id | Report",
                "reminders/january.csv | accepted | 301 | 6 | 3 | january DATE | KEY | results/reminders/january.csv.report.json",
                "stand-alone.csv | accepted | 3 | 0 | 0 | Spring offer, test group | KEY | results/stand-alone.csv.report.json",
                "vendor-sample.json | accepted | 1 | 0 | 0 | 我要測試智能體API-16 | KEY | results/vendor-sample.json.report.json",
            ],
            output.Split('\n')[..4].Select(Cells)
        );
        Assert.Matches(
            "\nSchedule weekdays-at-nine: next (Mon|Tue|Wed|Thu|Fri) [0-9]{4}-[0-9]{2}-[0-9]{2} 09:00 in Asia/Taipei, of lists/overdue.csv",
            output.ReplaceLineEndings("\n")
        );

        static string Cells(string row)
        {
            var cells = Regex.Split(row.Trim(), " {2,}");
            cells[5] = Regex.Replace(cells[5], "[0-9]{8}$", "DATE");
            cells[6] = Regex.Replace(cells[6], "^[0-9]+$", "KEY");
            return string.Join(" | ", cells);
        }
    }

    [Fact]
    public async Task A_rejected_campaign_is_shown_with_its_reason_and_ends_with_1()
    {
        var folder = Directory.CreateTempSubdirectory("rejected-campaign-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "campaigns"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, "campaigns", "good.json"), TestApp.ThreeCallees, Token);
            await File.WriteAllTextAsync(
                Path.Combine(folder.FullName, "campaigns", "bad.csv"),
                "# taskName: Bad\n# agentId: 41\n# maxCalls: 1000\ncalleeNumber\n12025550101\n",
                Token
            );
            await using var api = await VoiceApiSimulator.StartAsync(new SimulatorOptions(), Token);
            using var host = LocalHostProcess.Start(SettingsFor(storage.NewAccount(), api), folder.FullName, "--port", "0");

            var (exitCode, output, errors) = await host.EndAsync();

            Assert.True(exitCode == 1, $"Exit code {exitCode}\n{output}\n{errors}");
            Assert.Matches("good\\.json +accepted +3 ", output);
            Assert.Matches("bad\\.csv +rejected +0 ", output);
            Assert.Matches("line 3, maxCalls: .*999", output);
            Assert.Equal(["Reminder"], api.AcceptedTasks.Select(task => task.Name));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Two_local_hosts_on_one_storage_submit_each_file_once()
    {
        const int files = 20;
        await using var api = await VoiceApiSimulator.StartAsync(new SimulatorOptions(), Token);
        var account = storage.NewAccount();
        using var one = LocalHostProcess.Start(SettingsFor(account, api), "--port", "0");
        using var other = LocalHostProcess.Start(SettingsFor(account, api), "--port", "0");
        await Task.WhenAll(one.WaitUntilServingAsync(), other.WaitUntilServingAsync());
        var blobs = new BlobServiceClient(account);

        await Parallel.ForAsync(
            0,
            files,
            Token,
            async (n, token) =>
                await blobs
                    .GetBlobContainerClient(Containers.Campaigns)
                    .GetBlobClient($"{n}.json")
                    .UploadAsync(
                        BinaryData.FromString(TestApp.ThreeCallees.Replace("Reminder", $"Reminder {n}", StringComparison.Ordinal)),
                        Token
                    )
        );
        for (var n = 0; n < files; n++)
        {
            Assert.Equal(CampaignStates.Accepted, (await SettledReportAsync(blobs, $"{n}.json")).State);
        }

        Assert.Equal(Enumerable.Range(0, files).Select(n => $"Reminder {n}").Order(), api.AcceptedTasks.Select(task => task.Name).Order());
        Assert.Equal(files, api.CreateCallsReceived);
        Assert.All(api.AcceptedTasks, task => Assert.Equal(["12025550101", "12025550102", "12025550103"], task.Numbers));
    }

    [Fact]
    public async Task The_smoke_test_passes_with_the_addresses_that_the_local_host_prints()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts run under Linux, macOS and WSL.");
        await using var api = await VoiceApiSimulator.StartAsync(new SimulatorOptions(), Token);
        using var host = LocalHostProcess.Start(SettingsFor(storage.NewAccount(), api), "--port", "0");
        await host.WaitUntilServingAsync();

        var (exitCode, text) = await SmokeTestAsync(host, waitSeconds: 60);

        Assert.True(exitCode == 0, text);
        Assert.Contains("ok     a dropped file: all is accepted, and the counts are right", text, StringComparison.Ordinal);
        Assert.Equal(
            ["smoke-csv", "smoke-drop", "smoke-json"],
            api.AcceptedTasks.Select(task => task.Name[..^RunLength(task.Name)]).Order()
        );
        Assert.All(api.AcceptedTasks, task => Assert.Equal(["12025550101", "12025550102", "12025550103"], task.Numbers));
    }

    [Fact]
    public async Task The_smoke_test_fails_with_the_answer_that_is_wrong()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "The scripts run under Linux, macOS and WSL.");
        await using var api = await VoiceApiSimulator.StartAsync(
            new SimulatorOptions { Account = new SimulatorAccount { Balance = 0 } },
            Token
        );
        using var host = LocalHostProcess.Start(SettingsFor(storage.NewAccount(), api), "--port", "0");
        await host.WaitUntilServingAsync();

        var (exitCode, text) = await SmokeTestAsync(host, waitSeconds: 1);

        Assert.True(exitCode == 1, text);
        Assert.Contains("was not accepted within 1 seconds", text, StringComparison.Ordinal);
        Assert.Contains("balance too low", text, StringComparison.Ordinal);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static (string, string)[] SettingsFor(string account, VoiceApiSimulator api) =>
        [
            ("AzureWebJobsStorage", account),
            ("Laaffic__BaseUrl", api.BaseAddress.AbsoluteUri),
            ("Laaffic__AppId", api.Account.AppId),
            ("Laaffic__ApiKey", api.Account.ApiKey),
            ("Laaffic__ApiSecret", api.Account.ApiSecret),
        ];

    private static async Task<(int ExitCode, string Text)> SmokeTestAsync(LocalHostProcess host, int waitSeconds)
    {
        var start = new ProcessStartInfo(
            "sh",
            [Path.Combine(Documents.Repository, "scripts", "smoke-test.sh"), host.Printed(HttpAddress())]
        )
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            Environment = { ["DROP_URL"] = host.Printed(DropAddress()), ["WAIT_SECONDS"] = $"{waitSeconds}" },
        };
        string[] others = ["FUNCTION_KEY", "AGENT_ID", "NUMBERS"];
        Array.ForEach(others, name => start.Environment.Remove(name));
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(Token);
        var errors = process.StandardError.ReadToEndAsync(Token);
        await process.WaitForExitAsync(Token).WaitAsync(Deadline, Token);
        return (process.ExitCode, await output + await errors);
    }

    // -yyyymmdd-hhmmss-process, at the end of every name.
    private static int RunLength(string taskName) => Regex.Match(taskName, "-[0-9]{8}-[0-9]{6}-[0-9]+$").Length;

    [GeneratedRegex("HTTP +(http[^ ]+)")]
    private static partial Regex HttpAddress();

    [GeneratedRegex("\"(http[^\"]+/campaigns/my\\.csv[^\"]+)\"")]
    private static partial Regex DropAddress();

    private static async Task<CampaignReport> SettledReportAsync(BlobServiceClient blobs, string path)
    {
        var blob = blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(path + ".report.json");
        var started = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                var content = await blob.DownloadContentAsync(Token);
                var report = JsonSerializer.Deserialize(content.Value.Content, ReportJson.Default.CampaignReport)!;
                if (report.IsSettled)
                {
                    return report;
                }
            }
            catch (RequestFailedException e) when (e.Status == 404)
            {
                // Nobody has taken it up yet.
            }

            Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, $"{path} did not settle in time.");
            await Task.Delay(TimeSpan.FromMilliseconds(100), Token);
        }
    }

    /// <summary>A local host that ends with the test at the latest.</summary>
    private sealed class LocalHostProcess : IDisposable
    {
        private readonly Process _process;
        private readonly ConcurrentQueue<string> _output = [];
        private readonly ConcurrentQueue<string> _errors = [];
        private readonly TaskCompletionSource _serving = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private LocalHostProcess(Process process)
        {
            this._process = process;
            process.OutputDataReceived += (_, line) => Read(line.Data, _output);
            process.ErrorDataReceived += (_, line) => Read(line.Data, _errors);
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        public static LocalHostProcess Start((string Name, string Value)[] settings, params string[] arguments)
        {
            var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Laaffic.LocalHost.dll"), .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            string[] own = ["Laaffic", "AzureWebJobs", "Campaigns__", "KeyVault", "RetryDeferred"];
            foreach (
                var name in start
                    .Environment.Keys.Where(name => own.Any(prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
                    .ToArray()
            )
            {
                start.Environment.Remove(name);
            }

            foreach (var (name, value) in settings)
            {
                start.Environment[name] = value;
            }

            return new LocalHostProcess(Process.Start(start)!);
        }

        public async Task WaitUntilServingAsync()
        {
            var ended = _process.WaitForExitAsync(Token);
            if (await Task.WhenAny(_serving.Task, ended).WaitAsync(Deadline, Token) == ended)
            {
                Assert.Fail($"It ended instead of serving: {string.Join('\n', _errors)}");
            }
        }

        /// <summary>The first group of the first match in what it has printed.</summary>
        public string Printed(Regex regex)
        {
            var match = regex.Match(string.Join('\n', _output));
            Assert.True(match.Success, $"{regex} does not match {string.Join('\n', _output)}");
            return match.Groups[1].Value;
        }

        public async Task<(int ExitCode, string Output, string Errors)> EndAsync()
        {
            await _process.WaitForExitAsync(Token).WaitAsync(Deadline, Token);
            return (_process.ExitCode, string.Join('\n', _output), string.Join('\n', _errors));
        }

        public void Dispose()
        {
            _process.Kill(entireProcessTree: true); // nothing happens if it has ended
            _process.Dispose();
        }

        private void Read(string? line, ConcurrentQueue<string> lines)
        {
            if (line is null)
            {
                return;
            }

            lines.Enqueue(line);
            if (line.Contains("Ctrl+C stops it.", StringComparison.Ordinal))
            {
                _serving.TrySetResult();
            }
        }
    }
}
