namespace Laaffic.Campaigns;

/// <summary>A page of campaigns, the newest first.</summary>
/// <param name="Campaigns">The campaigns.</param>
/// <param name="Continuation">Give it back for the next page; null at the end.</param>
public sealed record CampaignPage(IReadOnlyList<CampaignSummary> Campaigns, string? Continuation);
