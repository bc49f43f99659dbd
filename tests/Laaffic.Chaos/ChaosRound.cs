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

/// <summary>What a round went through.</summary>
/// <param name="Campaigns">Campaigns dropped or posted.</param>
/// <param name="Callees">Callees that were called, each once.</param>
/// <param name="Kills">Hosts killed.</param>
/// <param name="StorageRestarts">Stops of the storage.</param>
/// <param name="Faults">Faults of the API.</param>
public sealed record ChaosOutcome(int Campaigns, int Callees, int Kills, int StorageRestarts, int Faults);

/// <summary>A promise was broken; the message says which, and for whom.</summary>
public sealed class BrokenPromiseException(string message) : Exception(message);

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
        private readonly Random random;
        private readonly Azurite azurite;
        private readonly VoiceApiSimulator simulator;
        private readonly Action<string> log;
        private readonly CancellationToken ct;
        private readonly Dictionary<string, string> settings;
        private readonly BlobServiceClient blobs;
        private readonly HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30) };
        private readonly List<HostProcess> hosts = [];
        private readonly List<Campaign> campaigns = [];
        private readonly HashSet<Campaign> unanswered = [];
        private int kills, restarts, faults;

        public Run(Random random, Azurite azurite, VoiceApiSimulator simulator, Action<string> log, CancellationToken ct)
        {
            (this.random, this.azurite, this.simulator, this.log, this.ct) = (random, azurite, simulator, log, ct);
            blobs = new BlobServiceClient(azurite.ConnectionString);
            settings = new()
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
            foreach (var name in Containers.All) await blobs.GetBlobContainerClient(name).CreateIfNotExistsAsync(cancellationToken: ct);
            while (hosts.Count < Hosts) hosts.Add(HostProcess.Start(settings));
            await WaitAsync(() => Task.FromResult(hosts.Any(h => h.Address is not null)), "no host started");

            using var ending = CancellationTokenSource.CreateLinkedTokenSource(ct);
            ending.CancelAfter(trouble);
            while (!ending.IsCancellationRequested || kills == 0 || faults == 0) // on a busy machine little happens in that time
            {
                await ActAsync();
                // The pace of the trouble; nothing waits for its effect.
                await Task.Delay(random.Next(20, 400), ct);
            }

            log($"  trouble over: {campaigns.Count} campaigns, {kills} kills, {restarts} storage restarts, {faults} faults; settling");
            simulator.Faults.Clear();
            simulator.Account.Balance = 100;
            simulator.Account.MaxTasksAtOnce = null;
            foreach (var campaign in unanswered.ToList()) await WaitAsync(() => TrySubmitAsync(campaign), $"'{campaign.Name}' was never answered");
            foreach (var campaign in campaigns) await WaitAsync(() => IsSettledAsync(campaign), $"'{campaign.Name}' never settled");
            Check();
            return new ChaosOutcome(campaigns.Count, campaigns.Sum(c => c.Valid.Count), kills, restarts, faults);
        }

        public ValueTask DisposeAsync()
        {
            foreach (var host in hosts) host.Dispose();
            http.Dispose();
            return ValueTask.CompletedTask;
        }

        private async Task ActAsync()
        {
            Revive();
            switch (random.Next(22))
            {
                case < 9:
                    await SubmitAsync(Campaign.Make(campaigns.Count, random));
                    break;
                case < 13:
                    var victim = hosts[random.Next(hosts.Count)];
                    victim.Kill();
                    kills++;
                    break;
                case 13:
                    restarts++;
                    await azurite.StopAsync();
                    await Task.Delay(random.Next(0, 1500), ct);
                    await azurite.RestartAsync(ct);
                    break;
                case 14:
                    // The same bytes again: a new event for a file that was dealt with, or is being dealt with.
                    if (campaigns.Where(c => c.Path is not null).ToList() is { Count: > 0 } dropped) await TryAsync(() => UploadAsync(dropped[random.Next(dropped.Count)]));
                    break;
                case 15:
                    simulator.Account.Balance = simulator.Account.Balance > 0 ? 0 : 100;
                    break;
                case 16:
                    // A few at once, each for seconds, so that most stand in line; or none at all.
                    (simulator.Account.MaxTasksAtOnce, simulator.Account.TaskDuration) = (random.Next(4) == 0 ? 0 : random.Next(1, 4), TimeSpan.FromSeconds(random.Next(1, 4)));
                    break;
                default:
                    faults++;
                    simulator.Faults.Add(Fault());
                    break;
            }
        }

        private Fault Fault() => random.Next(9) switch
        {
            0 or 1 => Simulator.Fault.Close(acceptFirst: true),
            2 => Simulator.Fault.Close(acceptFirst: false),
            3 => Simulator.Fault.CloseBeforeReading(),
            4 => Simulator.Fault.Reply(500) with { AcceptFirst = random.Next(2) == 0 },
            5 => Simulator.Fault.Reply(200, "<html>Welcome</html>", "text/html") with { AcceptFirst = random.Next(2) == 0 },
            6 => Simulator.Fault.Answer(-37) with { Times = random.Next(1, 6) },
            7 => Simulator.Fault.Late(TimeSpan.FromSeconds(random.Next(1, 6)), acceptFirst: random.Next(2) == 0), // some outlive the caller's patience
            _ => Simulator.Fault.Reply(500) with { Endpoint = ApiEndpoint.Query },
        };

        private void Revive()
        {
            for (var i = 0; i < hosts.Count; i++)
            {
                if (!hosts[i].HasExited) continue;
                hosts[i].Dispose();
                hosts[i] = HostProcess.Start(settings);
            }
        }

        private Task SubmitAsync(Campaign campaign)
        {
            campaigns.Add(campaign);
            unanswered.Add(campaign);
            return TrySubmitAsync(campaign);
        }

        /// <summary>Drops or posts a campaign, until that was answered once: what was not answered may have arrived all the same.</summary>
        private async Task<bool> TrySubmitAsync(Campaign campaign)
        {
            if (campaign.Path is null) return await PostAsync(campaign);
            if (!await TryAsync(() => UploadAsync(campaign))) return false;
            unanswered.Remove(campaign);
            return true;
        }

        private Task UploadAsync(Campaign campaign) =>
            blobs.GetBlobContainerClient(Containers.Campaigns).GetBlobClient(campaign.Path).UploadAsync(BinaryData.FromString(campaign.Content), overwrite: true, ct);

        /// <summary>Posts a campaign to some host; false if there was no answer, so that it must be posted again.</summary>
        private async Task<bool> PostAsync(Campaign campaign)
        {
            if (hosts[random.Next(hosts.Count)].Address is not { } address) return false;
            try
            {
                using var content = new StringContent(campaign.Content, Encoding.UTF8, "application/json");
                using var answer = await http.PostAsync(new Uri(address, "campaigns"), content, ct);
                if (answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Accepted) unanswered.Remove(campaign);
                else if ((int)answer.StatusCode < 500) throw new BrokenPromiseException($"'{campaign.Name}' was answered {(int)answer.StatusCode}: {await answer.Content.ReadAsStringAsync(ct)}");
            }
            catch (Exception e) when (e is HttpRequestException || (e is OperationCanceledException && !ct.IsCancellationRequested))
            {
                return false; // its host was killed
            }

            return !unanswered.Contains(campaign);
        }

        private async Task<bool> IsSettledAsync(Campaign campaign)
        {
            var place = campaign.Path ?? "_api/" + campaign.Name;
            CampaignReport? report = null;
            await TryAsync(async () =>
            {
                var blob = await blobs.GetBlobContainerClient(Containers.Results).GetBlobClient(place + ".report.json").DownloadContentAsync(ct);
                report = JsonSerializer.Deserialize(blob.Value.Content, ReportJson.Default.CampaignReport);
            });
            if (report is null or { State: CampaignStates.Waiting }) return false;

            var read = campaign.Valid.Count + campaign.Duplicate + campaign.Rejected;
            var expected = new CalleeCounts(read, campaign.Duplicate, campaign.Rejected, campaign.Valid.Count, 0, 0);
            if (report.State != CampaignStates.Accepted || report.Counts != expected)
                throw new BrokenPromiseException($"'{campaign.Name}' is {report.State} with {report.Counts} instead of {expected}: {JsonSerializer.Serialize(report, ReportJson.Default.CampaignReport)}");
            foreach (var task in report.Tasks)
            {
                if (simulator.FindTask(task.Name) is not { } accepted || accepted.KeyId != task.KeyId)
                    throw new BrokenPromiseException($"Task '{task.Name}' is reported as {task.KeyId}, but Laaffic has {simulator.FindTask(task.Name)?.KeyId}.");
            }

            return true;
        }

        private void Check()
        {
            var called = simulator.AcceptedTasks.SelectMany(t => t.Numbers).CountBy(n => n).ToDictionary();
            foreach (var (number, times) in called)
                if (times > 1) throw new BrokenPromiseException($"{number} is called {times} times.");
            foreach (var campaign in campaigns)
                foreach (var number in campaign.Valid)
                    if (!called.Remove(number)) throw new BrokenPromiseException($"{number} of '{campaign.Name}' is not called.");
            if (called.Count > 0) throw new BrokenPromiseException($"{called.Count} numbers are called that nobody asked for, such as {called.First().Key}.");
        }

        private async Task WaitAsync(Func<Task<bool>> condition, string otherwise)
        {
            var deadline = DateTime.UtcNow + Patience;
            while (!await condition())
            {
                if (DateTime.UtcNow > deadline)
                    throw new BrokenPromiseException($"Within {Patience} {otherwise}. The hosts said:\n{string.Join("\n---\n", hosts.Select(h => h.Output))}");
                Revive();
                await Task.Delay(100, ct);
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
