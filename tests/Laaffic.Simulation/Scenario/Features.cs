namespace Laaffic.Simulation.Scenario;

/// <summary>
/// What a run has of all that there can be. Each seed takes a few: a run with everything at once hides more than it shows.
/// </summary>
internal sealed record Features
{
    public required bool Csv { get; init; }
    public required bool Posts { get; init; }
    public required bool SeveralTasks { get; init; }
    public required bool BadRows { get; init; }
    public required bool Mistakes { get; init; }
    public required bool Times { get; init; }
    public required bool Overwrites { get; init; }
    public required bool Growing { get; init; }
    public required bool Renames { get; init; }
    public required bool Deletes { get; init; }
    public required bool Copies { get; init; }
    public required bool SimilarNames { get; init; }
    public required bool OddNames { get; init; }
    public required bool OwnAppIds { get; init; }
    public required bool LongTexts { get; init; }
    public required bool Poison { get; init; }
    public required bool Strangers { get; init; }
    public required bool Restore { get; init; }
    public required bool Lifecycle { get; init; }
    public required bool Freezes { get; init; }
    public required bool ClockJumps { get; init; }
    public required bool StorageFaults { get; init; }
    public required bool StorageOutages { get; init; }
    public required bool ApiFaults { get; init; }
    public required bool ApiOutages { get; init; }
    public required bool VaultFaults { get; init; }
    public required bool AccountTroubles { get; init; }
    public required bool KeyRotation { get; init; }
    public required bool OddApi { get; init; }
    public required bool Advice { get; init; }
    public required bool LateEvents { get; init; }

    /// <summary>The account may have a few tasks at once, and the others stand in line.</summary>
    public required bool FewAtOnce { get; init; }

    /// <summary>Campaigns are made by the clock, too.</summary>
    public required bool Schedules { get; init; }

    /// <summary>Instances of the release before run beside those of the present one, until the faults end.</summary>
    public bool Upgrade { get; init; }

    public static Features None { get; } = Choose(new Never());

    public static Features Choose(Random random)
    {
        return new Features
        {
            Csv = Is(0.5),
            Posts = Is(0.4),
            SeveralTasks = Is(0.6),
            BadRows = Is(0.25),
            Mistakes = Is(0.1),
            Times = Is(0.2),
            Overwrites = Is(0.15),
            Growing = Is(0.08),
            Renames = Is(0.05),
            Deletes = Is(0.1),
            Copies = Is(0.15),
            SimilarNames = Is(0.15),
            OddNames = Is(0.05),
            OwnAppIds = Is(0.08),
            LongTexts = Is(0.08),
            Poison = Is(0.03),
            Strangers = Is(0.08),
            Restore = Is(0.08),
            Lifecycle = Is(0.3),
            Freezes = Is(0.25),
            ClockJumps = Is(0.15),
            StorageFaults = Is(0.35),
            StorageOutages = Is(0.2),
            ApiFaults = Is(0.4),
            ApiOutages = Is(0.2),
            VaultFaults = Is(0.15),
            AccountTroubles = Is(0.15),
            KeyRotation = Is(0.1),
            OddApi = Is(0.4),
            Advice = Is(0.6),
            LateEvents = Is(0.4),
            FewAtOnce = Is(0.5),
            Schedules = Is(0.3),
        };

        bool Is(double chance) => random.NextDouble() < chance;
    }

    /// <summary>The same with an upgrade: the release before bears all that the present one does.</summary>
    public Features WithUpgrade() => this with { Upgrade = true };

    private sealed class Never : Random
    {
        public override double NextDouble() => 1;
    }
}
