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
    private readonly Random _random;
    private readonly Features _features;
    private readonly Scheduler _scheduler;
    private readonly World _world;
    private readonly Customer _customer;
    private readonly ScheduleKeeper? _keeper;
    private readonly Operator _reader;
    private readonly CampaignMaker _maker;
    private readonly FaultPlan _faults;
    private readonly TimeSpan _active;
    private readonly TimeSpan _tickEvery;
    private Instance? _ticking;
    private bool _skipsIdleTicks;
    private AccountSnapshot? _snapshot;
    private int _names;
    private ulong _print = 14695981039346656037;

    public Run(int seed, bool keepsHistory)
    {
        _random = new Random(seed);
        SharedRandom.Seed(_random);
        _features = Features.Choose(_random);
        if (World.EarlierRelease is not null)
        {
            _features = _features.WithUpgrade();
        }

        _scheduler = new Scheduler(new DateTimeOffset(2026, 3, 2, _random.Next(24), _random.Next(60), 0, TimeSpan.Zero), _random)
        {
            OnEvent = at => Print((ulong)at.UtcTicks),
        };
        _active = TimeSpan.FromMinutes(_random.Next(30, 240));
        _tickEvery = TimeSpan.FromMinutes(_features.LongTexts ? 10 : Pick(2, 5, 10, 10));
        _faults = new FaultPlan(_random, _scheduler.Now + _active);
        _world = new World(_random, _features, _scheduler, _faults, Switches(), Options(), keepsHistory);
        (_customer, _maker) = (new Customer(_world), new CampaignMaker(_random, _features));
        _reader = new Operator(_world, _customer);
        // A ledger that is set back has forgotten what was made, and lists are not what they were then.
        _keeper = _features is { Schedules: true, Restore: false } ? new ScheduleKeeper(_world, _customer) : null;
    }

    public World World => _world;

    /// <summary>Two runs of one seed have the same.</summary>
    public ulong Fingerprint => _print;

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
        foreach (var name in Containers.All)
        {
            _world.Direct.Blobs.GetBlobContainerClient(name).CreateIfNotExists();
        }

        for (var i = _random.Next(1, 4); i > 0; i--)
        {
            _world.Start();
        }

        PlanFaults();
        PlanCampaigns();
        PlanSchedule();
        Every(_tickEvery, Tick, _scheduler.Now + TimeSpan.FromSeconds(_random.Next(60)));
        Every(
            TimeSpan.FromMinutes(_random.Next(20, 60)),
            () => _reader.Look(),
            _scheduler.Now + _active * _random.NextDouble(),
            until: _scheduler.Now + _active
        );

        var faultsEnd = _scheduler.Now + _active;
        await _scheduler.RunAsync(() => _scheduler.Now >= faultsEnd);
        Heal();
        var settled = await SettleAsync();
        while (settled && _reader.Look())
        {
            settled = await SettleAsync();
        }

        new FinalChecks(_world, _customer, _keeper, settled).Run();
        if (_reader.Followed > 0)
        {
            Happenings["World advice followed"] = _reader.Followed;
        }

        if (_reader.Resolved > 0)
        {
            Happenings["World task resolved"] = _reader.Resolved;
        }

        Print((ulong)_world.StorageRequests);
        Print((ulong)_world.Api.Creates);
    }

    /// <summary>Lets time pass until nothing is left to do. False if there still is after as long as anything may take.</summary>
    private async Task<bool> SettleAsync()
    {
        // Files without an event wait for the sweep, and the sweep for a tick. Then nothing comes that the ledger does not know.
        _skipsIdleTicks = false;
        await _scheduler.RunForAsync(_tickEvery * 3 + TimeSpan.FromMinutes(10));
        _skipsIdleTicks = true;
        var latest = _scheduler.Now + _world.Options.GiveUpAfter + TimeSpan.FromHours(14);
        while (_scheduler.Now < latest)
        {
            if (_customer.Pending == 0 && !_world.Instances.Any(i => i.IsTicking && !i.Process.IsDead) && IsAtRest())
            {
                return true;
            }

            await _scheduler.RunForAsync(TimeSpan.FromMinutes(10));
        }

        return false;
    }

    // What waits for a person is at rest.
    private bool IsAtRest() =>
        Ledger
            .Open(_world.Account)
            .All(open =>
                open.Key.StartsWith("o:c:", StringComparison.Ordinal)
                && Ledger.Campaign(_world.Account, open.Subject) is { } campaign
                && campaign.Deadline + TimeSpan.FromHours(2) < _scheduler.Now
                && Ledger.TasksOf(_world.Account, campaign.PlanId).All(t => t.IsSettled || t.State == "Uncertain")
                && !Ledger.TasksOf(_world.Account, campaign.PlanId).All(t => t.IsSettled)
            );

    private void Heal()
    {
        if (!_world.IsAccountLocked)
        {
            _world.Api.Trouble = AccountTrouble.None;
        }

        _world.VaultKey = _world.Api.ApiKey;
        _world.FreezesBeforeNextAttempt = null;
        _world.IsUpgraded = true;
        foreach (var instance in _world.Instances.Where(i => i.IsEarlier && i.TakesWork).ToList())
        {
            instance.Stop(TimeSpan.FromMinutes(1));
        }

        _keeper?.End();
        _world.Note(null, () => "faults end");
    }

    // ---- the app's surroundings --------------------------------------------------------------------------------

    private CampaignOptions Options() =>
        new()
        {
            MaxCalleesPerTask = _features.SeveralTasks ? _random.Next(1, 4) : 1000,
            MaxConcurrentCampaigns = Pick(1, 4, 4),
            MaxConcurrentTasks = Pick(1, 4, 4),
            // Texts are counted by the day. Else a shorter time shows as much, and a run of days costs as much as fifty others.
            GiveUpAfter = TimeSpan.FromHours(_features.LongTexts ? 24 : Pick(3, 3, 6)),
        };

    private ApiSwitches Switches()
    {
        var switches =
            !_features.OddApi && !_features.LongTexts ? new ApiSwitches { ListLag = TimeSpan.FromSeconds(_random.Next(5)) } : OddSwitches();
        return _features.FewAtOnce
            ? switches with
            {
                MostTasksAtOnce = Pick(1, 2, 3, 10),
                TaskDuration = TimeSpan.FromMinutes(Pick(2, 5, 10, 30)),
            }
            : switches;
    }

    private ApiSwitches OddSwitches() =>
        new()
        {
            ListLag = TimeSpan.FromSeconds(Pick(0, 5, 60, 300, 600)),
            ImportTime = TimeSpan.FromSeconds(Pick(0, 0, 60, 600)),
            ShowsSubmitting = _random.Next(2) == 0,
            DropsOneOf = Pick(0, 0, 0, 2, 3),
            Names = Pick(NameRule.Exact, NameRule.Exact, NameRule.IgnoresCase, NameRule.Trims),
            SaysExistsAs20 = _random.Next(3) == 0,
            NullForNothing = _random.Next(3) == 0,
            NullThoughThere = Pick(0, 0, 0.3),
            BalanceLastsFor = Pick(int.MaxValue, int.MaxValue, int.MaxValue, 2),
            LongTextsADay = _features.LongTexts ? 3 : int.MaxValue,
            Zone = TimeSpan.FromHours(Pick(0, 8, -7)),
        };

    private void PlanFaults()
    {
        if (_features.StorageFaults)
        {
            _faults.SetRate(Target.Tables, Pick(0.003, 0.01, 0.04));
            _faults.SetRate(Target.Blobs, Pick(0.003, 0.01, 0.04));
        }

        if (_features.ApiFaults)
        {
            _faults.SetRate(Target.Api, Pick(0.02, 0.1, 0.3));
        }

        if (_features.VaultFaults)
        {
            _faults.SetRate(Target.Vault, Pick(0.1, 0.5));
        }

        if (_features.StorageOutages)
        {
            for (var i = _random.Next(1, 5); i > 0; i--)
            {
                Outage(
                    Pick(Target.Tables, Target.Tables, Target.Blobs),
                    Pick(FaultKind.Refused, FaultKind.Unreachable, FaultKind.Swallowed, FaultKind.ReplyLost, FaultKind.Slow),
                    Pick(0.3, 1, 5, 20, 60)
                );
            }
        }

        if (_features.ApiOutages)
        {
            for (var i = _random.Next(1, 4); i > 0; i--)
            {
                Outage(
                    Target.Api,
                    Pick(
                        FaultKind.Refused,
                        FaultKind.Unreachable,
                        FaultKind.Swallowed,
                        FaultKind.ReplyLost,
                        FaultKind.ErrorThoughDone,
                        FaultKind.TooMany,
                        FaultKind.Firewall,
                        FaultKind.Slow
                    ),
                    Pick(0.5, 5, 20, 60)
                );
            }
        }

        if (_features.VaultFaults && _random.Next(2) == 0)
        {
            Outage(Target.Vault, Pick(FaultKind.Refused, FaultKind.Swallowed), Pick(5, 40));
        }

        if (_features.AccountTroubles)
        {
            for (var i = _random.Next(1, 4); i > 0; i--)
            {
                var (trouble, lasts) = (Pick(Enum.GetValues<AccountTrouble>()), TimeSpan.FromMinutes(Pick(2, 15, 60)));
                Sometime(() =>
                {
                    Happened("account trouble");
                    _world.Note(null, () => $"the account has {trouble} for {lasts}");
                    if (_world.IsAccountLocked)
                    {
                        return;
                    }

                    _world.Api.Trouble = trouble;
                    _scheduler.After(
                        lasts,
                        () =>
                        {
                            if (!_world.IsAccountLocked)
                            {
                                _world.Api.Trouble = AccountTrouble.None;
                            }
                        }
                    );
                });
            }
        }

        if (_features.KeyRotation)
        {
            Sometime(() =>
            {
                _world.Api.ApiKey = "newkey01";
                _scheduler.After(TimeSpan.FromMinutes(Pick(0, 3, 25)), () => _world.VaultKey = "newkey01");
            });
        }

        if (_features.OwnAppIds)
        {
            _world.Api.UnknownAppIds.Add("WRONG001");
        }

        if (_features.Lifecycle)
        {
            for (var i = _random.Next(1, 8); i > 0; i--)
            {
                Sometime(Pick<Action>(Kill, Kill, Stop, Add));
            }
        }

        if (_features.Freezes)
        {
            for (var i = _random.Next(1, 5); i > 0; i--)
            {
                Sometime(Freeze);
            }
            // The worst moment there is, for so long that all may be over when it goes on.
            if (_random.Next(3) == 0)
            {
                Sometime(() => _world.FreezesBeforeNextAttempt = TimeSpan.FromMinutes(Pick(10, 60, 300)));
            }
        }

        if (_features.ClockJumps)
        {
            for (var i = _random.Next(1, 4); i > 0; i--)
            {
                Sometime(Jump);
            }
        }

        if (_features.Restore)
        {
            PlanRestore();
        }
    }

    private void Outage(Target target, FaultKind kind, double minutes)
    {
        var from = _scheduler.Now + _active * _random.NextDouble() * 0.8;
        _faults.Add(new Outage(target, from, from + TimeSpan.FromMinutes(minutes), kind));
    }

    private void Kill()
    {
        Happened("kill");
        var instance = _world.AnyInstance();
        _world.Note(instance, () => "is killed");
        instance.Process.Kill();
        _scheduler.After(TimeSpan.FromSeconds(_random.Next(5, 300)), () => _world.Start());
    }

    private void Stop()
    {
        Happened("stop");
        var instance = _world.AnyInstance();
        _world.Note(instance, () => "is asked to stop");
        instance.Stop(TimeSpan.FromSeconds(Pick(5, 30, 60, 300)));
        if (_world.Instances.Count < 4)
        {
            _world.Start();
        }
    }

    private void Add()
    {
        Happened("add");
        if (_world.Instances.Count < 4)
        {
            _world.Start();
        }
    }

    private void Jump()
    {
        Happened("clock jump");
        var by = TimeSpan.FromSeconds(_random.Next(-120, 120));
        var instance = _world.AnyInstance();
        _world.Note(instance, () => $"has its clock set by {by}");
        instance.Clock.Jump(by);
    }

    private void Freeze()
    {
        Happened("freeze");
        _world.Freeze(_world.AnyInstance(), TimeSpan.FromSeconds(Pick(20, 200, 400, 1000, 3000)));
    }

    /// <summary>The ledger is set back to what it was some time ago; the API is not.</summary>
    private void PlanRestore()
    {
        var at = _active * _random.NextDouble() * 0.5;
        _scheduler.After(at, () => _snapshot = _world.Account.Snapshot());
        _scheduler.After(
            at + (_active - at) * _random.NextDouble(),
            () =>
            {
                // What a person did because of a report that the ledger forgets, no ledger can know.
                if (_reader.Followed + _reader.Resolved > 0)
                {
                    return;
                }

                _world.Note(null, () => $"the ledger is restored to what it was at {_scheduler.Start + at:HH:mm:ss}");
                Happened("ledger restored");
                _world.Watch.RestoredAt = _scheduler.Now;
                foreach (var instance in _world.Instances)
                {
                    instance.Process.Kill();
                }

                _world.Account.RestoreTables(_snapshot!);
                for (var i = _random.Next(1, 3); i > 0; i--)
                {
                    _world.Start();
                }
            }
        );
    }

    private void Happened(string what) => Happenings[$"World {what}"] = Happenings.GetValueOrDefault($"World {what}") + 1;

    // ---- what is handed in -------------------------------------------------------------------------------------

    private void PlanCampaigns()
    {
        for (var i = _random.Next(1, 7); i > 0; i--)
        {
            Sometime(HandIn);
        }

        if (_features.SeveralTasks && _random.Next(8) == 0)
        {
            Sometime(() => HandIn(Name(), mostCallees: 60));
        }

        if (_features.SimilarNames)
        {
            Sometime(HandInSimilar);
        }

        if (_features.Strangers && _random.Next(2) == 0)
        {
            _world.Api.CreateAsStranger(StrangersName(), _random.Next(200, 210), _scheduler.Now - TimeSpan.FromHours(Pick(0, 20, 100)));
        }

        if (_features.Strangers)
        {
            Sometime(() => _world.Api.CreateAsStranger(StrangersName(), _random.Next(200, 210), _scheduler.Now));
        }

        if (_random.Next(20) == 0)
        {
            // A storm: many at once.
            Sometime(() =>
            {
                for (var i = _random.Next(5, 15); i > 0; i--)
                {
                    HandIn();
                }
            });
        }
    }

    private void PlanSchedule()
    {
        if (_keeper is null)
        {
            return;
        }

        _keeper.Begin();
        _keeper.Put(Pick(5, 10, 15, 30));
        for (var i = _random.Next(2, 12); i > 0; i--)
        {
            Sometime(_keeper.Change);
        }

        for (var i = _random.Next(3); i > 0; i--)
        {
            Sometime(() => _keeper.Put(Pick(0, 10, 20, 30)));
        }

        if (_random.Next(3) == 0)
        {
            Sometime(_keeper.PutWrong);
        }
    }

    private string Name() => _features.OddNames && _random.Next(3) == 0 ? $"Offer {++_names} " : $"Offer {++_names}";

    /// <summary>A name that a campaign of this run may have, too.</summary>
    private string StrangersName() => $"Offer {_random.Next(1, 8)}";

    private void HandIn() => HandIn(Name(), mostCallees: 7);

    private void HandIn(string name, int mostCallees)
    {
        var spec = Make(name, mostCallees);
        if (_features.Posts && _random.Next(2) == 0)
        {
            _customer.Send(new Post(spec));
            if (_features.Copies && _random.Next(2) == 0)
            {
                _customer.Later(Soon(), () => _customer.Send(new Post(spec)));
            }

            return;
        }

        var path = $"{(_random.Next(3) == 0 ? "folder/" : "")}file {_names}.{(spec.IsCsv ? "csv" : "json")}";
        if (_features.Poison && _world.Poison.Count == 0)
        {
            _world.Poison[path] = 0;
            _customer.Put(path, spec, isPoison: true);
            return;
        }

        if (_features.Growing && spec.IsCsv && spec.Valid.Count > 1 && spec.Mistake is null)
        {
            if (_random.Next(2) == 0)
            {
                _customer.Grow(path, spec);
            }
            else
            {
                _customer.Append(path, spec);
            }

            return;
        }

        _customer.Put(path, spec);
        if (_features.Copies && _random.Next(2) == 0)
        {
            _customer.Later(Soon(), () => _customer.Put(_random.Next(2) == 0 ? path : $"copy {path.Replace('/', ' ')}", spec));
        }

        if (_features.Overwrites && _random.Next(2) == 0)
        {
            _customer.Later(
                Soon(),
                () =>
                {
                    // The right list in place of a wrong one, often under the same name.
                    var sameName = _random.Next(2) == 0;
                    var next = Make(sameName ? name : Name(), mostCallees);
                    if (next.IsCsv != spec.IsCsv)
                    {
                        return;
                    }

                    if (sameName)
                    {
                        (next.MayConflict, spec.MayConflict) = (true, true);
                    }

                    _customer.Put(path, next);
                }
            );
        }

        if (_features.Deletes && _random.Next(4) == 0)
        {
            _customer.Later(Soon(), () => _customer.Delete(path));
        }
    }

    private CampaignSpec Make(string name, int mostCallees)
    {
        var spec = _maker.Make(name, _scheduler.Now, mostCallees);
        if (_features.Strangers || name.EndsWith(' '))
        {
            spec.MayConflict = true;
        }

        return spec;
    }

    private void HandInSimilar()
    {
        var name = Name().Trim();
        var (first, second, conflict) = _random.Next(3) switch
        {
            0 => (name, name.ToUpperInvariant(), _world.Api.Switches.Names == NameRule.IgnoresCase),
            1 => (name, name + "-2", true),
            _ => (name, name + "-1", false),
        };
        foreach (var each in new[] { first, second })
        {
            var spec = Make(each, mostCallees: 7);
            spec.MayConflict |= conflict;
            _customer.Later(
                TimeSpan.FromSeconds(_random.NextDouble() * Pick(0.1, 5, 200)),
                () => _customer.Put($"{each}.{(spec.IsCsv ? "csv" : "json")}", spec)
            );
        }
    }

    // ---- time --------------------------------------------------------------------------------------------------

    /// <summary>The host's timer: on one instance at a time, unless that one does not answer.</summary>
    private void Tick()
    {
        if (_skipsIdleTicks && !Ledger.Open(_world.Account).Any(o => o.DueAt <= _scheduler.Now))
        {
            return;
        }

        if (_ticking is { IsTicking: true, Process: { IsDead: false, IsFrozen: false } })
        {
            return;
        }

        _ticking = _world.AnyInstance();
        _ = _ticking.TickAsync();
    }

    private void Every(TimeSpan period, Action action, DateTimeOffset first, DateTimeOffset? until = null) =>
        _scheduler.At(
            first,
            () =>
            {
                if (_scheduler.Now > until)
                {
                    return;
                }

                action();
                Every(period, action, _scheduler.Now + period, until);
            }
        );

    private void Sometime(Action action) => _customer.Later(_active * _random.NextDouble() * 0.85, action);

    private TimeSpan Soon() => TimeSpan.FromSeconds(Math.Pow(10, _random.NextDouble() * 4 - 1));

    private T Pick<T>(params T[] choices) => choices[_random.Next(choices.Length)];

    private void Print(ulong value) => _print = (_print ^ value) * 1099511628211;
}
