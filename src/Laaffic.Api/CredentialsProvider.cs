namespace Laaffic.Api;

/// <summary>Where a <see cref="LaafficClient"/> gets the account's secrets, before every call.</summary>
/// <param name="refresh">
/// True after Laaffic has answered -1: fetch the secrets again rather than answer from a cache, as they may have been
/// replaced.
/// </param>
/// <param name="cancellationToken">The token of the call that needs the secrets.</param>
/// <returns>The secrets to sign with. What it throws, the calling method of the client throws.</returns>
/// <exception cref="SecretsUnavailableException">They are not known and not to be had now.</exception>
public delegate ValueTask<LaafficCredentials> CredentialsProvider(bool refresh, CancellationToken cancellationToken);
