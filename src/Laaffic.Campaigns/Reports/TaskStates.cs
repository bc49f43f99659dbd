namespace Laaffic.Campaigns.Reports;

/// <summary>The states of a task, as reports have them.</summary>
public static class TaskStates
{
    /// <summary>Not sent yet.</summary>
    public const string Waiting = "waiting";

    /// <summary>Sent, and not taken; it is sent again.</summary>
    public const string Deferred = "deferred";

    /// <summary>Being sent.</summary>
    public const string Submitting = "submitting";

    /// <summary>Sent, and it is not known whether Laaffic has it.</summary>
    public const string Uncertain = "uncertain";

    /// <summary>Laaffic has it.</summary>
    public const string Accepted = "accepted";

    /// <summary>Laaffic does not take it, ever.</summary>
    public const string Rejected = "rejected";

    /// <summary>Not taken in its time.</summary>
    public const string Expired = "expired";
}
