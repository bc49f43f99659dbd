namespace Laaffic.Campaigns.Planning;

/// <summary>A reason for which many callees were rejected.</summary>
/// <param name="Count">How many.</param>
/// <param name="Line">Where the first of them stands.</param>
/// <param name="Reason">Its reason; numbers and quoted texts in it differ from one to the other. Its number is not repeated.</param>
public sealed record CommonReason(long Count, long Line, string Reason);
