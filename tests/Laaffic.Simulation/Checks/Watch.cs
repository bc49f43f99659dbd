using Azure;
using Azure.Identity;
using Laaffic.Api;
using Laaffic.Simulation.Api;
using Laaffic.Simulation.Faults;
using Laaffic.Simulation.Instances;
using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Checks;

/// <summary>Looks on while a run goes on.</summary>
internal sealed class Watch(World world)
{
    private readonly List<Violation> _violations = [];
    private readonly Dictionary<Outage, int> _createsIn = [];
    private readonly Dictionary<(Instance, string), DateTimeOffset> _looks = [];
    private readonly Dictionary<string, DateTimeOffset> _planned = [];

    public IReadOnlyList<Violation> Violations => _violations;

    /// <summary>When the ledger was set back: what it says of the time before is not what was.</summary>
    public DateTimeOffset? RestoredAt { get; set; }

    public bool IsRestored => RestoredAt is not null;

    /// <summary>When each campaign was committed, by the true time.</summary>
    public Dictionary<string, DateTimeOffset> Commits { get; } = [];

    /// <summary>Of each campaign: files that its reader had last looked at before it stored its tasks.</summary>
    public List<(string Campaign, string Path)> Unlooked { get; } = [];

    /// <summary>Whether the whole ledger is looked through at each acceptance.</summary>
    public bool LooksForWriteAhead { get; set; } = true;

    /// <summary>
    /// The request that is handled was answered before: if it was refused then, no ledger can foresee that it takes effect.
    /// </summary>
    public bool LooksAtReplay { get; set; }

    public TimeSpan LongestTick { get; private set; }

    public void Broken(string invariant, string detail, params IReadOnlyList<string> about)
    {
        if (_violations.Count < 20)
        {
            _violations.Add(new(invariant, detail, about));
        }
    }

    /// <summary>The API accepts a task: the ledger must have said before that it may.</summary>
    public void Accepted(ApiTask task)
    {
        if (task.IsStrangers || IsRestored || LooksAtReplay || !LooksForWriteAhead)
        {
            return;
        }

        var rows = Ledger.TasksNamed(world.Account, task.Name);
        if (!rows.Any(r => r.State == "Uncertain"))
        {
            Broken(
                "write ahead",
                $"'{task.Name}' was accepted by the API while the ledger said "
                    + $"{string.Join(", ", rows.Select(r => r.State).DefaultIfEmpty("nothing"))} of it",
                task.Name
            );
        }
    }

    public void Stored(Instance from, StorageRequest request, StorageResponse response)
    {
        if (StorageMessages.BlobLookedAt(request) is { } path)
        {
            _looks[(from, path)] = world.Now;
        }
        else if (StorageMessages.PlanStored(request) is { } plan)
        {
            _planned[plan] = world.Now;
        }
        else if (StorageMessages.CommittedCampaign(request, response) is { } name)
        {
            Commits.TryAdd(name, world.Now);
            var plannedAt = _planned.GetValueOrDefault(StorageMessages.PlanCommitted(request) ?? "");
            Unlooked.AddRange(_looks.Where(l => l.Key.Item1 == from && l.Value < plannedAt).Select(l => (name, l.Key.Item2)));
            world.Note(from, () => $"commits {name}");
        }
    }

    public void CreateBegins(Instance from)
    {
        foreach (var outage in world.Faults.Outages)
        {
            if (outage.Target == Target.Api && outage.Kind != FaultKind.Slow && outage.From <= world.Now && world.Now < outage.To)
            {
                _createsIn[outage] = _createsIn.GetValueOrDefault(outage) + 1;
            }
        }
    }

    /// <summary>A create's sender did not wait for its answer.</summary>
    public void CreateGivenUp(Instance from, Call? call, DateTimeOffset beganAt)
    {
        if (
            from.StoppedAt is { } stopped
            && beganAt < stopped
            && world.Now - stopped < TimeSpan.FromSeconds(3)
            && from.StopsAt - stopped > TimeSpan.FromSeconds(20)
            && world.Now - beganAt < TimeSpan.FromMinutes(3)
        )
        {
            Broken(
                "graceful stop",
                $"a create of '{call?.Name}' was given up at once when {from.Name} was asked to stop, with "
                    + $"{(from.StopsAt - world.Now)?.TotalSeconds:0} seconds left",
                call?.Name ?? ""
            );
        }
    }

    public void Ticked(Instance by, DateTimeOffset began)
    {
        var took = world.Now - began;
        if (took > LongestTick)
        {
            LongestTick = took;
        }

        if (
            took > TimeSpan.FromMinutes(20)
            && !world.Features.StorageFaults
            && !world.Features.StorageOutages
            && !by.WasFrozen
            && !world.Features.VaultFaults
        )
        {
            Broken("ticks are short", $"a tick of {by.Name} took {took}");
        }
    }

    /// <summary>What an outage explains is no finding.</summary>
    public void Failed(Instance by, string where, Exception e)
    {
        var cause = e is AggregateException all ? all.Flatten().InnerExceptions[^1] : e;
        if (
            cause
                is RequestFailedException { Status: not 400 }
                    or OperationCanceledException
                    or AuthenticationFailedException
                    or HttpRequestException
                    or IOException
            // By its name: an earlier release throws its own.
            || cause.GetType().FullName == typeof(SecretsUnavailableException).FullName
        )
        {
            return;
        }

        Broken("unexpected exception", $"{where} of {by.Name}: {e}");
    }

    /// <summary>At the end of a run.</summary>
    public void CheckOutages()
    {
        foreach (var (outage, creates) in _createsIn)
        {
            var most = 12 + 2 * (outage.To - outage.From).TotalMinutes;
            if (creates > most)
            {
                Broken(
                    "hardly a create in outages",
                    $"{creates} creates were begun within {(outage.To - outage.From).TotalMinutes:0} minutes of {outage.Kind}"
                );
            }
        }
    }
}
