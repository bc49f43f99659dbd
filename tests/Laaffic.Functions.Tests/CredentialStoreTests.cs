using Laaffic.Api;
using Laaffic.Functions.Settings;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Memory;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Functions.Tests;

public sealed class CredentialStoreTests
{
    private static readonly LaafficCredentials Known = new("2Xql9RBI", "bDqJFiq9", "7bz1lzh9");

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_a_vault_the_app_settings_are_the_secrets()
    {
        using var store = StoreOf(Settings());

        Assert.Equal(Known, await store.GetAsync(refresh: false, Cancelled));
    }

    [Fact]
    public async Task A_refresh_reads_the_app_settings_again()
    {
        var source = new ChangingSource { ApiSecret = "7bz1lzh9" };
        var configuration = new ConfigurationBuilder().Add(Settings()).Add(source).Build();
        using var store = new CredentialStore(null, configuration, new FakeTimeProvider());
        Assert.Equal(Known, await store.GetAsync(refresh: false, Cancelled));

        source.ApiSecret = "rotated";

        Assert.Equal(Known, await store.GetAsync(refresh: false, Cancelled));
        Assert.Equal(Known with { ApiSecret = "rotated" }, await store.GetAsync(refresh: true, Cancelled));
        Assert.Equal(Known with { ApiSecret = "rotated" }, await store.GetAsync(refresh: false, Cancelled));
    }

    [Fact]
    public async Task Missing_secrets_are_named_as_settings_and_known_ones_are_not_shown()
    {
        using var store = StoreOf(
            new MemoryConfigurationSource { InitialData = [new("Laaffic:AppId", "2Xql9RBI"), new("Laaffic:ApiKey", " ")] }
        );

        var error = await Assert.ThrowsAsync<SecretsUnavailableException>(async () => await store.GetAsync(refresh: false, Cancelled));

        Assert.Equal("Not set: Laaffic__ApiKey, Laaffic__ApiSecret.", error.Message);
    }

    private static CredentialStore StoreOf(IConfigurationSource source) =>
        new(null, new ConfigurationBuilder().Add(source).Build(), new FakeTimeProvider());

    private static MemoryConfigurationSource Settings() =>
        new()
        {
            InitialData =
            [
                new("Laaffic:AppId", Known.AppId),
                new("Laaffic:ApiKey", Known.ApiKey),
                new("Laaffic:ApiSecret", Known.ApiSecret),
            ],
        };

    /// <summary>Settings that change where they are kept, and are only seen to have changed once they are loaded again.</summary>
    private sealed class ChangingSource : ConfigurationProvider, IConfigurationSource
    {
        public required string ApiSecret { get; set; }

        public IConfigurationProvider Build(IConfigurationBuilder builder) => this;

        public override void Load() => Data["Laaffic:ApiSecret"] = ApiSecret;
    }
}
