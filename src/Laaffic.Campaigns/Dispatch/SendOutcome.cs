namespace Laaffic.Campaigns.Dispatch;

/// <summary>What became of a turn to send a task.</summary>
internal enum SendOutcome
{
    /// <summary>Nothing that tells whether there is room.</summary>
    None,

    /// <summary>Laaffic has taken it.</summary>
    Accepted,

    /// <summary>Laaffic takes no more at present.</summary>
    Refused,
}
