using Laaffic.Campaigns.Reports;

namespace Laaffic.Campaigns;

/// <summary>What a submission over HTTP came to.</summary>
public enum SubmissionOutcome
{
    /// <summary>The campaign is in the ledger, from this or an earlier request; the report says how far it is.</summary>
    Committed,

    /// <summary>The content can not be read as a campaign.</summary>
    Malformed,

    /// <summary>It can be read, but breaks rules.</summary>
    Invalid,

    /// <summary>Its task name belongs to another campaign.</summary>
    Conflict,
}

/// <summary>The outcome of a submission and the campaign's report.</summary>
public sealed record SubmissionResult(SubmissionOutcome Outcome, CampaignReport Report);

/// <summary>A campaign in the list of all.</summary>
/// <param name="TaskName">Its identity.</param>
/// <param name="Source">Where it came from.</param>
/// <param name="State">One of <see cref="CampaignStates"/>, as of the last round of work on it.</param>
/// <param name="CommittedAt">When it was committed.</param>
/// <param name="Tasks">How many tasks it has.</param>
/// <param name="Accepted">Callees in accepted tasks.</param>
/// <param name="Waiting">Callees in tasks that are not settled.</param>
public sealed record CampaignSummary(string TaskName, string Source, string State, DateTimeOffset CommittedAt, int Tasks, long Accepted, long Waiting);

/// <summary>A page of campaigns, the newest first.</summary>
/// <param name="Campaigns">The campaigns.</param>
/// <param name="Continuation">Give it back for the next page; null at the end.</param>
public sealed record CampaignPage(IReadOnlyList<CampaignSummary> Campaigns, string? Continuation);

/// <summary>Whether the app can do its work.</summary>
/// <param name="Storage">Null when the storage account answers, else what is wrong.</param>
/// <param name="Credentials">Null when the account's secrets are known, else what is missing.</param>
/// <param name="Hold">Why and until when nothing is sent; null when the account is not on hold.</param>
public sealed record HealthReport(string? Storage, string? Credentials, string? Hold)
{
    /// <summary>False when campaigns can not be taken up at all. A hold is not ill health: it ends by itself.</summary>
    public bool IsHealthy => Storage is null && Credentials is null;
}

/// <summary>A person's word for what became of a task.</summary>
/// <param name="IsAccepted">Whether Laaffic has it; false means that it certainly does not.</param>
/// <param name="KeyId">Its id there; if Laaffic does not have it but its name, the id of the task that has the name.</param>
/// <param name="By">Who says so, for the record.</param>
public sealed record TaskResolution(bool IsAccepted, long? KeyId, string By);

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

    /// <summary>Laaffic said that the name exists, after a request of this app's own: to say that it is not this task needs the id of the one that has the name.</summary>
    NameExists,
}

/// <summary>What a person's word came to.</summary>
/// <param name="Outcome">Whether it is recorded, or why not.</param>
/// <param name="Report">The campaign's report after it; null if there is no such campaign.</param>
/// <param name="NotBefore">If it is too early: from when on it is not.</param>
public sealed record ResolutionResult(ResolutionOutcome Outcome, CampaignReport? Report, DateTimeOffset? NotBefore = null);
