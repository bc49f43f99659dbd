namespace Laaffic.Testing;

/// <summary>The forms in which tests write campaigns.</summary>
public enum CampaignFormat
{
    /// <summary>The body of the API's request.</summary>
    Json,

    /// <summary>A header row and a row per callee.</summary>
    Csv,
}
