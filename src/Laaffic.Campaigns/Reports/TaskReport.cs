namespace Laaffic.Campaigns.Reports;

/// <summary>One task of a campaign.</summary>
/// <param name="Name">Its name at Laaffic.</param>
/// <param name="State">waiting, submitting, deferred, uncertain, accepted, rejected or expired.</param>
/// <param name="Callees">How many callees it holds.</param>
/// <param name="KeyId">Laaffic's id of it, once accepted.</param>
/// <param name="Attempts">Requests sent so far.</param>
/// <param name="NextAttempt">When it is tried again, or looked up; null once settled, and while its campaign stands in line.</param>
/// <param name="Reason">Why it is in this state.</param>
public sealed record TaskReport(
    string Name,
    string State,
    int Callees,
    long? KeyId,
    int Attempts,
    DateTimeOffset? NextAttempt,
    string? Reason
);
