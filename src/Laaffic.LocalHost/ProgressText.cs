using Laaffic.Campaigns.Reports;

namespace Laaffic.LocalHost;

/// <summary>The lines that every form of progress shows.</summary>
internal static class ProgressText
{
    /// <summary>The waiting was ended early.</summary>
    public const string GivenUp = "Not all campaigns have settled yet.";

    /// <summary>All files were dropped.</summary>
    public static string Waiting(int campaigns, int profiles) =>
        $"Dropped {Count(campaigns, "campaign")} and {Count(profiles, "profile")}; waiting until every campaign has settled.";

    /// <summary>A campaign has not settled for a while.</summary>
    public static string StillWaiting(string name, CampaignReport? report) =>
        $"Still waiting for {name}: {(report is null ? "no report yet" : ReportTable.Why(report))}";

    private static string Count(int count, string what) => count == 1 ? $"1 {what}" : $"{count} {what}s";
}
