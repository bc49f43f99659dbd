namespace Laaffic.Campaigns.Planning;

/// <summary>A callee that cannot be called.</summary>
/// <param name="Line">Its physical line in the campaign, from 1.</param>
/// <param name="Reason">Why it cannot be called; its number is not repeated.</param>
public sealed record RejectedCallee(long Line, string Reason);
