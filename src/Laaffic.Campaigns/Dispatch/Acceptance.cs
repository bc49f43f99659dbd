namespace Laaffic.Campaigns.Dispatch;

/// <summary>That a task was accepted, and when this app knew it.</summary>
internal sealed record Acceptance(DateTimeOffset At, string TaskName);
