using Laaffic.Campaigns.Reports;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>What came of a file.</summary>
/// <param name="Report">Its report.</param>
/// <param name="NextState">The state of the good campaign after it.</param>
/// <param name="Creates">How many tasks were offered to Laaffic for the file itself.</param>
internal sealed record CorpusOutcome(CampaignReport Report, string? NextState = null, int Creates = 0);
