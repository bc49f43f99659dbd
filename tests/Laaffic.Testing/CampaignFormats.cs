namespace Laaffic.Testing;

/// <summary>What goes with a form.</summary>
public static class CampaignFormats
{
    /// <summary>The ending of its files.</summary>
    public static string Ending(this CampaignFormat format) => format == CampaignFormat.Json ? ".json" : ".csv";
}
