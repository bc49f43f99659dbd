using System.Diagnostics;
using Laaffic.Campaigns.Ledger;

namespace Laaffic.Campaigns.Dispatch;

/// <summary>A run through the due tasks of one campaign, for as long as that is of use.</summary>
internal sealed class CampaignRun(
    Activity? span,
    CampaignLedger ledger,
    TaskDispatcher dispatcher,
    CampaignOptions options,
    TimeProvider time,
    CampaignRow campaign,
    WorkItemRow workItem,
    bool hasTurn
) : IDisposable
{
    private readonly SemaphoreSlim _renewing = new(1);
    private volatile bool _isLost;
    private volatile bool _isFull;
    private DateTimeOffset? _notBefore;
    private bool _wasServed;

    /// <summary>The run in the campaign's trace; null if nobody listens.</summary>
    public Activity? Span => span;

    /// <summary>The campaign.</summary>
    public CampaignRow Campaign => campaign;

    /// <summary>Its leased work item.</summary>
    public WorkItemRow WorkItem { get; private set; } = workItem;

    /// <summary>The same as it stands in the queue from now on: whoever had a turn is behind the others.</summary>
    public WorkItemRow Served => _wasServed ? WorkItem with { ServedAt = time.GetUtcNow() } : WorkItem;

    /// <summary>What became of its turn.</summary>
    public TurnResult Turn { get; private set; } = new(SendOutcome.None);

    public void Dispose()
    {
        _renewing.Dispose();
        span?.Dispose();
    }

    /// <summary>Takes a task a step further, unless nothing can be done for it.</summary>
    public async ValueTask AdvanceAsync(TaskRow task, CancellationToken cancellationToken)
    {
        // Nothing can be sent, but what became of others can be asked.
        if (_isLost || ((_isFull || _notBefore is not null) && !task.IsToBeAsked))
        {
            return;
        }

        if (!await TryRenewAsync(cancellationToken))
        {
            return;
        }

        var step = await dispatcher.AdvanceAsync(campaign, task, hasTurn && Turn.Outcome == SendOutcome.None, cancellationToken);
        await _renewing.WaitAsync(CancellationToken.None);
        var isAttempted = step.Task.Attempts > task.Attempts;
        _notBefore = step.NotBefore ?? _notBefore;
        _isFull |= step.Outcome == SendOutcome.Refused || (hasTurn && isAttempted); // it has had its turn, whatever came of it
        _wasServed |= step.Outcome != SendOutcome.Refused && isAttempted;
        if (step.Outcome != SendOutcome.None && Turn.Outcome == SendOutcome.None)
        {
            Turn = new(step.Outcome, step.Task.Name);
        }

        if (_notBefore is not null)
        {
            Turn = Turn with { IsSendingSuspended = true };
        }

        _renewing.Release();
    }

    /// <summary>The work item after the run; null if nothing is left to do.</summary>
    public WorkItemRow? Next(IReadOnlyList<TaskRow> unsettled)
    {
        if (unsettled.Count == 0)
        {
            return null;
        }

        var now = time.GetUtcNow();
        var ask = unsettled.Where(t => t.IsToBeAsked).Min(t => (DateTimeOffset?)t.DueAt);
        var send = unsettled.Where(t => !t.IsToBeAsked).Min(t => (DateTimeOffset?)t.DueAt);
        if (send < _notBefore)
        {
            send = campaign.Deadline > now && campaign.Deadline < _notBefore ? campaign.Deadline : _notBefore;
        }

        return Served with
        {
            DueAt = send is null || ask < send ? ask!.Value : send.Value,
            DeferredSince = unsettled.Min(t => t.FirstAttemptAt),
            LastAttemptAt = unsettled.Max(t => t.LastAttemptAt),
            AskDueAt = ask,
            SendDueAt = send,
            Deadline = campaign.Deadline,
            Priority = campaign.Priority,
            ReadyAt = campaign.ReadyAt,
        };
    }

    /// <summary>Keeps the lease for one more attempt; one that was renewed a moment ago is long enough.</summary>
    private async Task<bool> TryRenewAsync(CancellationToken cancellationToken)
    {
        await _renewing.WaitAsync(cancellationToken);
        try
        {
            var now = time.GetUtcNow();
            if (WorkItem.DueAt - now > options.AttemptTimeout * 1.1)
            {
                return true;
            }

            if (await ledger.TryLeaseAsync(WorkItem, now + options.LeaseDuration, cancellationToken) is not { } renewed)
            {
                _isLost = true;
            }
            else
            {
                WorkItem = renewed;
            }

            return !_isLost;
        }
        finally
        {
            _renewing.Release();
        }
    }
}
