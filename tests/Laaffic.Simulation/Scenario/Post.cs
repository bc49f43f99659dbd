namespace Laaffic.Simulation.Scenario;

/// <summary>A request to POST /api/campaigns, sent again until it is answered.</summary>
internal sealed class Post(CampaignSpec spec)
{
    public CampaignSpec Spec { get; } = spec;

    public DateTimeOffset? AnsweredAt { get; set; }

    /// <summary>The last answer; 0 for none.</summary>
    public int Status { get; set; }

    public string Body { get; set; } = "";

    public int Sent { get; set; }
}
