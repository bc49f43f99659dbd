namespace Laaffic.Campaigns.Planning;

/// <summary>
/// The campaigns that share callees through files of rejected rows: the one whose rows they are, and those that were made of
/// them. Whoever is in one of them is called by none of the others.
/// </summary>
/// <param name="Root">The task name of the first, which may not have been submitted itself.</param>
/// <param name="Members">Those that were submitted, the first of them first: its task name and the id of its plan.</param>
/// <param name="Version">What the ledger has of it: a commit of one more member fails if that has changed.</param>
internal sealed record CampaignFamily(string Root, IReadOnlyList<(string TaskName, string PlanId)> Members, string Version)
{
    /// <summary>The most members that there may be.</summary>
    public const int MaxMembers = 200;
}
