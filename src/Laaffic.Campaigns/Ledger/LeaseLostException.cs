namespace Laaffic.Campaigns.Ledger;

/// <summary>Another worker has taken the file over.</summary>
internal sealed class LeaseLostException : Exception;
