using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns;

/// <summary>The outcome of a submission and the campaign's report.</summary>
public sealed record SubmissionResult(SubmissionOutcome Outcome, CampaignReport Report);
