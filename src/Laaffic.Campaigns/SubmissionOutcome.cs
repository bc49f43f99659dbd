namespace Laaffic.Campaigns;

/// <summary>What a submission over HTTP came to.</summary>
public enum SubmissionOutcome
{
    /// <summary>The campaign is in the ledger, from this or an earlier request; the report says how far it is.</summary>
    Committed,

    /// <summary>The content cannot be read as a campaign.</summary>
    Malformed,

    /// <summary>It can be read, but breaks rules.</summary>
    Invalid,

    /// <summary>Its task name belongs to another campaign.</summary>
    Conflict,
}
