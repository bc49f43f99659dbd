namespace Laaffic.Simulation.Faults;

/// <summary>Decides by the seed what becomes of each request, until the time when faults end.</summary>
internal sealed class FaultPlan(Random random, DateTimeOffset endsAt)
{
    private static readonly FaultKind[] OfStorage =
    [
        FaultKind.Slow,
        FaultKind.Slow,
        FaultKind.Refused,
        FaultKind.Unreachable,
        FaultKind.ReplyLost,
        FaultKind.ReplyLost,
        FaultKind.ReplySwallowed,
        FaultKind.Swallowed,
        FaultKind.Repeated,
    ];

    private static readonly FaultKind[] OfApi =
    [
        FaultKind.Slow,
        FaultKind.Slow,
        FaultKind.Refused,
        FaultKind.Unreachable,
        FaultKind.ReplyLost,
        FaultKind.ReplyLost,
        FaultKind.ReplySwallowed,
        FaultKind.Swallowed,
        FaultKind.ErrorThoughDone,
        FaultKind.Repeated,
        FaultKind.RepeatedLater,
        FaultKind.TooMany,
    ];

    private readonly double[] _rates = new double[4];
    private readonly List<Outage> _outages = [];

    public DateTimeOffset EndsAt { get; } = endsAt;

    public IReadOnlyList<Outage> Outages => _outages;

    /// <summary>How often each kind happened, by target and kind.</summary>
    public Dictionary<(Target, FaultKind), long> Counts { get; } = [];

    /// <summary>What part of a target's requests has a fault of its own.</summary>
    public void SetRate(Target target, double rate) => _rates[(int)target] = rate;

    public void Add(Outage outage) => _outages.Add(outage.To > EndsAt ? outage with { To = EndsAt } : outage);

    public FaultKind Next(Target target, DateTimeOffset now, bool isCreate = false)
    {
        var kind = Choose(target, now, isCreate);
        if (kind != FaultKind.None)
        {
            Counts[(target, kind)] = Counts.GetValueOrDefault((target, kind)) + 1;
        }

        return kind;
    }

    /// <summary>The time on the way, one way.</summary>
    public TimeSpan Delay(Target target, FaultKind kind) =>
        kind == FaultKind.Slow
            ? TimeSpan.FromSeconds(Math.Pow(10, random.NextDouble() * (target == Target.Api ? 2 : 2.4) - 0.5))
            : TimeSpan.FromMilliseconds(target == Target.Api ? random.Next(20, 400) : random.Next(1, 15));

    private FaultKind Choose(Target target, DateTimeOffset now, bool isCreate)
    {
        if (now >= EndsAt)
        {
            return FaultKind.None;
        }

        foreach (var outage in _outages)
        {
            if (outage.Target == target && outage.From <= now && now < outage.To && (isCreate || !outage.CreatesOnly))
            {
                return outage.Kind;
            }
        }

        if (random.NextDouble() >= _rates[(int)target])
        {
            return FaultKind.None;
        }

        var kinds = target == Target.Api ? OfApi : OfStorage;
        return kinds[random.Next(kinds.Length)];
    }
}
