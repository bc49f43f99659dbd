using Laaffic.Campaigns.Planning;

namespace Laaffic.Campaigns.Reports;

/// <summary>What would become of a campaign.</summary>
public sealed record CampaignPreview
{
    /// <summary>What the file was read as, and what each column was used for; null if it could not be opened.</summary>
    public required ReadAs? ReadAs { get; init; }

    /// <summary>The numbers by country.</summary>
    public required IReadOnlyDictionary<string, long> Countries { get; init; }

    /// <summary>The first callees as the agent will get them; at most 10.</summary>
    public required IReadOnlyList<PreviewedCallee> Callees { get; init; }

    /// <summary>The tasks that it would become.</summary>
    public required IReadOnlyList<PreviewedTask> Tasks { get; init; }

    /// <summary>The most calls that one person can get: one, and as many as the campaign's <c>recallNum</c>.</summary>
    public required int MaxCallsPerCallee { get; init; }

    /// <summary>The commonest reasons for rejecting callees, each with its first line; at most 10.</summary>
    public required IReadOnlyList<CommonReason> RejectionReasons { get; init; }
}
