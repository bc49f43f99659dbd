namespace Laaffic.Api;

/// <summary>The state of a task at Laaffic.</summary>
public enum TaskRecordStatus
{
    /// <summary>Not started yet.</summary>
    Waiting = 0,

    /// <summary>Calls are going out.</summary>
    Calling = 1,

    /// <summary>All calls are done.</summary>
    Finished = 2,

    /// <summary>The platform could not submit it.</summary>
    SubmissionFailed = 3,

    /// <summary>Cancelled.</summary>
    Cancelled = 4,

    /// <summary>Suspended.</summary>
    Suspended = 5,

    /// <summary>Being submitted.</summary>
    Submitting = 6,
}
