using System.Globalization;
using System.Text.RegularExpressions;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Telemetry;

namespace Laaffic.Campaigns.Ingestion;

/// <summary>Turns a finished plan into a committed campaign, or finds out why it must not become one.</summary>
internal sealed partial class CampaignCommitter(CampaignLedger ledger, CampaignOptions options, TimeProvider time)
{
    private const string Advice =
        "Laaffic takes a task name once. If these callees are those of that campaign, do not submit them again: drop only rows that "
        + "are new or fixed, or the .not-submitted file that its report names. Only if they are others, give this campaign "
        + "another taskName.";

    /// <summary>The campaign that the same bytes from the same source became before; or null.</summary>
    public async Task<CampaignRow?> FindSameAsync(string versionSource, string contentHash, CancellationToken cancellationToken) =>
        await ledger.FindSubmittedAsync(versionSource, contentHash, cancellationToken) is { } version
            ? await ledger.FindCampaignAsync(version.TaskName, cancellationToken)
            : null;

    /// <summary>The campaigns that share callees with one through its rejected rows.</summary>
    public async Task<CampaignFamily> FindFamilyAsync(string taskName, CancellationToken cancellationToken)
    {
        var root = (await ledger.FindCampaignAsync(taskName, cancellationToken))?.RowsOf ?? taskName;
        // Before its members: whoever is added later changes the row, and a commit on this version then fails.
        var family = await ledger.FindFamilyAsync(root, cancellationToken);
        List<(string, string)> members = [];
        foreach (var name in family.Members.Split('\n', StringSplitOptions.RemoveEmptyEntries).Prepend(root))
        {
            if (await ledger.FindCampaignAsync(name, cancellationToken) is { } member)
            {
                members.Add((name, member.PlanId));
            }
        }

        return new(root, members, family.ETag.ToString());
    }

    /// <summary>Commits a plan without errors. May be repeated: the ledger takes a content and a name once.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="path">Of a dropped file.</param>
    /// <param name="versionSource">What the content came from.</param>
    /// <param name="lease">What its source is reserved by; null if by nothing.</param>
    /// <param name="receivedAt">When it came: its place in the queue does not depend on how long it took to read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<CommitOutcome> CommitAsync(
        Plan plan,
        string? path,
        string versionSource,
        ISourceLease? lease,
        DateTimeOffset receivedAt,
        CancellationToken cancellationToken
    )
    {
        // Read before the names are looked for, and part of the commit: so nobody takes one of them in between.
        var guards = await GuardsAsync(plan, cancellationToken);
        var family = await ledger.FindFamilyAsync(plan.Family?.Root ?? plan.TaskName!, cancellationToken);
        if (IsOutdated(plan, family))
        {
            return new CommitOutcome.Outdated();
        }

        if (await FindTakenAsync(plan, cancellationToken) is { } taken)
        {
            return taken;
        }

        var now = time.GetUtcNow();
        var start = plan.SubmitAt > now ? plan.SubmitAt.Value : now;
        await ledger.AddTasksAsync(
            plan.Tasks.Select(t => new TaskRow
            {
                PartitionKey = plan.PlanId,
                RowKey = t.Number.ToString("D6", CultureInfo.InvariantCulture),
                Name = t.Name,
                BlobName = t.BlobName,
                BodyLength = t.Length,
                Callees = t.Callees,
                AppIdOffset = t.AppIdOffset,
                AppIdLength = t.AppIdLength,
                State = TaskState.Waiting,
                DueAt = start,
            }),
            cancellationToken
        );

        var campaign = new CampaignRow
        {
            TaskName = plan.TaskName!,
            PlanId = plan.PlanId,
            Source = plan.Source,
            Path = path,
            ContentHash = plan.ContentHash,
            CommittedAt = now,
            SubmitAt = plan.SubmitAt,
            Priority = plan.Priority,
            ReadyAt = plan.SubmitAt > now ? plan.SubmitAt.Value : receivedAt,
            Deadline = DeadlineOf(plan, start),
            TaskCount = plan.Tasks.Count,
            Read = plan.Counts.Read,
            Duplicate = plan.Counts.Duplicate,
            Rejected = plan.Counts.Rejected,
            Suppressed = plan.Counts.Suppressed,
            State = Reports.CampaignStates.Waiting,
            Waiting = plan.Counts.Valid,
            RowsOf = plan.Family?.Root,
            TraceParent = CampaignTelemetry.TraceParent,
        };
        var members = family.Root == plan.TaskName ? family.Members : $"{family.Members}{plan.TaskName}\n";
        IReadOnlyList<LedgerRow> changes = [.. guards, family with { Members = members }];
        if (
            await ledger.CommitAsync(campaign, versionSource, lease, changes, now + options.LeaseDuration, cancellationToken) is
            { } committed
        )
        {
            return new CommitOutcome.Committed(committed.Campaign, committed.WorkItem);
        }

        if (await FindSameAsync(versionSource, plan.ContentHash, cancellationToken) is { } same)
        {
            // The reply to our own commit was lost, and somebody has taken the campaign up since.
            return same.PlanId == plan.PlanId ? new CommitOutcome.TakenOver(same) : new CommitOutcome.SameContent(same);
        }

        // Before the name: of two at once the second gets another name when it is planned again.
        var changed = await IsChangedAsync(guards, family, cancellationToken);
        if (changed && IsOutdated(plan, await ledger.FindFamilyAsync(family.Root, cancellationToken)))
        {
            return new CommitOutcome.Outdated();
        }

        if (await FindTakenAsync(plan, cancellationToken) is { } other)
        {
            return other;
        }

        // Somebody has committed a similar name, which does not collide after all, or rows of the same family.
        return changed ? await CommitAsync(plan, path, versionSource, lease, receivedAt, cancellationToken) : new CommitOutcome.LeaseLost();
    }

    /// <summary>Whether fixed rows of the same campaign were submitted since the plan was made, and are not left out of it.</summary>
    private static bool IsOutdated(Plan plan, CampaignFamilyRow family) =>
        plan.Family is { Version: var version } && family.ETag.ToString() != version;

    /// <summary>The names before the numbers, of all names that this campaign and its tasks have.</summary>
    private async Task<IReadOnlyList<ReservedNameRow>> GuardsAsync(Plan plan, CancellationToken cancellationToken)
    {
        List<ReservedNameRow> guards = [];
        if (plan.Tasks.Count > 1)
        {
            guards.Add(await ledger.FindReservedNameAsync(plan.TaskName!, cancellationToken));
        }

        if (NumberedName().Match(plan.TaskName!) is { Success: true } match)
        {
            guards.Add(await ledger.FindReservedNameAsync(match.Groups["name"].Value, cancellationToken));
        }

        return guards;
    }

    private async Task<bool> IsChangedAsync(
        IReadOnlyList<ReservedNameRow> guards,
        CampaignFamilyRow family,
        CancellationToken cancellationToken
    )
    {
        if ((await ledger.FindFamilyAsync(family.Root, cancellationToken)).ETag != family.ETag)
        {
            return true;
        }

        foreach (var guard in guards)
        {
            if ((await ledger.FindReservedNameAsync(guard.Name, cancellationToken)).ETag != guard.ETag)
            {
                return true;
            }
        }

        return false;
    }

    // sendTime is when the calls are made: a task accepted after it would call at a time nobody chose.
    private DateTimeOffset DeadlineOf(Plan plan, DateTimeOffset start)
    {
        if (plan.ExpireAt is { } expireAt)
        {
            return expireAt;
        }

        var giveUp = start + options.GiveUpAfter;
        return plan.SendTime < giveUp ? plan.SendTime.Value : giveUp;
    }

    /// <summary>The campaign that keeps a plan from being committed, as it has one of its names; null if none has.</summary>
    public async Task<CommitOutcome?> FindTakenAsync(Plan plan, CancellationToken cancellationToken)
    {
        foreach (var task in plan.Tasks)
        {
            if (await ledger.FindCampaignAsync(task.Name, cancellationToken) is not { } other)
            {
                continue;
            }

            return task.Number == 1 && other.ContentHash == plan.ContentHash
                ? new CommitOutcome.SameContent(other)
                : new CommitOutcome.NameTaken(
                    $"'{task.Name}' is already the name of another campaign, from {other.Source} at {other.CommittedAt:u}, with other "
                        + $"content. {Advice}"
                );
        }

        // The second and later tasks of a campaign are called name-2, name-3, …: these names are taken too.
        if (
            NumberedName().Match(plan.TaskName!) is { Success: true } match
            && int.TryParse(match.Groups["number"].Value, CultureInfo.InvariantCulture, out var number)
            && await ledger.FindCampaignAsync(match.Groups["name"].Value, cancellationToken) is { } longer
            && longer.TaskCount >= number
        )
        {
            return new CommitOutcome.NameTaken(
                $"'{plan.TaskName}' is already the name of task {number} of the campaign '{longer.TaskName}' from {longer.Source}. {Advice}"
            );
        }

        // A list all of whose rows were rejected is no campaign, but fixed rows of it may have been submitted.
        return
            plan.Family is null
            && (await ledger.FindFamilyAsync(plan.TaskName!, cancellationToken)).Members.Split('\n')[0] is { Length: > 0 } member
            ? new CommitOutcome.NameTaken(
                $"Fixed rows of '{plan.TaskName}' were already submitted, as '{member}', and this list does not tell which rows these "
                    + $"were. Drop only the file of its rejected rows, fixed; or, if these are other callees, give them another taskName."
            )
            : null;
    }

    [GeneratedRegex(@"^(?<name>.+)-(?<number>[2-9]|[1-9][0-9]{1,8})$", RegexOptions.Singleline)]
    private static partial Regex NumberedName();
}
