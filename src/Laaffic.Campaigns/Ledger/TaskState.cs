namespace Laaffic.Campaigns.Ledger;

internal enum TaskState
{
    /// <summary>Certainly not accepted so far.</summary>
    Waiting,

    /// <summary>A request was sent, or was about to be, and its outcome is not known: it may have been accepted.</summary>
    Uncertain,
    Accepted,
    Rejected,
    Expired,
}
