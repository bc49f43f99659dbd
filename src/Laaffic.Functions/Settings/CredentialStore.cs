using Azure;
using Azure.Security.KeyVault.Secrets;
using Laaffic.Api;
using Laaffic.Campaigns.Telemetry;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;

namespace Laaffic.Functions.Settings;

/// <summary>
/// The account's secrets: from the key vault if there is one, else from the app settings. Vault secrets are kept for 30
/// minutes and then fetched again in the background; what is known stays in use while the vault does not give anything
/// better. However many ask, one request per secret is under way at a time.
/// </summary>
/// <param name="vault">The key vault; null when there is none.</param>
/// <param name="configuration">The app settings.</param>
/// <param name="time">The clock.</param>
/// <param name="log">Told when the vault does not give the secrets; null for nobody.</param>
public sealed class CredentialStore(
    SecretClient? vault,
    IConfiguration configuration,
    TimeProvider time,
    ILogger<CredentialStore>? log = null
) : IDisposable
{
    private static readonly TimeSpan KeepFor = TimeSpan.FromMinutes(30);

    /// <summary>What one fetch may take, the client's own repetitions included.</summary>
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(30);

    /// <summary>After a fetch for a -1: the tasks whose attempts it came too late for are content with what it found.</summary>
    private static readonly TimeSpan RefreshCountsFor = TimeSpan.FromSeconds(5);

    /// <summary>After a failed fetch, while secrets are known: nobody waits for a vault that has just not answered.</summary>
    private static readonly TimeSpan PauseWhenKnown = TimeSpan.FromMinutes(1);

    /// <summary>The same while none are known: short, as nothing can be sent, and whoever sets a missing secret looks at once.</summary>
    private static readonly TimeSpan PauseWhenUnknown = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _stopped = new();
    private LaafficCredentials? _known;
    private string? _failure;
    private Task<LaafficCredentials>? _fetching;
    private DateTimeOffset _staleAt;
    private DateTimeOffset _refreshFrom;
    private DateTimeOffset _pausedUntil;

    /// <summary>The names of the secrets as settings; in the vault each <c>:</c> is <c>--</c>.</summary>
    public static IReadOnlyList<string> Names { get; } = ["Laaffic:AppId", "Laaffic:ApiKey", "Laaffic:ApiSecret"];

    /// <summary>The secrets; as a <see cref="CredentialsProvider"/>.</summary>
    /// <param name="refresh">Laaffic answered -1: asks the vault at once, unless that was just done.</param>
    /// <param name="cancellationToken">Ends the waiting of this caller only.</param>
    /// <exception cref="SecretsUnavailableException">A secret is missing, or the vault does not answer and none are known: the message says
    /// which.</exception>
    public async ValueTask<LaafficCredentials> GetAsync(bool refresh, CancellationToken cancellationToken)
    {
        if (vault is null)
        {
            if (refresh)
            {
                (configuration as IConfigurationRoot)?.Reload();
            }

            return Read(Names.ToDictionary(n => n, n => configuration[n]));
        }

        Task<LaafficCredentials> fetch;
        lock (_gate)
        {
            var now = time.GetUtcNow();
            var isDue = _known is null || now >= (refresh ? _refreshFrom : _staleAt);
            if (_fetching is null && isDue && now >= _pausedUntil)
            {
                _fetching = Task.Run(() => FetchAsync(vault, refresh), CancellationToken.None);
                // Those who wait may all be gone when it fails.
                _ = _fetching.ContinueWith(
                    static failed => _ = failed.Exception,
                    CancellationToken.None,
                    TaskContinuationOptions.OnlyOnFaulted,
                    TaskScheduler.Default
                );
            }

            if (_known is not null && (_fetching is null || !refresh))
            {
                return _known;
            }

            fetch = _fetching ?? throw new SecretsUnavailableException(_failure!);
        }

        return await fetch.WaitAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _stopped.Cancel();
        _stopped.Dispose();
    }

    /// <summary>Asks the vault. If that fails: what is known, or an exception if nothing is.</summary>
    private async Task<LaafficCredentials> FetchAsync(SecretClient from, bool refresh)
    {
        try
        {
            using var limit = new CancellationTokenSource(FetchLimit, time);
            using var ended = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, _stopped.Token);
            var answers = await Task.WhenAll(Names.Select(n => FetchAsync(from, n, ended.Token)));
            var failures = answers.Where(a => a.Failure is not null).ToList();
            if (failures.Count > 0)
            {
                throw new SecretsUnavailableException(
                    $"The key vault {from.VaultUri} did not give the "
                        + $"secret{(failures.Count > 1 ? "s" : "")} {string.Join(", ", failures.Select(f => VaultName(f.Name)))}: "
                        + $"{failures[0].Failure}"
                );
            }

            var fetched = Read(answers.ToDictionary(a => a.Name, a => a.Value));
            lock (_gate)
            {
                var now = time.GetUtcNow();
                (_known, _failure, _staleAt, _fetching) = (fetched, null, now + KeepFor, null);
                if (refresh)
                {
                    _refreshFrom = now + RefreshCountsFor;
                }
            }

            return fetched;
        }
        catch (Exception e)
        {
            LaafficCredentials? before;
            lock (_gate)
            {
                (before, _failure, _fetching) = (_known, e.Message, null);
                _pausedUntil = time.GetUtcNow() + (before is null ? PauseWhenUnknown : PauseWhenKnown);
            }

            if (before is null)
            {
                throw;
            }

            log?.SecretsNotRefreshed(LogText.FirstLine(e));
            return before;
        }
    }

    private async Task<Answer> FetchAsync(SecretClient from, string name, CancellationToken cancellationToken)
    {
        try
        {
            return new(name, (await from.GetSecretAsync(VaultName(name), cancellationToken: cancellationToken)).Value.Value, null);
        }
        catch (RequestFailedException e) when (e.Status == 404)
        {
            return new(name, configuration[name], null);
        }
        catch (RequestFailedException e) when (e.Status == 403)
        {
            return new(
                name,
                null,
                "HTTP 403: the app's identity needs the role Key Vault Secrets User there, the secret must be enabled, and the "
                    + "vault's firewall must let the app in."
            );
        }
        catch (RequestFailedException e) when (e.Status > 0)
        {
            return new(name, null, $"HTTP {e.Status} {e.ErrorCode}".TrimEnd() + ".");
        }
        catch (OperationCanceledException)
        {
            return new(name, null, $"no answer within {FetchLimit.TotalSeconds:0} seconds.");
        }
        catch (Exception e)
        {
            // No connection, or no identity to ask with. The client's own repetitions failed alike: the last one says it.
            var last = (e as AggregateException)?.InnerExceptions[^1] ?? e;
            return new(name, null, LogText.UnmaskedFirstLine(last));
        }
    }

    private LaafficCredentials Read(Dictionary<string, string?> values)
    {
        var missing = Names.Where(n => string.IsNullOrWhiteSpace(values[n])).ToList();
        return missing.Count == 0
            ? new LaafficCredentials(values[Names[0]]!, values[Names[1]]!, values[Names[2]]!)
            : throw new SecretsUnavailableException(
                vault is null
                    ? $"Not set: {string.Join(", ", missing.Select(n => n.Replace(":", "__", StringComparison.Ordinal)))}."
                    : $"The key vault {vault.VaultUri} has no secret {string.Join(", ", missing.Select(VaultName))}."
            );
    }

    private static string VaultName(string name) => name.Replace(":", "--", StringComparison.Ordinal);

    private sealed record Answer(string Name, string? Value, string? Failure);
}
