using Laaffic.Campaigns;
using Laaffic.Simulation.Api;
using Laaffic.Simulation.Checks;
using Laaffic.Simulation.Faults;
using Laaffic.Simulation.Instances;
using Laaffic.Simulation.Scenario;
using Laaffic.Simulation.Storage;
using Laaffic.Simulation.Time;

namespace Laaffic.Simulation;

/// <summary>All that is outside the app in one run: time, storage, the API, faults; and what is watched of it.</summary>
internal sealed class World
{
    private readonly List<Instance> _instances = [];
    private int _born;

    /// <summary>The release before the present one; null if a run has only the present one.</summary>
    public static EarlierRelease? EarlierRelease { get; set; }

    public World(
        Random random,
        Features features,
        Scheduler scheduler,
        FaultPlan faults,
        ApiSwitches switches,
        CampaignOptions options,
        bool keepsHistory
    )
    {
        (Random, Features, Scheduler, Faults, Options) = (random, features, scheduler, faults, options);
        History = keepsHistory ? [] : null;
        Account = new SimulatedAccount(() => scheduler.Now);
        Direct = new DirectClients(Account);
        Api = new VoiceApi(switches, () => scheduler.Now, random);
        Watch = new Watch(this);
        Api.OnAccepted = Watch.Accepted;
        VaultKey = Api.ApiKey;
    }

    public Random Random { get; }
    public Features Features { get; }
    public Scheduler Scheduler { get; }
    public FaultPlan Faults { get; }
    public CampaignOptions Options { get; }
    public SimulatedAccount Account { get; }

    /// <summary>For the people of the run and its checks: never fails, takes no time.</summary>
    public DirectClients Direct { get; }

    public VoiceApi Api { get; }
    public Watch Watch { get; }
    public DateTimeOffset Now => Scheduler.Now;
    public List<(DateTimeOffset At, string Who, string What)>? History { get; }
    public bool KeepsHistory => History is not null;
    public IReadOnlyList<Instance> Instances => _instances;

    /// <summary>The API key that the vault holds: after a rotation it may be behind for a while.</summary>
    public string VaultKey { get; set; }

    /// <summary>From now on only the present release is started.</summary>
    public bool IsUpgraded { get; set; }

    public long StorageRequests { get; set; }

    /// <summary>What the bodies of its answers held.</summary>
    public long StorageBytes { get; private set; }

    /// <summary>Files of which every reader dies, and how many did.</summary>
    public Dictionary<string, int> Poison { get; } = [];

    /// <summary>How long the next instance is frozen that has recorded an attempt and has not yet sent it; null if none is to be.</summary>
    public TimeSpan? FreezesBeforeNextAttempt { get; set; }

    public void Note(Instance? from, Func<string> what) => History?.Add((Now, from?.Name ?? "", what()));

    public void Note(Instance from, StorageRequest asked, string result) =>
        History?.Add((Now, from.Name, $"{StorageMessages.Describe(asked)} -> {result}"));

    public Instance Start()
    {
        // Clocks are kept by a time service: a little off, and a little fast or slow.
        var instance = new Instance(
            this,
            $"i{++_born}",
            TimeSpan.FromSeconds(Random.NextDouble() * 4 - 2),
            1 + (Random.NextDouble() - 0.5) * 1e-4,
            Features.Upgrade && !IsUpgraded && Random.Next(2) == 0 ? EarlierRelease : null
        );
        _instances.Add(instance);
        Note(instance, () => instance.IsEarlier ? "starts, with the release before" : "starts");
        return instance;
    }

    /// <summary>One that takes work; the platform starts one if there is none.</summary>
    public Instance AnyInstance()
    {
        _instances.RemoveAll(i => i.Process.IsDead);
        var able = _instances.Where(i => i.TakesWork).ToList();
        return able.Count > 0 ? able[Random.Next(able.Count)] : Start();
    }

    /// <summary>A request to storage takes effect.</summary>
    public StorageResponse Handle(Instance from, StorageRequest request)
    {
        var response = Account.Handle(request);
        StorageBytes += response.Body.Length;
        Watch.Stored(from, request, response);
        if (
            Poison.Count > 0
            && StorageMessages.BlobRead(request) is { } path
            && Poison.TryGetValue(path, out var deaths)
            && response.Status < 300
        )
        {
            Poison[path] = deaths + 1;
            Note(from, () => $"dies of {path}");
            from.Process.Kill();
        }

        if (FreezesBeforeNextAttempt is { } lasts && StorageMessages.IsReservation(request, response))
        {
            FreezesBeforeNextAttempt = null;
            Freeze(from, lasts);
            // Nobody else gets it sent meanwhile, and it expires.
            if (Random.Next(2) == 0)
            {
                LockAccount(lasts - TimeSpan.FromMinutes(5));
            }
        }

        return response;
    }

    /// <summary>Whether the account is locked for longer than other faults last.</summary>
    public bool IsAccountLocked { get; private set; }

    private void LockAccount(TimeSpan lasts)
    {
        Note(null, () => $"the account is locked for {lasts}");
        (Api.Trouble, IsAccountLocked) = (AccountTrouble.Locked, true);
        Scheduler.After(lasts, () => (Api.Trouble, IsAccountLocked) = (AccountTrouble.None, false));
    }

    public void Freeze(Instance instance, TimeSpan lasts)
    {
        Note(instance, () => $"is frozen for {lasts}");
        instance.WasFrozen = true;
        instance.Process.Freeze();
        Scheduler.After(
            lasts,
            () =>
            {
                Note(instance, () => "goes on");
                instance.Process.GoOn();
            }
        );
    }

    /// <summary>A request to the API takes effect.</summary>
    public ApiAnswer Handle(Call call) => Api.Handle(call.Path, call.Key, call.Timestamp, call.Body);

    /// <summary>A gateway delivers a request again whose first answer its sender may have long had.</summary>
    public void HandleAgain(Call call)
    {
        Watch.LooksAtReplay = true;
        Handle(call);
        Watch.LooksAtReplay = false;
    }

    public string SecretOf(string name) =>
        name switch
        {
            "Laaffic--AppId" => VoiceApi.AppId,
            "Laaffic--ApiKey" => VaultKey,
            _ => "7bz1lzh9",
        };
}
