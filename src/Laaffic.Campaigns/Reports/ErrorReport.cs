namespace Laaffic.Campaigns.Reports;

/// <summary>Something wrong with a campaign as a whole.</summary>
/// <param name="Field">The setting or field, as a path; null if it is none.</param>
/// <param name="Line">The line in the source, from 1; null if it is none.</param>
/// <param name="Message">What is wrong and what to do.</param>
public sealed record ErrorReport(string? Field, long? Line, string Message);
