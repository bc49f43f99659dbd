namespace Laaffic.Campaigns;

/// <summary>Which campaigns go first where not all can be sent at once.</summary>
public enum Priority
{
    /// <summary>Before all others.</summary>
    High = -1,

    /// <summary>As they come.</summary>
    Normal = 0,

    /// <summary>After all others.</summary>
    Low = 1,
}
