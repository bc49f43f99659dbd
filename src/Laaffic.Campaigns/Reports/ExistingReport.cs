using Azure;

namespace Laaffic.Campaigns.Reports;

/// <summary>What stands at a place.</summary>
/// <param name="Place">The place.</param>
/// <param name="Report">The report's version; null if there is none.</param>
/// <param name="Owner">The campaign whose report it is; null if it is no campaign's.</param>
/// <param name="SubmittedAs">As which campaign the content was submitted, if it is no campaign's report.</param>
/// <param name="IsOwn">Whether it is the report of who looks.</param>
/// <param name="HasFiles">Whether it names files of callees that were not submitted.</param>
/// <param name="Rejected">The version of the list of rejected callees; null if there is none, or the report is one's own.</param>
internal sealed record ExistingReport(
    string Place,
    ETag? Report,
    string? Owner,
    string? SubmittedAs,
    bool IsOwn,
    bool HasFiles,
    ETag? Rejected
);
