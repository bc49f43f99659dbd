using Azure;
using Azure.Security.KeyVault.Secrets;
using Laaffic.Api;
using Microsoft.Extensions.Configuration;

namespace Laaffic.Functions.Settings;

/// <summary>
/// The account's secrets: from the key vault if there is one, else from the app settings. Vault secrets are kept for a
/// while; what is known stays in use when the vault does not answer.
/// </summary>
/// <param name="vault">The key vault; null when there is none.</param>
/// <param name="configuration">The app settings.</param>
/// <param name="time">The clock.</param>
public sealed class CredentialStore(SecretClient? vault, IConfiguration configuration, TimeProvider time) : IDisposable
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(30);

    private readonly SemaphoreSlim fetching = new(1, 1);
    private Known? known;

    /// <summary>The names of the secrets as settings; in the vault each <c>:</c> is <c>--</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["Laaffic:AppId", "Laaffic:ApiKey", "Laaffic:ApiSecret"];

    /// <summary>The secrets; as a <see cref="CredentialsSource"/>.</summary>
    /// <exception cref="InvalidOperationException">A secret is missing, or the vault does not answer and none are known: the message says which.</exception>
    public async ValueTask<LaafficCredentials> GetAsync(bool refresh, CancellationToken cancellationToken)
    {
        if (vault is null)
        {
            if (refresh) (configuration as IConfigurationRoot)?.Reload();
            return Read(Names.ToDictionary(n => n, n => configuration[n]));
        }

        if (!refresh && known is { } fresh && time.GetUtcNow() < fresh.Until) return fresh.Credentials;
        await fetching.WaitAsync(cancellationToken);
        try
        {
            if (!refresh && known is { } fetched && time.GetUtcNow() < fetched.Until) return fetched.Credentials;
            var values = await Task.WhenAll(Names.Select(n => FetchAsync(vault, n, cancellationToken)));
            known = new Known(Read(values.ToDictionary()), time.GetUtcNow() + KeepFor);
            return known.Credentials;
        }
        catch (Exception e) when (known is not null && e is not OperationCanceledException)
        {
            return known.Credentials;
        }
        finally
        {
            fetching.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => fetching.Dispose();

    private async Task<KeyValuePair<string, string?>> FetchAsync(SecretClient from, string name, CancellationToken ct)
    {
        try
        {
            return new(name, (await from.GetSecretAsync(VaultName(name), cancellationToken: ct)).Value.Value);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new(name, configuration[name]);
        }
        catch (RequestFailedException e)
        {
            throw new InvalidOperationException($"The key vault {from.VaultUri} did not give the secret {VaultName(name)}: HTTP {e.Status} {e.ErrorCode}.", e);
        }
    }

    private LaafficCredentials Read(Dictionary<string, string?> values)
    {
        var missing = Names.Where(n => string.IsNullOrWhiteSpace(values[n])).ToList();
        return missing.Count == 0
            ? new LaafficCredentials(values[Names[0]]!, values[Names[1]]!, values[Names[2]]!)
            : throw new InvalidOperationException(vault is null
                ? $"Not set: {string.Join(", ", missing.Select(n => n.Replace(":", "__", StringComparison.Ordinal)))}."
                : $"The key vault {vault.VaultUri} has no secret {string.Join(", ", missing.Select(VaultName))}.");
    }

    private static string VaultName(string name) => name.Replace(":", "--", StringComparison.Ordinal);

    private sealed record Known(LaafficCredentials Credentials, DateTimeOffset Until);
}
