using Laaffic.Campaigns.Ledger;

namespace Laaffic.Campaigns.Ingestion;

/// <summary>What came of a commit.</summary>
internal abstract record CommitOutcome
{
    /// <summary>The campaign exists from now on, and its work item is reserved for the caller.</summary>
    public sealed record Committed(CampaignRow Campaign, WorkItemRow WorkItem) : CommitOutcome;

    /// <summary>These bytes were submitted before.</summary>
    public sealed record SameContent(CampaignRow Campaign) : CommitOutcome;

    /// <summary>The campaign exists, by this very commit, and somebody else works on it already: its plan must stay.</summary>
    public sealed record TakenOver(CampaignRow Campaign) : CommitOutcome;

    /// <summary>The task name belongs to a campaign with other content.</summary>
    public sealed record NameTaken(string Message) : CommitOutcome;

    /// <summary>Rejected rows of the same campaign were submitted since it was planned: it is to be read anew, without their numbers.</summary>
    public sealed record Outdated : CommitOutcome;

    /// <summary>Somebody else is reading the file now.</summary>
    public sealed record LeaseLost : CommitOutcome;
}
