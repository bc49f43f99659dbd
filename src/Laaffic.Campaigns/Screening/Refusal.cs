namespace Laaffic.Campaigns.Screening;

/// <summary>Why somebody is not called.</summary>
/// <param name="Reason">The reason, as the end of a sentence about the callee.</param>
/// <param name="IsSuppression">
/// Whether the list is right and it is this person who is not to be called: it then counts as <c>suppressed</c>, and says nothing
/// against the list. Else it counts as <c>rejected</c>.
/// </param>
internal sealed record Refusal(string Reason, bool IsSuppression = false);
