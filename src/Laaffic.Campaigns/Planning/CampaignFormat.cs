namespace Laaffic.Campaigns.Planning;

/// <summary>The forms in which a campaign can come.</summary>
public enum CampaignFormat
{
    /// <summary>The body of the API's request.</summary>
    Json,

    /// <summary>A header row and a row per callee.</summary>
    Csv,
}
