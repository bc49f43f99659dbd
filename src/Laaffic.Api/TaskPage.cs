namespace Laaffic.Api;

/// <summary>One page of a query. Each count is null if the reply did not hold it.</summary>
/// <param name="Records">The tasks of this page.</param>
/// <param name="Total">How many tasks match on all pages.</param>
/// <param name="Pages">How many pages there are.</param>
/// <param name="Current">This page's number, from 1.</param>
/// <param name="Size">The page size that the server used.</param>
public sealed record TaskPage(IReadOnlyList<TaskRecord> Records, long? Total, long? Pages, long? Current, long? Size);
