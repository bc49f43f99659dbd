namespace Laaffic.Campaigns.Reports;

/// <summary>The answer of <c>GET /api/schedules</c>.</summary>
/// <param name="Schedules">The schedules, by name.</param>
public sealed record ScheduleReports(IReadOnlyList<ScheduleReport> Schedules);
