using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns;

/// <summary>What a person's word came to.</summary>
/// <param name="Outcome">Whether it is recorded, or why not.</param>
/// <param name="Report">The campaign's report after it; null if there is no such campaign.</param>
/// <param name="NotBefore">If it is too early: from when on it is not.</param>
public sealed record ResolutionResult(ResolutionOutcome Outcome, CampaignReport? Report, DateTimeOffset? NotBefore = null);
