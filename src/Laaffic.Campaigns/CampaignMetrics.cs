using System.Diagnostics.Metrics;

namespace Laaffic.Campaigns;

/// <summary>What the app counts about itself, as the meter <c>Laaffic.Campaigns</c>.</summary>
public static class CampaignMetrics
{
    /// <summary>The meter's name, to be named to an exporter.</summary>
    public const string MeterName = "Laaffic.Campaigns";

    private static readonly Meter Meter = new(MeterName);

    internal static readonly Counter<long> Holds =
        Meter.CreateCounter<long>("laaffic.account.holds", description: "How often the account was put on hold.");

    internal static readonly Counter<long> TasksSettled =
        Meter.CreateCounter<long>("laaffic.tasks.settled", description: "Tasks that reached a final state, by that state.");
}
