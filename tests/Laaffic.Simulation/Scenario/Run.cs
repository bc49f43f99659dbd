using Laaffic.Campaigns;
using Laaffic.Simulation.Api;
using Laaffic.Simulation.Checks;
using Laaffic.Simulation.Faults;
using Laaffic.Simulation.Instances;
using Laaffic.Simulation.Storage;
using Laaffic.Simulation.Time;

namespace Laaffic.Simulation.Scenario;

/// <summary>One seed's run, from an empty account to rest.</summary>
internal sealed class Run
{
    private readonly Random random;
    private readonly Features features;
    private readonly Scheduler scheduler;
    private readonly World world;
    private readonly Customer customer;
    private readonly Operator reader;
    private readonly CampaignMaker maker;
    private readonly FaultPlan faults;
    private readonly TimeSpan active;
    private readonly TimeSpan tickEvery;
    private Instance? ticking;
    private bool skipsIdleTicks;
    private AccountSnapshot? snapshot;
    private int names;
    private ulong print = 14695981039346656037;

    public Run(int seed, bool keepsHistory)
    {
        random = new Random(seed);
        SharedRandom.Seed(random);
        features = Features.Choose(random);
        if (World.EarlierRelease is not null) features = features.WithUpgrade();
        scheduler = new Scheduler(new DateTimeOffset(2026, 3, 2, random.Next(24), random.Next(60), 0, TimeSpan.Zero), random) { OnEvent = at => Print((ulong)at.UtcTicks) };
        active = TimeSpan.FromMinutes(random.Next(30, 240));
        tickEvery = TimeSpan.FromMinutes(features.LongTexts ? 10 : Pick(2, 5, 10, 10));
        faults = new FaultPlan(random, scheduler.Now + active) { NothingRepeats = features.Upgrade };
        world = new World(random, features, scheduler, faults, Switches(), Options(), keepsHistory);
        (customer, maker) = (new Customer(world), new CampaignMaker(random, features));
        reader = new Operator(world, customer);
    }

    public World World => world;

    /// <summary>Two runs of one seed have the same.</summary>
    public ulong Fingerprint => print;

    /// <summary>What happened to instances, clocks, the account and the ledger, and how often.</summary>
    public Dictionary<string, long> Happenings { get; } = [];

    public static async Task<Run> OfAsync(int seed, bool keepsHistory = false)
    {
        var run = new Run(seed, keepsHistory);
        await run.ToRestAsync();
        return run;
    }

    private async Task ToRestAsync()
    {
        foreach (var name in Containers.All) world.Direct.Blobs.GetBlobContainerClient(name).CreateIfNotExists();
        for (var i = random.Next(1, 4); i > 0; i--) world.Start();
        PlanFaults();
        PlanCampaigns();
        Every(tickEvery, Tick, scheduler.Now + TimeSpan.FromSeconds(random.Next(60)));
        Every(TimeSpan.FromMinutes(random.Next(20, 60)), () => reader.Look(), scheduler.Now + active * random.NextDouble(), until: scheduler.Now + active);

        var faultsEnd = scheduler.Now + active;
        await scheduler.RunAsync(() => scheduler.Now >= faultsEnd);
        Heal();
        var settled = await SettleAsync();
        while (settled && reader.Look()) settled = await SettleAsync();

        new FinalChecks(world, customer, settled).Run();
        if (reader.Followed > 0) Happenings["World advice followed"] = reader.Followed;
        if (reader.Resolved > 0) Happenings["World task resolved"] = reader.Resolved;
        Print((ulong)world.StorageRequests);
        Print((ulong)world.Api.Creates);
    }

    /// <summary>Lets time pass until nothing is left to do. False if there still is after as long as anything may take.</summary>
    private async Task<bool> SettleAsync()
    {
        // Files without an event wait for the sweep, and the sweep for a tick. Then nothing comes that the ledger does not know.
        skipsIdleTicks = false;
        await scheduler.RunForAsync(tickEvery * 3 + TimeSpan.FromMinutes(10));
        skipsIdleTicks = true;
        var latest = scheduler.Now + world.Options.GiveUpAfter + TimeSpan.FromHours(14);
        while (scheduler.Now < latest)
        {
            if (customer.Pending == 0 && !world.Instances.Any(i => i.IsTicking && !i.Process.IsDead) && IsAtRest()) return true;
            await scheduler.RunForAsync(TimeSpan.FromMinutes(10));
        }

        return false;
    }

    // What waits for a person is at rest.
    private bool IsAtRest() => Ledger.Open(world.Account).All(open =>
        open.Key.StartsWith("o:c:", StringComparison.Ordinal)
        && Ledger.Campaign(world.Account, open.Subject) is { } campaign
        && campaign.Deadline + TimeSpan.FromHours(2) < scheduler.Now
        && Ledger.TasksOf(world.Account, campaign.PlanId).All(t => t.IsSettled || t.State == "Uncertain")
        && !Ledger.TasksOf(world.Account, campaign.PlanId).All(t => t.IsSettled));

    private void Heal()
    {
        if (!world.IsAccountLocked) world.Api.Trouble = AccountTrouble.None;
        world.VaultKey = world.Api.ApiKey;
        world.FreezesBeforeNextAttempt = null;
        world.IsUpgraded = true;
        foreach (var instance in world.Instances.Where(i => i.IsEarlier && i.TakesWork).ToList()) instance.Stop(TimeSpan.FromMinutes(1));
        world.Note(null, () => "faults end");
    }

    // ---- the app's surroundings --------------------------------------------------------------------------------

    private CampaignOptions Options() => new()
    {
        MaxCalleesPerTask = features.SeveralTasks ? random.Next(1, 4) : 1000,
        MaxConcurrentCampaigns = Pick(1, 4, 4),
        MaxConcurrentTasks = Pick(1, 4, 4),
        // Texts are counted by the day. Else a shorter time shows as much, and a run of days costs as much as fifty others.
        GiveUpAfter = TimeSpan.FromHours(features.LongTexts ? 24 : Pick(3, 3, 6)),
    };

    private ApiSwitches Switches() => !features.OddApi && !features.LongTexts
        ? new ApiSwitches { ListLag = TimeSpan.FromSeconds(random.Next(5)) }
        : new ApiSwitches
        {
            ListLag = TimeSpan.FromSeconds(Pick(0, 5, 60, 300, 600)),
            ImportTime = TimeSpan.FromSeconds(Pick(0, 0, 60, 600)),
            ShowsSubmitting = random.Next(2) == 0,
            DropsOneOf = Pick(0, 0, 0, 2, 3),
            Names = Pick(NameRule.Exact, NameRule.Exact, NameRule.IgnoresCase, NameRule.Trims),
            SaysExistsAs20 = random.Next(3) == 0,
            NullForNothing = random.Next(3) == 0,
            NullThoughThere = Pick(0, 0, 0.3),
            MostTasksAtOnce = Pick(int.MaxValue, int.MaxValue, 3, 10),
            BalanceLastsFor = Pick(int.MaxValue, int.MaxValue, int.MaxValue, 2),
            LongTextsADay = features.LongTexts ? 3 : int.MaxValue,
            Zone = TimeSpan.FromHours(Pick(0, 8, -7)),
        };

    private void PlanFaults()
    {
        if (features.StorageFaults)
        {
            faults.SetRate(Target.Tables, Pick(0.003, 0.01, 0.04));
            faults.SetRate(Target.Blobs, Pick(0.003, 0.01, 0.04));
        }

        if (features.ApiFaults) faults.SetRate(Target.Api, Pick(0.02, 0.1, 0.3));
        if (features.VaultFaults) faults.SetRate(Target.Vault, Pick(0.1, 0.5));
        if (features.StorageOutages)
        {
            for (var i = random.Next(1, 5); i > 0; i--)
                Outage(Pick(Target.Tables, Target.Tables, Target.Blobs), Pick(FaultKind.Refused, FaultKind.Unreachable, FaultKind.Swallowed, FaultKind.ReplyLost, FaultKind.Slow), Pick(0.3, 1, 5, 20, 60));
        }

        if (features.ApiOutages)
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                Outage(Target.Api, Pick(FaultKind.Refused, FaultKind.Unreachable, FaultKind.Swallowed, FaultKind.ReplyLost, FaultKind.ErrorThoughDone, FaultKind.TooMany, FaultKind.Firewall, FaultKind.Slow), Pick(0.5, 5, 20, 60));
            }
        }

        if (features.VaultFaults && random.Next(2) == 0) Outage(Target.Vault, Pick(FaultKind.Refused, FaultKind.Swallowed), Pick(5, 40));
        if (features.AccountTroubles)
        {
            for (var i = random.Next(1, 4); i > 0; i--)
            {
                var (trouble, lasts) = (Pick(Enum.GetValues<AccountTrouble>()), TimeSpan.FromMinutes(Pick(2, 15, 60)));
                Sometime(() =>
                {
                    Happened("account trouble");
                    world.Note(null, () => $"the account has {trouble} for {lasts}");
                    if (world.IsAccountLocked) return;
                    world.Api.Trouble = trouble;
                    scheduler.After(lasts, () =>
                    {
                        if (!world.IsAccountLocked) world.Api.Trouble = AccountTrouble.None;
                    });
                });
            }
        }

        if (features.KeyRotation)
        {
            Sometime(() =>
            {
                world.Api.ApiKey = "newkey01";
                scheduler.After(TimeSpan.FromMinutes(Pick(0, 3, 25)), () => world.VaultKey = "newkey01");
            });
        }

        if (features.OwnAppIds) world.Api.UnknownAppIds.Add("WRONG001");
        if (features.Lifecycle)
        {
            for (var i = random.Next(1, 8); i > 0; i--) Sometime(Pick<Action>(Kill, Kill, Stop, Add));
        }

        if (features.Freezes)
        {
            for (var i = random.Next(1, 5); i > 0; i--) Sometime(Freeze);
            // The worst moment there is, for so long that all may be over when it goes on.
            if (random.Next(3) == 0) Sometime(() => world.FreezesBeforeNextAttempt = TimeSpan.FromMinutes(Pick(10, 60, 300)));
        }

        if (features.ClockJumps)
        {
            for (var i = random.Next(1, 4); i > 0; i--) Sometime(Jump);
        }

        if (features.Restore) PlanRestore();
    }

    private void Outage(Target target, FaultKind kind, double minutes)
    {
        var from = scheduler.Now + active * random.NextDouble() * 0.8;
        faults.Add(new Outage(target, from, from + TimeSpan.FromMinutes(minutes), kind));
    }

    private void Kill()
    {
        Happened("kill");
        var instance = world.AnyInstance();
        world.Note(instance, () => "is killed");
        instance.Process.Kill();
        scheduler.After(TimeSpan.FromSeconds(random.Next(5, 300)), () => world.Start());
    }

    private void Stop()
    {
        Happened("stop");
        var instance = world.AnyInstance();
        world.Note(instance, () => "is asked to stop");
        instance.Stop(TimeSpan.FromSeconds(Pick(5, 30, 60, 300)));
        if (world.Instances.Count < 4) world.Start();
    }

    private void Add()
    {
        Happened("add");
        if (world.Instances.Count < 4) world.Start();
    }

    private void Jump()
    {
        Happened("clock jump");
        var by = TimeSpan.FromSeconds(random.Next(-120, 120));
        var instance = world.AnyInstance();
        world.Note(instance, () => $"has its clock set by {by}");
        instance.Clock.Jump(by);
    }

    private void Freeze()
    {
        Happened("freeze");
        world.Freeze(world.AnyInstance(), TimeSpan.FromSeconds(Pick(20, 200, 400, 1000, 3000)));
    }

    /// <summary>The ledger is set back to what it was some time ago; the API is not.</summary>
    private void PlanRestore()
    {
        var at = active * random.NextDouble() * 0.5;
        scheduler.After(at, () => snapshot = world.Account.Snapshot());
        scheduler.After(at + (active - at) * random.NextDouble(), () =>
        {
            // What a person did because of a report that the ledger forgets, no ledger can know.
            if (reader.Followed + reader.Resolved > 0) return;
            world.Note(null, () => $"the ledger is restored to what it was at {scheduler.Start + at:HH:mm:ss}");
            Happened("ledger restored");
            world.Watch.RestoredAt = scheduler.Now;
            foreach (var instance in world.Instances) instance.Process.Kill();
            world.Account.RestoreTables(snapshot!);
            for (var i = random.Next(1, 3); i > 0; i--) world.Start();
        });
    }

    private void Happened(string what) => Happenings[$"World {what}"] = Happenings.GetValueOrDefault($"World {what}") + 1;

    // ---- what is handed in -------------------------------------------------------------------------------------

    private void PlanCampaigns()
    {
        for (var i = random.Next(1, 7); i > 0; i--) Sometime(HandIn);
        if (features.SeveralTasks && random.Next(8) == 0) Sometime(() => HandIn(Name(), mostCallees: 60));
        if (features.SimilarNames) Sometime(HandInSimilar);
        if (features.Strangers && random.Next(2) == 0) world.Api.CreateAsStranger(StrangersName(), random.Next(200, 210), scheduler.Now - TimeSpan.FromHours(Pick(0, 20, 100)));
        if (features.Strangers) Sometime(() => world.Api.CreateAsStranger(StrangersName(), random.Next(200, 210), scheduler.Now));
        if (random.Next(20) == 0)
        {
            // A storm: many at once.
            Sometime(() =>
            {
                for (var i = random.Next(5, 15); i > 0; i--) HandIn();
            });
        }
    }

    private string Name() => features.OddNames && random.Next(3) == 0 ? $"Offer {++names} " : $"Offer {++names}";

    /// <summary>A name that a campaign of this run may have, too.</summary>
    private string StrangersName() => $"Offer {random.Next(1, 8)}";

    private void HandIn() => HandIn(Name(), mostCallees: 7);

    private void HandIn(string name, int mostCallees)
    {
        var spec = Make(name, mostCallees);
        if (features.Posts && random.Next(2) == 0)
        {
            customer.Send(new Post(spec));
            if (features.Copies && random.Next(2) == 0) customer.Later(Soon(), () => customer.Send(new Post(spec)));
            return;
        }

        var path = $"{(random.Next(3) == 0 ? "folder/" : "")}file {names}.{(spec.IsCsv ? "csv" : "json")}";
        if (features.Poison && world.Poison.Count == 0)
        {
            world.Poison[path] = 0;
            customer.Put(path, spec, isPoison: true);
            return;
        }

        if (features.Growing && spec.IsCsv && spec.Valid.Count > 1 && spec.Mistake is null)
        {
            if (random.Next(2) == 0) customer.Grow(path, spec);
            else customer.Append(path, spec);
            return;
        }

        customer.Put(path, spec);
        if (features.Copies && random.Next(2) == 0) customer.Later(Soon(), () => customer.Put(random.Next(2) == 0 ? path : $"copy {path.Replace('/', ' ')}", spec));
        if (features.Overwrites && random.Next(2) == 0)
        {
            customer.Later(Soon(), () =>
            {
                // The right list in place of a wrong one, often under the same name.
                var sameName = random.Next(2) == 0;
                var next = Make(sameName ? name : Name(), mostCallees);
                if (next.IsCsv != spec.IsCsv) return;
                if (sameName) (next.MayConflict, spec.MayConflict) = (true, true);
                customer.Put(path, next);
            });
        }

        if (features.Deletes && random.Next(4) == 0) customer.Later(Soon(), () => customer.Delete(path));
    }

    private CampaignSpec Make(string name, int mostCallees)
    {
        var spec = maker.Make(name, scheduler.Now, mostCallees);
        if (features.Strangers || name.EndsWith(' ')) spec.MayConflict = true;
        return spec;
    }

    private void HandInSimilar()
    {
        var name = Name().Trim();
        var (first, second, conflict) = random.Next(3) switch
        {
            0 => (name, name.ToUpperInvariant(), world.Api.Switches.Names == NameRule.IgnoresCase),
            1 => (name, name + "-2", true),
            _ => (name, name + "-1", false),
        };
        foreach (var each in new[] { first, second })
        {
            var spec = Make(each, mostCallees: 7);
            spec.MayConflict |= conflict;
            customer.Later(TimeSpan.FromSeconds(random.NextDouble() * Pick(0.1, 5, 200)), () => customer.Put($"{each}.{(spec.IsCsv ? "csv" : "json")}", spec));
        }
    }

    // ---- time --------------------------------------------------------------------------------------------------

    /// <summary>The host's timer: on one instance at a time, unless that one does not answer.</summary>
    private void Tick()
    {
        if (skipsIdleTicks && !Ledger.Open(world.Account).Any(o => o.DueAt <= scheduler.Now)) return;
        if (ticking is { IsTicking: true, Process: { IsDead: false, IsFrozen: false } }) return;
        ticking = world.AnyInstance();
        _ = ticking.TickAsync();
    }

    private void Every(TimeSpan period, Action action, DateTimeOffset first, DateTimeOffset? until = null) => scheduler.At(first, () =>
    {
        if (scheduler.Now > until) return;
        action();
        Every(period, action, scheduler.Now + period, until);
    });

    private void Sometime(Action action) => customer.Later(active * random.NextDouble() * 0.85, action);

    private TimeSpan Soon() => TimeSpan.FromSeconds(Math.Pow(10, random.NextDouble() * 4 - 1));

    private T Pick<T>(params T[] choices) => choices[random.Next(choices.Length)];

    private void Print(ulong value) => print = (print ^ value) * 1099511628211;
}
