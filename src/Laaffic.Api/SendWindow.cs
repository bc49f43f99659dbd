namespace Laaffic.Api;

/// <summary>Hours of the day in which calls may go out.</summary>
/// <param name="StrTime">The start, <c>HH:mm</c>.</param>
/// <param name="EndTime">The end, <c>HH:mm</c>, after the start.</param>
public sealed record SendWindow(string? StrTime, string? EndTime);
