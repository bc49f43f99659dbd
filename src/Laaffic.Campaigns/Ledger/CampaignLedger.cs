using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;
using Azure.Data.Tables;

namespace Laaffic.Campaigns.Ledger;

/// <summary>The durable record of campaigns, their tasks and the work items of those that are not finished.</summary>
internal sealed partial class CampaignLedger(LedgerTable table)
{
    /// <summary>What tells a campaign from others where its name cannot stand: in the metadata of what is written about it.</summary>
    public static string OwnerOf(CampaignRow campaign) => OwnerOf(campaign.TaskName);

    public static string OwnerOf(string taskName) => LedgerKeys.Hash(taskName);

    /// <summary>Whether there is a campaign of which <see cref="OwnerOf(string)"/> gives this.</summary>
    public async Task<bool> HasCampaignOwnedByAsync(string owner, CancellationToken cancellationToken) =>
        await table.FindAsync<CampaignRow>("c:" + owner, cancellationToken) is not null;

    public Task<CampaignRow?> FindCampaignAsync(string taskName, CancellationToken cancellationToken) =>
        table.FindAsync<CampaignRow>(LedgerKeys.Campaign(taskName), cancellationToken);

    /// <summary>The campaign that these bytes were submitted as before, from this source; or null.</summary>
    public Task<IdempotencyRow?> FindSubmittedAsync(string source, string contentHash, CancellationToken cancellationToken) =>
        table.FindAsync<IdempotencyRow>(LedgerKeys.Idempotency(source, contentHash), cancellationToken);

    /// <summary>
    /// Stores the tasks of a plan. They mean nothing until the campaign is committed. Those that are there stay as they are:
    /// a request that arrives once more, later, must not undo what has become of them.
    /// </summary>
    public Task AddTasksAsync(IEnumerable<TaskRow> tasks, CancellationToken cancellationToken) =>
        table.AddOwnAsync(tasks, cancellationToken);

    /// <summary>
    /// The commit: the campaign, its work item, its place in the list and the memory of its content appear at once, and
    /// the lease of its source ends with them. Null if any of them was there before, if the lease was lost, or if somebody else has
    /// committed since <paramref name="guards"/> were read: a name that could be one of this campaign's tasks, or fixed rows of the
    /// same campaign.
    /// </summary>
    public async Task<(CampaignRow Campaign, WorkItemRow WorkItem)?> CommitAsync(
        CampaignRow campaign,
        string versionSource,
        ISourceLease? lease,
        IReadOnlyList<LedgerRow> guards,
        DateTimeOffset until,
        CancellationToken cancellationToken
    )
    {
        campaign = campaign with { PartitionKey = LedgerKeys.Main, RowKey = LedgerKeys.Campaign(campaign.TaskName) };
        var newestFirst = (long.MaxValue - campaign.CommittedAt.UtcTicks).ToString("D19", CultureInfo.InvariantCulture);
        var item = WorkItemRow.New(WorkItemKind.Campaign, campaign.TaskName, until) with
        {
            Deadline = campaign.Deadline,
            SendDueAt = campaign.ReadyAt,
            Priority = campaign.Priority,
            ReadyAt = campaign.ReadyAt,
        };
        List<TableTransactionAction> actions =
        [
            LedgerTable.Add(campaign),
            LedgerTable.Add(item),
            new(
                TableTransactionActionType.Add,
                new CampaignIndexRow
                {
                    PartitionKey = LedgerKeys.Main,
                    RowKey = LedgerKeys.Index(newestFirst, campaign.TaskName),
                    TaskName = campaign.TaskName,
                }
            ),
            new(
                TableTransactionActionType.Add,
                new IdempotencyRow
                {
                    PartitionKey = LedgerKeys.Main,
                    RowKey = LedgerKeys.Idempotency(versionSource, campaign.ContentHash),
                    TaskName = campaign.TaskName,
                    PlanId = campaign.PlanId,
                }
            ),
            .. guards.Select(guard => guard.ETag == default ? LedgerTable.Add(guard) : LedgerTable.Replace(guard)),
        ];
        if (lease is not null)
        {
            actions.AddRange(lease.EndAs(campaign.TaskName, campaign.CommittedAt));
        }

        return await table.TryTransactAsync(actions, cancellationToken) is { } written
            ? ((CampaignRow)written[0], (WorkItemRow)written[1])
            : null;
    }

    /// <summary>What guards the names that are this one and a number, to be given to a commit that uses such names.</summary>
    public async Task<ReservedNameRow> FindReservedNameAsync(string name, CancellationToken cancellationToken) =>
        await table.FindAsync<ReservedNameRow>(LedgerKeys.ReservedName(name), cancellationToken)
        ?? new ReservedNameRow
        {
            PartitionKey = LedgerKeys.Main,
            RowKey = LedgerKeys.ReservedName(name),
            Name = name,
        };

    /// <summary>The campaigns that were made of the rejected rows of a campaign; a new row if there are none.</summary>
    public async Task<CampaignFamilyRow> FindFamilyAsync(string root, CancellationToken cancellationToken) =>
        await table.FindAsync<CampaignFamilyRow>(LedgerKeys.Family(root), cancellationToken)
        ?? new CampaignFamilyRow
        {
            PartitionKey = LedgerKeys.Main,
            RowKey = LedgerKeys.Family(root),
            Root = root,
        };

    /// <summary>The tasks of a campaign, in their order.</summary>
    public async Task<List<TaskRow>> GetTasksAsync(string planId, CancellationToken cancellationToken)
    {
        List<TaskRow> tasks = [];
        await foreach (var task in table.QueryAsync<TaskRow>(TableClient.CreateQueryFilter($"PartitionKey eq {planId}"), cancellationToken))
        {
            tasks.Add(task);
        }

        return tasks;
    }

    /// <summary>A page of task names, the newest campaign first, and where the next page goes on; null at the end.</summary>
    /// <exception cref="FormatException">The continuation is none that this gave.</exception>
    public async Task<(IReadOnlyList<string> TaskNames, string? Next)> ListCampaignsAsync(
        int size,
        string? continuation,
        CancellationToken cancellationToken
    )
    {
        if (continuation is not null && !ListPlace().IsMatch(continuation))
        {
            throw new FormatException("This is no continuation of a list.");
        }

        var after = "l:" + continuation;
        // One more than asked for tells whether there are more.
        var rows = await table
            .QueryAsync<CampaignIndexRow>(
                TableClient.CreateQueryFilter($"PartitionKey eq {LedgerKeys.Main} and RowKey gt {after} and RowKey lt 'l;'"),
                cancellationToken,
                Math.Min(size + 1, LedgerTable.MaxRowsPerRequest)
            )
            .Take(size + 1)
            .ToListAsync(cancellationToken);
        return ([.. rows.Take(size).Select(r => r.TaskName)], rows.Count > size ? rows[size - 1].RowKey[2..] : null);
    }

    /// <summary>
    /// The work items that are due, or have deferred tasks. Finished work has none, so the cost does not grow with it.
    /// </summary>
    public async IAsyncEnumerable<WorkItemRow> GetDueOrDeferredAsync(
        DateTimeOffset now,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var filter = TableClient.CreateQueryFilter(
            $"PartitionKey eq {LedgerKeys.Main} and RowKey ge 'o:' and RowKey lt 'o;' and (DueAt le {now} or DeferredSince le {now})"
        );
        await foreach (var item in table.QueryAsync<WorkItemRow>(filter, cancellationToken))
        {
            yield return item;
        }
    }

    public Task<WorkItemRow?> FindWorkItemAsync(WorkItemKind kind, string subject, CancellationToken cancellationToken) =>
        table.FindAsync<WorkItemRow>(LedgerKeys.WorkItem(kind, subject), cancellationToken);

    /// <summary>Takes a work item up, or keeps it, until the given time. Null if somebody else has it.</summary>
    public Task<WorkItemRow?> TryLeaseAsync(WorkItemRow item, DateTimeOffset until, CancellationToken cancellationToken) =>
        table.TryReplaceAsync(item with { DueAt = until }, cancellationToken);

    /// <summary>
    /// Ends a run on a campaign: its state for the list is stored, and its work item is replaced by the next one (null: none).
    /// False if somebody else has taken it up.
    /// </summary>
    public async Task<bool> CompleteRunAsync(
        CampaignRow campaign,
        WorkItemRow item,
        WorkItemRow? next,
        CancellationToken cancellationToken
    ) =>
        await table.TryTransactAsync(
            [LedgerTable.Replace(campaign), next is null ? LedgerTable.Delete(item, item.ETag) : LedgerTable.Replace(next)],
            cancellationToken
        )
            is not null;

    /// <summary>A person has said what became of a task: the campaign falls due at once, as work that was ended before or not.</summary>
    public async Task ReopenAsync(CampaignRow campaign, DateTimeOffset now, CancellationToken cancellationToken)
    {
        while (true)
        {
            var item = await FindWorkItemAsync(WorkItemKind.Campaign, campaign.TaskName, cancellationToken);
            var due = (item ?? WorkItemRow.New(WorkItemKind.Campaign, campaign.TaskName, now)) with
            {
                DueAt = now,
                AskDueAt = now,
                Deadline = campaign.Deadline,
                Priority = campaign.Priority,
                ReadyAt = campaign.ReadyAt,
            };
            if (
                item is null
                    ? await table.TryTransactAsync([LedgerTable.Add(due)], cancellationToken) is not null
                    : await table.TryReplaceAsync(due, cancellationToken) is not null
            )
            {
                return;
            }
        }
    }

    /// <summary>The row as it is in storage now.</summary>
    public async Task<TaskRow?> RefreshAsync(TaskRow task, CancellationToken cancellationToken) =>
        await table.FindAsync<TaskRow>(task.PartitionKey, task.RowKey, cancellationToken);

    /// <inheritdoc cref="LedgerTable.TryReplaceAsync"/>
    public Task<T?> TryReplaceAsync<T>(T row, CancellationToken cancellationToken)
        where T : LedgerRow => table.TryReplaceAsync(row, cancellationToken);

    [GeneratedRegex("^[0-9]{19}:[0-9a-f]{32}$")]
    private static partial Regex ListPlace();
}
