namespace Laaffic.Campaigns.Ingestion;

/// <summary>Another worker has taken the file over.</summary>
internal sealed class LeaseLostException : Exception;
