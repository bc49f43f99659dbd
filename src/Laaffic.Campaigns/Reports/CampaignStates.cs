namespace Laaffic.Campaigns.Reports;

/// <summary>The states of a campaign.</summary>
public static class CampaignStates
{
    /// <summary>At least one task is not settled; the app goes on by itself.</summary>
    public const string Waiting = "waiting";

    /// <summary>Laaffic accepted every task.</summary>
    public const string Accepted = "accepted";

    /// <summary>Settled: some tasks were accepted, others were rejected or expired.</summary>
    public const string Partial = "partial";

    /// <summary>Nothing was submitted: the source was rejected, or Laaffic rejected every task.</summary>
    public const string Rejected = "rejected";

    /// <summary>Nothing was accepted in time.</summary>
    public const string Expired = "expired";

    /// <summary>It was only checked, and nothing is wrong with it: nothing is kept or sent.</summary>
    public const string Checked = "checked";

    /// <summary>The same content was submitted before, from another file; that one's report tells the rest.</summary>
    public const string Duplicate = "duplicate";
}
