namespace Laaffic.Campaigns;

/// <summary>Whether the app can do its work.</summary>
/// <param name="Storage">Null when the storage account answers, else what is wrong.</param>
/// <param name="Credentials">Null when the account's secrets are known, else what is missing.</param>
/// <param name="Hold">Why and until when nothing is sent; null when the account is not on hold.</param>
public sealed record HealthReport(string? Storage, string? Credentials, string? Hold)
{
    /// <summary>False when campaigns can not be taken up at all. A hold is not ill health: it ends by itself.</summary>
    public bool IsHealthy => Storage is null && Credentials is null;
}
