namespace Laaffic.Campaigns.Planning;

/// <summary>The empty list that a profile reads, or why there is none.</summary>
/// <param name="Template">The list; null if the profile cannot be read or does not exist.</param>
/// <param name="Exists">Whether there is such a profile.</param>
/// <param name="Errors">What is wrong with it.</param>
public sealed record TemplateResult(ListTemplate? Template, bool Exists, IReadOnlyList<CampaignError> Errors);
