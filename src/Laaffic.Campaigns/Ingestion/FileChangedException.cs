namespace Laaffic.Campaigns.Ingestion;

/// <summary>The file is not any more the version that was read.</summary>
internal sealed class FileChangedException : Exception;
