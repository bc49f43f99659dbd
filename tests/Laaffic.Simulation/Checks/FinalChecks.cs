using System.Globalization;
using System.Text.Json;
using Laaffic.Simulation.Api;
using Laaffic.Simulation.Scenario;

namespace Laaffic.Simulation.Checks;

/// <summary>When all has come to rest: what the app says of each callee against what the API knows.</summary>
internal sealed class FinalChecks(World world, Customer customer, ScheduleKeeper? keeper, bool settled)
{
    /// <summary>How a report says that the task at Laaffic may not be the one that was meant.</summary>
    private static readonly string[] WarnsOfAnother = ["compare them", "look there whether", "ask Laaffic which are missing"];

    private readonly Dictionary<string, ApiTask> _called = [];
    private readonly Dictionary<string, JsonElement> _reports = [];
    private readonly Watch _watch = world.Watch;

    public void Run()
    {
        ReadReports();
        NobodyTwice();
        foreach (var drop in customer.Drops)
        {
            Check(drop);
        }

        foreach (var post in customer.Posts)
        {
            Check(post);
        }

        if (keeper is not null)
        {
            CheckSchedule(keeper);
        }

        NothingDueForEver();
        foreach (var (path, deaths) in world.Poison)
        {
            if (deaths > 25)
            {
                _watch.Broken("poison ends", $"{deaths} processes died of {path}", path);
            }
        }

        _watch.CheckOutages();
        HardlyInVain();
    }

    /// <summary>
    /// Of tasks that there is no room for, one for each that was taken is sent in vain, and now and then a probe: where Laaffic's list
    /// does not tell what runs, one a minute.
    /// </summary>
    private void HardlyInVain()
    {
        var list = world.Api.Switches;
        var probes = world.Scheduler.Elapsed.TotalMinutes;
        if (list.ListLag <= TimeSpan.FromMinutes(1) && list.NullThoughThere == 0)
        {
            probes /= 10;
        }

        var most = world.Api.Tasks.Count + probes + 4 * world.Options.MaxConcurrentTasks;
        if (world.Api.BusyRefusals > most)
        {
            _watch.Broken(
                "hardly a body is sent in vain",
                $"{world.Api.BusyRefusals} tasks were refused as too many at once, and {world.Api.Tasks.Count} taken in "
                    + $"{world.Scheduler.Elapsed.TotalMinutes:0} minutes"
            );
        }
    }

    private void ReadReports()
    {
        var results = world.Direct.Blobs.GetBlobContainerClient("results");
        foreach (var blob in results.GetBlobs())
        {
            if (!blob.Name.EndsWith(".report.json", StringComparison.Ordinal))
            {
                continue;
            }

            using var json = JsonDocument.Parse(results.GetBlobClient(blob.Name).DownloadContent().Value.Content);
            var report = json.RootElement.Clone();
            if (!report.TryGetProperty("counts", out var c))
            {
                continue; // it is about a schedule's file
            }

            _reports[blob.Name] = report;
            long Count(string name) => c.GetProperty(name).GetInt64();
            var suppressed = c.TryGetProperty("suppressed", out var s) ? s.GetInt64() : 0; // the release before counts none
            var sum = Count("duplicate") + Count("rejected") + suppressed + Count("accepted") + Count("waiting") + Count("notSubmitted");
            if (Count("read") != sum)
            {
                _watch.Broken(
                    "counts sum",
                    $"{blob.Name}: {c.GetRawText().ReplaceLineEndings("")}",
                    report.GetProperty("taskName").GetString() ?? ""
                );
            }
        }
    }

    private void NobodyTwice()
    {
        foreach (var task in world.Api.Tasks.Where(t => !t.IsStrangers))
        {
            foreach (var number in task.Numbers)
            {
                if (!_called.TryAdd(number, task))
                {
                    _watch.Broken(
                        "nobody is called twice",
                        $"{number} is in '{_called[number].Name}' ({_called[number].KeyId}) and '{task.Name}' ({task.KeyId})",
                        _called[number].Name,
                        task.Name
                    );
                    break;
                }
            }
        }
    }

    private void Check(Drop drop)
    {
        var spec = drop.Spec;
        if (Committed(spec) is { } campaign)
        {
            if (drop.IsHalf)
            {
                _watch.Broken(
                    "a growing file is left alone",
                    $"{drop.Path} was submitted as '{spec.Name}' while it grew",
                    drop.Path,
                    spec.Name
                );
            }

            if (
                drop.GoneAt is { } gone
                && campaign.Path == drop.Path
                && _watch.Commits.TryGetValue(spec.Name, out var at)
                && (
                    _watch.Unlooked.Contains((spec.Name, drop.Path))
                        ? at > gone
                        : at - gone > TimeSpan.FromMinutes(6) && !world.Features.Freezes
                )
                && !WasThere(drop, at)
            )
            {
                _watch.Broken(
                    "a list replaced in time is not called",
                    $"{drop.Path} was replaced or deleted at {gone:HH:mm:ss}, and its campaign '{spec.Name}' committed at {at:HH:mm:ss}",
                    drop.Path,
                    spec.Name
                );
            }

            Check(spec, campaign);
            if (campaign.Path == drop.Path && drop.GoneAt is null)
            {
                CheckReport(drop.Path, spec, campaign);
            }

            return;
        }

        // A ledger that was set back cannot know of a file that is gone.
        if (_watch.IsRestored && drop.GoneAt is not null)
        {
            return;
        }
        // Nor of what became of one that is still there; but then its report tells to look there first.
        var isWarned =
            _watch.IsRestored
            && _reports.TryGetValue($"{drop.Path}.report.json", out var written)
            && written.GetProperty("needsAction").GetString()?.Contains("before you have looked", StringComparison.Ordinal) == true;
        if (!isWarned)
        {
            NotAtApi(spec, $"{drop.Path} ('{spec.Name}') was not submitted as far as the app knows");
        }

        if (drop.GoneAt is not null)
        {
            return;
        }

        if (!_reports.TryGetValue($"{drop.Path}.report.json", out var report))
        {
            _watch.Broken(
                "every file has an end",
                $"{drop.Path} ('{spec.Name}', {spec.Valid.Count} callees) has neither campaign nor report",
                drop.Path,
                spec.Name
            );
            return;
        }

        var state = report.GetProperty("state").GetString();
        if (state == "duplicate")
        {
            var original = report.GetProperty("taskName").GetString()!;
            if (customer.Drops.All(d => d == drop || d.Spec.Hash != spec.Hash) && customer.Posts.All(p => p.Spec.Hash != spec.Hash))
            {
                _watch.Broken("duplicates are duplicates", $"{drop.Path} is called a duplicate of '{original}'", drop.Path);
            }
        }
        else if (state != "rejected")
        {
            _watch.Broken("every file has an end", $"{drop.Path} has no campaign, but its report says {state}", drop.Path, spec.Name);
        }
        else if (
            spec.Mistake is null
            && !spec.MayConflict
            && !drop.IsPoison
            && !drop.IsAppended
            && !Errors(report).Contains("is past", StringComparison.Ordinal)
        )
        {
            _watch.Broken("no unjust rejection", $"{drop.Path} was rejected: {Errors(report)}", drop.Path, spec.Name);
        }
    }

    /// <summary>Each occurrence was made once, or says why not.</summary>
    private void CheckSchedule(ScheduleKeeper schedule)
    {
        const string rule = "each occurrence is made once, or reported";
        var settledOccurrences = Ledger.Occurrences(world.Account, ScheduleKeeper.Name);
        var expected = schedule.Occurrences().ToList();
        if (!expected.SequenceEqual(settledOccurrences.Select(one => one.At)))
        {
            var wrong = expected
                .Except(settledOccurrences.Select(one => one.At))
                .Concat(settledOccurrences.Select(one => one.At).Except(expected));
            _watch.Broken(
                rule,
                $"there were {expected.Count} occurrences, and {settledOccurrences.Count} are settled; the difference: "
                    + $"{string.Join(", ", wrong.Select(at => at.ToString("HH:mm", CultureInfo.InvariantCulture)))}",
                ScheduleKeeper.Name
            );
        }

        foreach (var (at, state, taskName, reason) in settledOccurrences)
        {
            if (state == "Made" && Ledger.Campaign(world.Account, taskName!) is { } campaign)
            {
                var list = schedule.Lists.Single(list => list.Hash == campaign.ContentHash);
                Check(list with { Name = taskName! }, campaign);
            }
            else if (state is "Made" or "Rejected" or "ListEmpty" || (state == "Missed" && !MayMiss && !schedule.WasTurnedOffAfter(at)))
            {
                _watch.Broken(rule, $"{at:HH:mm} is {state}: {reason}", ScheduleKeeper.Name, taskName ?? "");
            }
        }

        var made = settledOccurrences.Select(one => one.TaskName).ToHashSet();
        foreach (var task in world.Api.Tasks.Where(task => task.Name.StartsWith(ScheduleKeeper.Name + " ", StringComparison.Ordinal)))
        {
            if (!made.Any(name => name is not null && (task.Name == name || task.Name.StartsWith(name + "-", StringComparison.Ordinal))))
            {
                _watch.Broken(rule, $"'{task.Name}' is no occurrence's", ScheduleKeeper.Name, task.Name);
            }
        }
    }

    private bool MayMiss =>
        world.Features.StorageFaults
        || world.Features.StorageOutages
        || world.Features.VaultFaults
        || world.Features.Lifecycle
        || world.Features.Freezes
        || world.Features.ClockJumps
        || world.Features.Upgrade;

    /// <summary>Whether the same content was put there again.</summary>
    private bool WasThere(Drop drop, DateTimeOffset at) =>
        customer.Drops.Any(d => d.Path == drop.Path && d.Spec.Hash == drop.Spec.Hash && d.At <= at && (d.GoneAt is null || d.GoneAt >= at));

    private void Check(Post post)
    {
        if (post.AnsweredAt is null)
        {
            return;
        }

        var spec = post.Spec;
        if (Committed(spec) is { } campaign)
        {
            Check(spec, campaign);
            return;
        }

        if (post.Status < 300 && !(_watch.IsRestored))
        {
            _watch.Broken(
                "every answered request has an end",
                $"POST '{spec.Name}' was answered {post.Status} and is not in the ledger",
                spec.Name
            );
        }

        if (!_watch.IsRestored)
        {
            NotAtApi(spec, $"POST '{spec.Name}' was answered {post.Status}");
        }

        if (post.Status >= 400 && spec.Mistake is null && !spec.MayConflict && !IsLate(spec, post))
        {
            _watch.Broken(
                "no unjust rejection",
                $"POST '{spec.Name}' was answered {post.Status}: {post.Body.ReplaceLineEndings(" ")[..Math.Min(400, post.Body.Length)]}",
                spec.Name
            );
        }
    }

    private static bool IsLate(CampaignSpec spec, Post post) =>
        spec.ExpireAt < post.AnsweredAt || post.Body.Contains("is past", StringComparison.Ordinal);

    private void Check(CampaignSpec spec, StoredCampaign campaign)
    {
        var offset = 0;
        foreach (var task in Ledger.TasksOf(world.Account, campaign.PlanId))
        {
            if (offset + task.Callees > spec.Valid.Count)
            {
                _watch.Broken("tasks hold the list", $"the tasks of '{spec.Name}' hold more callees than its list", spec.Name);
                return;
            }

            var numbers = spec.Valid.Skip(offset).Take(task.Callees).ToList();
            offset += task.Callees;
            // The same callees may have been accepted in another campaign since, which followed an advice.
            var atApi = numbers.Select(_called.GetValueOrDefault).FirstOrDefault(t => t?.Name == task.Name);
            if (
                task.IsSettled
                && task.Reason?.Contains("Laaffic does not list it", StringComparison.Ordinal) == true
                && world.Api.Tasks.FirstOrDefault(t => t.Name == task.Name) is { } listed
            )
            {
                _watch.Broken(
                    "what is listed is found",
                    $"task '{task.Name}' is {task.State} ({task.Reason}), but the API lists it as {listed.KeyId}",
                    spec.Name,
                    task.Name
                );
            }

            switch (task.State)
            {
                case "Accepted":
                    // Another's task of that name cannot be told from our own after a request of ours; it is accepted with a warning.
                    if (world.Api.Tasks.Any(t => t.KeyId == task.KeyId && t.IsStrangers))
                    {
                        break;
                    }
                    // As little one that was made before the ledger was set back: whoever reads it is told to compare.
                    if (_watch.IsRestored && task.Reason is { } said && WarnsOfAnother.Any(w => said.Contains(w, StringComparison.Ordinal)))
                    {
                        break;
                    }
                    // Nor can that of a list of the same name that was there before the replaced one, once the ledger has forgotten it.
                    if (spec.MayConflict && world.Api.Tasks.Any(t => t.KeyId == task.KeyId && t.AcceptedAt < _watch.RestoredAt))
                    {
                        break;
                    }

                    if (
                        _called.GetValueOrDefault(numbers[0]) is not { } real
                        || real.Name != task.Name
                        || !real.Numbers.SequenceEqual(numbers)
                        || (task.KeyId is { } id && id != real.KeyId)
                    )
                    {
                        _watch.Broken(
                            "accepted is accepted",
                            $"task '{task.Name}' is said to be accepted as {task.KeyId}, but the API has "
                                + $"{_called.GetValueOrDefault(numbers[0])?.KeyId.ToString(CultureInfo.InvariantCulture) ?? "nobody"}",
                            spec.Name,
                            task.Name
                        );
                    }

                    break;
                case "Rejected" or "Expired":
                    if (atApi is not null && task.MayBeAtLaaffic)
                    {
                        break; // whoever reads it is told to look there first
                    }
                    else if (atApi is not null)
                    {
                        _watch.Broken(
                            "not submitted is not submitted",
                            $"task '{task.Name}' is said to be {task.State} ({task.Reason}), but the API has it as {atApi.KeyId}",
                            spec.Name,
                            task.Name
                        );
                    }
                    else if (task.State == "Rejected" && !spec.MayConflict)
                    {
                        _watch.Broken("no unjust rejection", $"task '{task.Name}' was rejected: {task.Reason}", spec.Name, task.Name);
                    }
                    else if (task.State == "Expired" && IsUnjust(spec, campaign, task))
                    {
                        _watch.Broken(
                            "no needless expiry",
                            $"task '{task.Name}' expired at {campaign.Deadline:HH:mm:ss}, committed at "
                                + $"{campaign.CommittedAt:HH:mm:ss}: {task.Reason}",
                            spec.Name,
                            task.Name
                        );
                    }

                    break;
                default:
                    Unsettled(spec, task);
                    break;
            }
        }

        if (offset < spec.Valid.Count)
        {
            _watch.Broken("tasks hold the list", $"the tasks of '{spec.Name}' hold {offset} of {spec.Valid.Count} callees", spec.Name);
        }
    }

    /// <summary>Uncertain for good is an end only if the report says who must act.</summary>
    private void Unsettled(CampaignSpec spec, StoredTask task)
    {
        var report = _reports.Values.FirstOrDefault(r =>
            r.GetProperty("taskName").GetString() == spec.Name && r.GetProperty("state").GetString() != "duplicate"
        );
        var action = report.ValueKind == JsonValueKind.Object ? report.GetProperty("needsAction").GetString() : null;
        if (task.State != "Uncertain" || action is null)
        {
            _watch.Broken(
                "everything settles",
                $"task '{task.Name}' is still {task.State}, with {(action is null ? "nobody told to act" : $"'{action}'")}: {task.Reason}",
                spec.Name,
                task.Name
            );
        }
    }

    /// <summary>Whether the API would have taken it most of its time.</summary>
    private bool IsUnjust(CampaignSpec spec, StoredCampaign campaign, StoredTask task)
    {
        var tried = campaign.Deadline - campaign.CommittedAt;
        if (tried < TimeSpan.FromMinutes(100) || spec.AppId is not null || task.Callees > world.Api.Switches.BalanceLastsFor)
        {
            return false;
        }
        // Tasks that alone are refused take a probe each, again and again.
        if (world.Api.Switches.BalanceLastsFor < int.MaxValue && tried < world.Options.HoldDuration * (2 * Ledger.TaskCount(world.Account)))
        {
            return false;
        }

        if (world.Api.Switches.MostTasksAtOnce < int.MaxValue || world.Features.Times || world.Features.Restore || spec.HasLongTexts)
        {
            return false;
        }

        return !(
            world.Features.ApiOutages
            || world.Features.StorageOutages
            || world.Features.StorageFaults
            || world.Features.AccountTroubles
            || world.Features.VaultFaults
            || world.Features.KeyRotation
            || world.Features.ApiFaults
            || world.Features.Lifecycle
            || world.Features.Freezes
            || world.Features.ClockJumps
        );
    }

    private void CheckReport(string path, CampaignSpec spec, StoredCampaign campaign)
    {
        if (!_reports.TryGetValue($"{path}.report.json", out var report))
        {
            _watch.Broken("every campaign has its report", $"{path}, campaign '{spec.Name}', has no report", path, spec.Name);
            return;
        }

        if (report.GetProperty("taskName").GetString() != spec.Name)
        {
            _watch.Broken(
                "every campaign has its report",
                $"the report of {path} is that of '{report.GetProperty("taskName").GetString()}', not of '{spec.Name}'",
                path,
                spec.Name
            );
            return;
        }

        var said = report.GetProperty("tasks").EnumerateArray().Select(t => t.GetProperty("state").GetString()!).ToList();
        var stored = Ledger.TasksOf(world.Account, campaign.PlanId).Select(t => t.State.ToLowerInvariant()).ToList();
        for (var i = 0; i < stored.Count && settled; i++)
        {
            if (stored[i] is "accepted" or "rejected" or "expired" && (i >= said.Count || said[i] != stored[i]))
            {
                _watch.Broken(
                    "reports are true",
                    $"the report of '{spec.Name}' says {(i < said.Count ? said[i] : "nothing")} of task {i + 1}, which is {stored[i]}",
                    path,
                    spec.Name
                );
            }
        }

        var counts = report.GetProperty("counts");
        if (
            counts.GetProperty("read").GetInt64() != spec.Valid.Count + spec.BadRows + spec.Repetitions
            || counts.GetProperty("rejected").GetInt64() != spec.BadRows
        )
        {
            _watch.Broken(
                "counts are right",
                $"the report of '{spec.Name}' counts {counts.GetRawText().ReplaceLineEndings("")}, its list has {spec.Valid.Count} + "
                    + $"{spec.Repetitions} repeated + {spec.BadRows} bad",
                path,
                spec.Name
            );
        }
    }

    private void NotAtApi(CampaignSpec spec, string said)
    {
        // Its callees may be called by a list that followed an advice, or that is the same.
        if (spec.Valid.Select(_called.GetValueOrDefault).FirstOrDefault(t => t is not null && BelongsTo(t, spec)) is { } task)
        {
            _watch.Broken(
                "not submitted is not submitted",
                $"{said}, but the API has its task '{task.Name}' as {task.KeyId}",
                spec.Name,
                task.Name
            );
        }
    }

    private static bool BelongsTo(ApiTask task, CampaignSpec spec) =>
        (task.Name == spec.Name || task.Name.StartsWith(spec.Name + "-", StringComparison.Ordinal))
        && task.Numbers.All(spec.Valid.Contains)
        && !spec.MayConflict;

    private StoredCampaign? Committed(CampaignSpec spec) =>
        Ledger.Campaign(world.Account, spec.Name) is { } campaign && campaign.ContentHash == spec.Hash ? campaign : null;

    private void NothingDueForEver()
    {
        foreach (var (key, subject, dueAt) in Ledger.Open(world.Account))
        {
            var tasks =
                key.StartsWith("o:c:", StringComparison.Ordinal) && Ledger.Campaign(world.Account, subject) is { } campaign
                    ? Ledger.TasksOf(world.Account, campaign.PlanId)
                    : [];
            if (tasks.All(t => t.IsSettled))
            {
                _watch.Broken("no work is due for ever", $"{key} of '{subject}' is due at {dueAt:u} with nothing left to do", subject);
            }
        }
    }

    private static string Errors(JsonElement report) =>
        string.Join("; ", report.GetProperty("errors").EnumerateArray().Select(e => e.GetProperty("message").GetString()));
}
