using System.Net;
using System.Text;
using System.Text.Json;
using Azure;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.LocalHost;
using Laaffic.Simulator;

namespace Laaffic.Chaos;

/// <summary>
/// Some seconds of trouble: several local hosts on one storage are killed at random and started again, the storage is
/// stopped and started, files are dropped and announced again and again, and the API breaks connections, is busy, is late
/// and refuses the account. Then the trouble ends, and every campaign must settle with every callee called once.
/// </summary>
public static class ChaosRound
{
    private const int Hosts = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    /// <summary>Runs a round.</summary>
    /// <param name="seed">Decides the campaigns and the script of the trouble; what the processes make of it is up to them.</param>
    /// <param name="trouble">How long the trouble lasts.</param>
    /// <param name="log">Told what happens.</param>
    /// <param name="cancellationToken">Ends the round.</param>
    /// <exception cref="BrokenPromiseException">Somebody was called twice, or something was lost.</exception>
    public static async Task<ChaosOutcome> RunAsync(int seed, TimeSpan trouble, Action<string> log, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("laaffic-chaos-").FullName;
        try
        {
            await using var azurite = await Azurite.StartAsync(folder, cancellationToken: cancellationToken);
            await using var simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions(), cancellationToken);
            (simulator.Account.MaxTasksAtOnce, simulator.Account.TaskDuration) = (3, TimeSpan.FromSeconds(2)); // most stand in line
            await using var round = new Run(new Random(seed), azurite, simulator, log, cancellationToken);
            return await round.RunAsync(trouble);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Run : IAsyncDisposable
    {
        private readonly Random _random;
        private readonly Azurite _azurite;
        private readonly VoiceApiSimulator _simulator;
        private readonly Action<string> _log;
        private readonly CancellationToken _ct;
        private readonly Dictionary<string, string> _settings;
        private readonly BlobServiceClient _blobs;
        private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(30) };
        private readonly List<HostProcess> _hosts = [];
        private readonly List<Campaign> _campaigns = [];
        private readonly HashSet<Campaign> _unanswered = [];
        private int _kills,
            _restarts,
            _faults;

        public Run(Random random, Azurite azurite, VoiceApiSimulator simulator, Action<string> log, CancellationToken cancellationToken)
        {
            (this._random, this._azurite, this._simulator, this._log, this._ct) = (random, azurite, simulator, log, cancellationToken);
            _blobs = new BlobServiceClient(azurite.ConnectionString);
            _settings = new()
            {
                ["AzureWebJobsStorage"] = azurite.ConnectionString,
                ["Laaffic__BaseUrl"] = simulator.BaseAddress.AbsoluteUri,
                ["Laaffic__AppId"] = simulator.Account.AppId,
                ["Laaffic__ApiKey"] = simulator.Account.ApiKey,
                ["Laaffic__ApiSecret"] = simulator.Account.ApiSecret,
                ["RetryDeferredSchedule"] = "* * * * * *",
                ["Campaigns__MaxCalleesPerTask"] = "40",
                ["Campaigns__Retry__InitialDelay"] = "00:00:01",
                ["Campaigns__Retry__MaxDelay"] = "00:00:03",
                ["Campaigns__UncertainSettleTime"] = "00:00:02",
                ["Campaigns__HoldDuration"] = "00:00:02",
                ["Campaigns__LeaseDuration"] = "00:00:04",
            };
        }

        public async Task<ChaosOutcome> RunAsync(TimeSpan trouble)
        {
            foreach (var name in Containers.All)
            {
                await _blobs.GetBlobContainerClient(name).CreateIfNotExistsAsync(cancellationToken: _ct);
            }

            while (_hosts.Count < Hosts)
            {
                _hosts.Add(HostProcess.Start(_settings));
            }

            await WaitAsync(() => Task.FromResult(_hosts.Any(h => h.Address is not null)), "no host started");

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(_ct);
            ending.CancelAfter(trouble);
            while (!ending.IsCancellationRequested || _kills == 0 || _faults == 0) // on a busy machine little happens in that time
            {
                await ActAsync();
                // The pace of the trouble; nothing waits for its effect.
                await Task.Delay(_random.Next(20, 400), _ct);
            }

            _log($"  trouble over: {_campaigns.Count} campaigns, {_kills} kills, {_restarts} storage restarts, {_faults} faults; settling");
            _simulator.Faults.Clear();
            _simulator.Account.Balance = 100;
            _simulator.Account.MaxTasksAtOnce = null;
            foreach (var campaign in _unanswered.ToList())
            {
                await WaitAsync(() => TrySubmitAsync(campaign), $"'{campaign.Name}' was never answered");
            }

            foreach (var campaign in _campaigns)
            {
                await WaitAsync(() => IsSettledAsync(campaign), $"'{campaign.Name}' never settled");
            }

            Check();
            return new ChaosOutcome(_campaigns.Count, _campaigns.Sum(c => c.Valid.Count), _kills, _restarts, _faults);
        }

        public ValueTask DisposeAsync()
        {
            foreach (var host in _hosts)
            {
                host.Dispose();
            }

            _http.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task ActAsync()
        {
            Revive();
            switch (_random.Next(22))
            {
                case < 9:
                    await SubmitAsync(Campaign.Make(_campaigns.Count, _random));
                    break;
                case < 13:
                    var victim = _hosts[_random.Next(_hosts.Count)];
                    victim.Kill();
                    _kills++;
                    break;
                case 13:
                    _restarts++;
                    await _azurite.StopAsync();
                    await Task.Delay(_random.Next(0, 1500), _ct);
                    await _azurite.RestartAsync(_ct);
                    break;
                case 14:
                    // The same bytes again: a new event for a file that was dealt with, or is being dealt with.
                    if (_campaigns.Where(c => c.Path is not null).ToList() is { Count: > 0 } dropped)
                    {
                        await TryAsync(() => UploadAsync(dropped[_random.Next(dropped.Count)]));
                    }

                    break;
                case 15:
                    _simulator.Account.Balance = _simulator.Account.Balance > 0 ? 0 : 100;
                    break;
                case 16:
                    // A few at once, each for seconds, so that most stand in line; or none at all.
                    (_simulator.Account.MaxTasksAtOnce, _simulator.Account.TaskDuration) = (
                        _random.Next(4) == 0 ? 0 : _random.Next(1, 4),
                        TimeSpan.FromSeconds(_random.Next(1, 4))
                    );
                    break;
                default:
                    _faults++;
                    _simulator.Faults.Add(Fault());
                    break;
            }
        }

        private Fault Fault() =>
            _random.Next(9) switch
            {
                0 or 1 => Simulator.Fault.Close(acceptFirst: true),
                2 => Simulator.Fault.Close(acceptFirst: false),
                3 => Simulator.Fault.CloseBeforeReading(),
                4 => Simulator.Fault.Reply(500) with { AcceptFirst = _random.Next(2) == 0 },
                5 => Simulator.Fault.Reply(200, "<html>Welcome</html>", "text/html") with { AcceptFirst = _random.Next(2) == 0 },
                6 => Simulator.Fault.Answer(-37) with { Times = _random.Next(1, 6) },
                // some outlive the caller's patience
                7 => Simulator.Fault.Late(TimeSpan.FromSeconds(_random.Next(1, 6)), acceptFirst: _random.Next(2) == 0),
                _ => Simulator.Fault.Reply(500) with { Endpoint = ApiEndpoint.Query },
            };

        private void Revive()
        {
            for (var i = 0; i < _hosts.Count; i++)
            {
                if (!_hosts[i].HasExited)
                {
                    continue;
                }

                _hosts[i].Dispose();
                _hosts[i] = HostProcess.Start(_settings);
            }
        }

        private Task SubmitAsync(Campaign campaign)
        {
            _campaigns.Add(campaign);
            _unanswered.Add(campaign);
            return TrySubmitAsync(campaign);
        }

        /// <summary>Drops or posts a campaign, until that was answered once: what was not answered may have arrived all the same.</summary>
        private async Task<bool> TrySubmitAsync(Campaign campaign)
        {
            if (campaign.Path is null)
            {
                return await PostAsync(campaign);
            }

            if (!await TryAsync(() => UploadAsync(campaign)))
            {
                return false;
            }

            _unanswered.Remove(campaign);
            return true;
        }

        private Task UploadAsync(Campaign campaign) =>
            _blobs
                .GetBlobContainerClient(Containers.Campaigns)
                .GetBlobClient(campaign.Path)
                .UploadAsync(BinaryData.FromString(campaign.Content), overwrite: true, _ct);

        /// <summary>Posts a campaign to some host; false if there was no answer, so that it must be posted again.</summary>
        private async Task<bool> PostAsync(Campaign campaign)
        {
            if (_hosts[_random.Next(_hosts.Count)].Address is not { } address)
            {
                return false;
            }

            try
            {
                using var content = new StringContent(campaign.Content, Encoding.UTF8, "application/json");
                using var answer = await _http.PostAsync(new Uri(address, "campaigns"), content, _ct);
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted)
                {
                    _unanswered.Remove(campaign);
                }
                else if ((int)answer.StatusCode < 500)
                {
                    throw new BrokenPromiseException(
                        $"'{campaign.Name}' was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(_ct)}"
                    );
                }
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !_ct.IsCancellationRequested))
            {
                return false; // its host was killed
            }

            return !_unanswered.Contains(campaign);
        }

        private async Task<bool> IsSettledAsync(Campaign campaign)
        {
            var place = campaign.Path ?? "_api/" + campaign.Name;
            CampaignReport? report = null;
            await TryAsync(async () =>
            {
                var blob = await _blobs
                    .GetBlobContainerClient(Containers.Results)
                    .GetBlobClient(place + ".report.json")
                    .DownloadContentAsync(_ct);
                report = JsonSerializer.Deserialize(blob.Value.Content, ReportJson.Default.CampaignReport);
            });
            if (report is null or { State: CampaignStates.Waiting })
            {
                return false;
            }

            var read = campaign.Valid.Count + campaign.Duplicate + campaign.Rejected;
            var expected = new CalleeCounts(read, campaign.Duplicate, campaign.Rejected, campaign.Valid.Count, 0, 0);
            if (report.State != CampaignStates.Accepted || report.Counts != expected)
            {
                throw new BrokenPromiseException(
                    $"'{campaign.Name}' is {report.State} with {report.Counts} instead of {expected}: "
                        + $"{JsonSerializer.Serialize(report, ReportJson.Default.CampaignReport)}"
                );
            }

            foreach (var task in report.Tasks)
            {
                if (_simulator.FindTask(task.Name) is not { } accepted || accepted.KeyId != task.KeyId)
                {
                    throw new BrokenPromiseException(
                        $"Task '{task.Name}' is reported as {task.KeyId}, but Laaffic has {_simulator.FindTask(task.Name)?.KeyId}."
                    );
                }
            }

            return true;
        }

        private void Check()
        {
            var called = _simulator.AcceptedTasks.SelectMany(t => t.Numbers).CountBy(n => n).ToDictionary();
            foreach (var (number, times) in called)
            {
                if (times > 1)
                {
                    throw new BrokenPromiseException($"{number} is called {times} times.");
                }
            }

            foreach (var campaign in _campaigns)
            {
                foreach (var number in campaign.Valid)
                {
                    if (!called.Remove(number))
                    {
                        throw new BrokenPromiseException($"{number} of '{campaign.Name}' is not called.");
                    }
                }
            }

            if (called.Count > 0)
            {
                throw new BrokenPromiseException($"{called.Count} numbers are called that nobody asked for, such as {called.First().Key}.");
            }
        }

        private async Task WaitAsync(Func<Task<bool>> condition, string otherwise)
        {
            var deadline = DateTime.UtcNow + Patience;
            while (!await condition())
            {
                if (DateTime.UtcNow > deadline)
                {
                    throw new BrokenPromiseException(
                        $"Within {Patience} {otherwise}. The hosts said:\n{string.Join("\n---\n", _hosts.Select(h => h.Output))}"
                    );
                }

                Revive();
                await Task.Delay(100, _ct);
            }
        }

        private static async Task<bool> TryAsync(Func<Task> action)
        {
            try
            {
                await action();
                return true;
            }
            catch (Exception e) when (e is RequestFailedException or AggregateException)
            {
                return false; // the storage is away, or there is no such blob
            }
        }
    }
}
