namespace Laaffic.Campaigns.Ledger;

/// <summary>Where a campaign stands in line.</summary>
/// <param name="Before">How many campaigns are before it.</param>
/// <param name="IsMore">Whether there may be more: the line is too long to be counted for every report.</param>
/// <param name="Busy">Why they wait.</param>
internal sealed record QueuePosition(int Before, bool IsMore, CapacityRow Busy)
{
    /// <summary>How many work items are looked at: as many as one request for rows brings.</summary>
    private const int MaxCounted = 1000;

    /// <summary>Its place, from 1; null if so many wait that it is not counted.</summary>
    public int? Place => IsMore && Before == 0 ? null : Before + 1;

    /// <summary>Why it waits, for people.</summary>
    public string Reason
    {
        get
        {
            var full = (Busy.Running, Busy.Limit) switch
            {
                ({ } running, { } limit) when limit > 0 => $"busy: {running} of {Math.Max(running, limit)} tasks are running at Laaffic",
                _ => "busy: Laaffic takes no more tasks at present",
            };
            return Before switch
            {
                0 when IsMore => $"{full}; so many campaigns wait that the place of this one is not counted",
                _ when IsMore => $"{full}; at least {Before} campaigns are before this one",
                0 => $"{full}; this campaign is the next",
                1 => $"{full}; 1 campaign is before this one",
                _ => $"{full}; {Before} campaigns are before this one",
            };
        }
    }

    /// <summary>The place of a campaign; null if nobody stands in line, or it has nothing to send.</summary>
    public static async Task<QueuePosition?> OfAsync(
        CampaignLedger ledger,
        AccountLedger account,
        CampaignRow campaign,
        WorkItemRow? workItem,
        DateTimeOffset now,
        CancellationToken cancellationToken
    )
    {
        if (await account.FindCapacityAsync(cancellationToken) is not { } busy)
        {
            return null;
        }

        workItem ??= await ledger.FindWorkItemAsync(WorkItemKind.Campaign, campaign.TaskName, cancellationToken);
        if (workItem is null)
        {
            return null;
        }

        var (before, counted) = (0, 0);
        await foreach (var other in ledger.GetDueOrDeferredAsync(now, cancellationToken))
        {
            if (counted++ == MaxCounted - 1)
            {
                break; // not the next page
            }

            if (other.RowKey != workItem.RowKey && QueueOrder.IsInLine(other, now) && QueueOrder.Compare(other, workItem) < 0)
            {
                before++;
            }
        }

        return new(before, counted == MaxCounted, busy);
    }
}
