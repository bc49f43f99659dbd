using Laaffic.Api;

namespace Laaffic.Campaigns.Planning;

/// <summary>What all plans share.</summary>
public sealed record PlannerOptions
{
    /// <summary>The application id of campaigns that do not give one; empty if there is none.</summary>
    public required string AppId { get; init; }

    /// <summary>The zone of <c>sendTime</c>, and of <c>{date}</c> and <c>{time}</c>.</summary>
    public required TimeZoneInfo TimeZone { get; init; }

    /// <summary>The most callees of a task, 1-200,000.</summary>
    public int MaxCalleesPerTask { get; init; } = CalleeRules.MaxCalleesPerTask;
}
