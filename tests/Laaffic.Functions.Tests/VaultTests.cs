using System.Collections.Concurrent;
using System.Diagnostics;
using Azure.Security.KeyVault.Secrets;
using Laaffic.Api;
using Laaffic.Functions.Settings;
using Laaffic.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Functions.Tests;

/// <summary>The account's secrets from a key vault, through the real client over TLS.</summary>
public sealed class VaultTests : IAsyncLifetime
{
    private static readonly LaafficCredentials First = new("2Xql9RBI", "bDqJFiq9", "7bz1lzh9");
    private static readonly LaafficCredentials Rotated = First with { ApiSecret = "rotated-1" };

    private readonly FakeTimeProvider _clock = new();
    private readonly LogRecorder _log = new();
    private VaultServer _vault = null!;
    private CredentialStore _store = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _vault = await VaultServer.StartAsync();
        _vault.Set("Laaffic--AppId", First.AppId);
        _vault.Set("Laaffic--ApiKey", First.ApiKey);
        _vault.Set("Laaffic--ApiSecret", First.ApiSecret);
        _store = StoreOf(_vault.Client());
    }

    public async ValueTask DisposeAsync()
    {
        _store.Dispose();
        await _vault.DisposeAsync();
        Assert.All(_log.Lines, line => Assert.DoesNotContain(First.ApiSecret, line, StringComparison.Ordinal));
        Assert.All(_log.Lines, line => Assert.DoesNotContain(First.ApiKey, line, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_secrets_are_those_of_the_vault_and_are_asked_for_once()
    {
        Assert.Equal(First, await GetAsync());
        Assert.Equal(First, await GetAsync());

        Assert.Equal(["Laaffic--ApiKey", "Laaffic--ApiSecret", "Laaffic--AppId"], _vault.Asked.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Many_who_ask_at_the_start_cause_one_request_per_secret()
    {
        _vault.Hold();
        var all = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => GetAsync()));
        _vault.Release();

        Assert.All(await all, secrets => Assert.Equal(First, secrets));
        Assert.Equal(3, _vault.Asked.Count);
    }

    [Fact]
    public async Task Secrets_are_kept_for_half_an_hour_and_then_fetched_while_the_known_ones_are_used()
    {
        await GetAsync();
        _vault.Set("Laaffic--ApiSecret", Rotated.ApiSecret);

        _clock.Advance(TimeSpan.FromMinutes(29));
        Assert.Equal(First, await GetAsync());
        Assert.Equal(3, _vault.Asked.Count);

        _clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(First, await GetAsync());
        await UntilAsync(async () => await GetAsync() == Rotated);
        Assert.Equal(6, _vault.Asked.Count);
    }

    [Fact]
    public async Task A_refresh_sees_the_newest_version_at_once()
    {
        await GetAsync();
        _vault.Set("Laaffic--ApiSecret", Rotated.ApiSecret);

        Assert.Equal(Rotated, await GetAsync(refresh: true));
        Assert.Equal(Rotated, await GetAsync());
    }

    [Fact]
    public async Task Many_refreshes_at_once_and_just_after_cause_one_request_per_secret()
    {
        await GetAsync();
        _vault.Set("Laaffic--ApiSecret", Rotated.ApiSecret);

        _vault.Hold();
        var all = Task.WhenAll(Enumerable.Range(0, 50).Select(_ => GetAsync(refresh: true)));
        _vault.Release();
        Assert.All(await all, secrets => Assert.Equal(Rotated, secrets));
        Assert.Equal(Rotated, await GetAsync(refresh: true));
        Assert.Equal(6, _vault.Asked.Count);

        _clock.Advance(TimeSpan.FromSeconds(5));
        await GetAsync(refresh: true);
        Assert.Equal(9, _vault.Asked.Count);
    }

    [Theory]
    [InlineData(403), InlineData(429), InlineData(500), InlineData(503)]
    public async Task A_vault_that_refuses_does_not_stop_whoever_knows_the_secrets_and_is_left_alone_for_a_minute(int status)
    {
        await GetAsync();
        _vault.Fault = _ => VaultServer.Error(status, "Trouble", "The vault has trouble.");

        Assert.Equal(First, await GetAsync(refresh: true));
        var asked = _vault.Asked.Count;
        Assert.True(asked > 3);
        Assert.Contains($"HTTP {status}", Assert.Single(_log.Lines), StringComparison.Ordinal);
        _clock.Advance(TimeSpan.FromSeconds(59));
        Assert.Equal(First, await GetAsync(refresh: true));
        Assert.Equal(First, await GetAsync());
        Assert.Equal(asked, _vault.Asked.Count);

        _vault.Fault = null;
        _vault.Set("Laaffic--ApiSecret", Rotated.ApiSecret);
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(Rotated, await GetAsync(refresh: true));
    }

    [Fact]
    public async Task A_vault_that_is_gone_does_not_stop_whoever_knows_the_secrets()
    {
        await GetAsync();
        await _vault.DisposeAsync();

        Assert.Equal(First, await GetAsync(refresh: true));
        _clock.Advance(TimeSpan.FromHours(5));
        Assert.Equal(First, await GetAsync());
    }

    [Fact]
    public async Task A_throttled_request_is_repeated_when_the_vault_says()
    {
        ConcurrentDictionary<string, bool> throttled = [];
        _vault.Fault = context =>
        {
            context.Response.Headers.RetryAfter = "0";
            return throttled.TryAdd(context.Request.Path, true)
                ? VaultServer.Error(429, "Throttled", "Request was not processed because too many requests were received.")
                : _vault.Truth(context);
        };

        Assert.Equal(First, await GetAsync());
        Assert.Equal(6, _vault.Asked.Count);
    }

    [Fact]
    public async Task A_slow_vault_keeps_nobody_waiting_who_knows_the_secrets()
    {
        await GetAsync();
        _vault.Hold();
        _clock.Advance(TimeSpan.FromMinutes(31));

        Assert.Equal(First, await GetAsync()); // while the requests wait
        await UntilAsync(() => Task.FromResult(_vault.Waiting == 3));
        Assert.Equal(First, await GetAsync());
        Assert.Equal(3, _vault.Asked.Count);
    }

    [Fact]
    public async Task A_refresh_gives_up_on_a_slow_vault_after_half_a_minute_and_uses_what_is_known()
    {
        await GetAsync();
        _vault.Hold();

        var refresh = GetAsync(refresh: true);
        await UntilAsync(() => Task.FromResult(_vault.Waiting == 3));
        Assert.False(refresh.IsCompleted);
        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(First, await refresh);
        Assert.Contains("no answer within 30 seconds", Assert.Single(_log.Lines), StringComparison.Ordinal);
        _vault.Release();
        Assert.Equal(First, await GetAsync(refresh: true));
        Assert.Equal(3, _vault.Asked.Count);
    }

    [Fact]
    public async Task A_caller_who_gives_up_takes_nothing_from_the_others()
    {
        _vault.Hold();
        using var impatient = new CancellationTokenSource();
        var first = _store.GetAsync(refresh: false, impatient.Token).AsTask();
        var second = GetAsync();

        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        _vault.Release();

        Assert.Equal(First, await second);
        Assert.Equal(3, _vault.Asked.Count);
    }

    [Fact]
    public async Task Missing_secrets_are_named_and_found_soon_after_they_were_set()
    {
        _vault.Remove("Laaffic--ApiKey");
        _vault.Remove("Laaffic--ApiSecret");

        Assert.Equal($"The key vault {_vault.Address} has no secret Laaffic--ApiKey, Laaffic--ApiSecret.", await FailureAsync());
        Assert.Equal($"The key vault {_vault.Address} has no secret Laaffic--ApiKey, Laaffic--ApiSecret.", await FailureAsync());
        Assert.Equal(3, _vault.Asked.Count);

        _vault.Set("Laaffic--ApiKey", First.ApiKey);
        _vault.Set("Laaffic--ApiSecret", First.ApiSecret);
        _clock.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal(First, await GetAsync());
    }

    [Fact]
    public async Task A_secret_that_was_deleted_later_is_named_and_the_known_one_stays_in_use()
    {
        await GetAsync();
        _vault.Remove("Laaffic--ApiSecret");

        Assert.Equal(First, await GetAsync(refresh: true));
        Assert.Contains("has no secret Laaffic--ApiSecret", Assert.Single(_log.Lines), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_vault_goes_before_the_app_settings_and_they_fill_its_gaps()
    {
        _vault.Remove("Laaffic--AppId");
        using var both = StoreOf(_vault.Client(), ("Laaffic:AppId", "fromSetting"), ("Laaffic:ApiKey", "fromSetting"));

        Assert.Equal(First with { AppId = "fromSetting" }, await both.GetAsync(refresh: false, Token));
    }

    [Fact]
    public async Task A_refused_identity_is_told_which_role_it_needs()
    {
        _vault.Fault = _ => VaultServer.Error(403, "Forbidden", "Caller is not authorized to perform action on resource.");

        var failure = await FailureAsync();
        Assert.StartsWith(
            $"The key vault {_vault.Address} did not give the secrets Laaffic--AppId, Laaffic--ApiKey, Laaffic--ApiSecret: HTTP 403",
            failure,
            StringComparison.Ordinal
        );
        Assert.Contains("Key Vault Secrets User", failure, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_an_identity_the_message_is_one_line_that_says_so()
    {
        using var nobody = StoreOf(_vault.Client(new VaultServer.Identity(isThere: false)));

        var error = await Assert.ThrowsAsync<SecretsUnavailableException>(async () => await nobody.GetAsync(refresh: false, Token));
        Assert.EndsWith("No identity was found on this machine.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_vault_that_can_not_be_reached_is_named_with_the_secrets()
    {
        var address = _vault.Address;
        await _vault.DisposeAsync();

        Assert.StartsWith(
            $"The key vault {address} did not give the secrets Laaffic--AppId, Laaffic--ApiKey, Laaffic--ApiSecret: ",
            await FailureAsync(),
            StringComparison.Ordinal
        );
    }

    private Task<LaafficCredentials> GetAsync(bool refresh = false) => _store.GetAsync(refresh, Token).AsTask();

    private async Task<string> FailureAsync() => (await Assert.ThrowsAsync<SecretsUnavailableException>(() => GetAsync())).Message;

    private CredentialStore StoreOf(SecretClient client, params (string Name, string Value)[] settings) =>
        new(
            client,
            new ConfigurationBuilder().AddInMemoryCollection(settings.Select(s => KeyValuePair.Create(s.Name, (string?)s.Value))).Build(),
            _clock,
            new Logger<CredentialStore>(new LoggerFactory([_log]))
        );

    private static async Task UntilAsync(Func<Task<bool>> condition)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "It did not happen in time.");
            await Task.Yield();
        }
    }
}
