namespace Laaffic.Campaigns.Dispatch;

/// <summary>What became of a campaign's turn.</summary>
/// <param name="Outcome">What Laaffic said.</param>
/// <param name="TaskName">Of which task.</param>
/// <param name="IsSendingSuspended">Whether nothing is sent at present, for another reason than that Laaffic is busy.</param>
internal sealed record TurnResult(SendOutcome Outcome, string? TaskName = null, bool IsSendingSuspended = false);
