namespace Laaffic.Api;

/// <summary>What an account is known by at Laaffic.</summary>
/// <param name="AppId">The application id, a field of every create request. Not a secret.</param>
/// <param name="ApiKey">The API key, sent as the header <c>Api-Key</c> and part of the signature.</param>
/// <param name="ApiSecret">The API secret, part of the signature and never sent.</param>
public sealed record LaafficCredentials(string AppId, string ApiKey, string ApiSecret)
{
    /// <summary>Shows the application id only, so that a log line can never hold the key or the secret.</summary>
    public override string ToString() => $"Laaffic application {AppId}";
}
