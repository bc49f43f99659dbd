namespace Laaffic.Campaigns;

/// <summary>What a person's word came to.</summary>
public enum ResolutionOutcome
{
    /// <summary>It is recorded, by this or an earlier request.</summary>
    Recorded,

    /// <summary>There is no such campaign or task.</summary>
    NotFound,

    /// <summary>What became of the task is known already, or it was never sent.</summary>
    NotUncertain,

    /// <summary>The app is just working on the task: ask again in some minutes.</summary>
    BeingWorkedOn,

    /// <summary>The deadline is over, and it is too soon after the last attempt to say for good that Laaffic does not have it.</summary>
    TooEarly,

    /// <summary>
    /// Laaffic said that the name exists, after a request of this app's own: to say that it is not this task needs the id of the one that
    /// has the name.
    /// </summary>
    NameExists,
}
