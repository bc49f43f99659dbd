namespace Laaffic.Campaigns;

/// <summary>Something wrong with a campaign as a whole.</summary>
/// <param name="Field">The field, such as <c>recallFlow.recallNum</c>, or the column; null if it is about none.</param>
/// <param name="Line">The physical line in the campaign, from 1; null if it is about none.</param>
/// <param name="Message">What is wrong and what to do about it.</param>
public sealed record CampaignError(string? Field, long? Line, string Message);
