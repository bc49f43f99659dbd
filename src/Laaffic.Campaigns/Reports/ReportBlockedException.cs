namespace Laaffic.Campaigns.Reports;

/// <summary>
/// What is written for people cannot be written at present, as somebody keeps its blobs from being changed. Like other
/// trouble of storage it is no fault of a campaign.
/// </summary>
internal sealed class ReportBlockedException(string message, Exception? innerException = null) : IOException(message, innerException);
