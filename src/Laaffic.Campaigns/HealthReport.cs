namespace Laaffic.Campaigns;

/// <summary>Whether the app can do its work.</summary>
/// <param name="Storage">Null when the storage account answers, else what is wrong.</param>
/// <param name="Credentials">Null when the account's secrets are known, else what is missing.</param>
/// <param name="Hold">Why and until when nothing is sent; null when the account is not on hold.</param>
/// <param name="Timer">Null when the timer runs, else since when it has not.</param>
public sealed record HealthReport(string? Storage, string? Credentials, string? Hold, string? Timer)
{
    /// <summary>False when campaigns cannot be taken up, or are not taken further. A hold is not ill health: it ends by itself.</summary>
    public bool IsHealthy => Storage is null && Credentials is null && Timer is null;
}
