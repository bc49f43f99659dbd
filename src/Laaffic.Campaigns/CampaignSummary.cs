using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns;

/// <summary>A campaign in the list of all.</summary>
/// <param name="TaskName">Its identity.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="State">One of <see cref="CampaignStates"/>, as of the last run on it.</param>
/// <param name="CommittedAt">When it was committed.</param>
/// <param name="Tasks">How many tasks it has.</param>
/// <param name="Accepted">Callees in accepted tasks.</param>
/// <param name="Waiting">Callees in tasks that are not settled.</param>
public sealed record CampaignSummary(
    string TaskName,
    string Source,
    string State,
    DateTimeOffset CommittedAt,
    int Tasks,
    long Accepted,
    long Waiting
);
