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

/// <summary>Where a <see cref="LaafficClient"/> gets the account's secrets, before every call.</summary>
/// <param name="refresh">
/// True after Laaffic has answered -1: fetch the secrets again rather than answer from a cache, as they may have been
/// replaced.
/// </param>
/// <param name="cancellationToken">The token of the call that needs the secrets.</param>
/// <returns>The secrets to sign with. What it throws, the calling method of the client throws.</returns>
/// <exception cref="SecretsUnavailableException">They are not known and not to be had now.</exception>
public delegate ValueTask<LaafficCredentials> CredentialsSource(bool refresh, CancellationToken cancellationToken);

/// <summary>The account's secrets are not known: one is missing, or where they are kept does not give them.</summary>
/// <param name="message">Names the secrets, and says why. It holds none.</param>
public sealed class SecretsUnavailableException(string message) : InvalidOperationException(message);
