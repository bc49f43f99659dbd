using System.Net;
using System.Text;
using System.Text.Json;
using Azure.Storage.Blobs;
using Laaffic.Campaigns;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Functions;
using Laaffic.Functions.Settings;
using Laaffic.LocalHost;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>The app in its host with a key vault: no secret is among its settings.</summary>
public sealed class VaultRunTests(StorageFixture storage)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Secrets_are_set_rotated_and_out_of_reach_without_a_restart()
    {
        var account = storage.NewAccount();
        await Containers.CreateAsync(new BlobServiceClient(account), Token);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = clock }, Token);
        await using var vault = await VaultServer.StartAsync();
        vault.Set("Laaffic--AppId", simulator.Account.AppId);
        vault.Set("Laaffic--ApiKey", simulator.Account.ApiKey);
        await using var host = await StartAsync(account, simulator, vault, clock);
        using var http = new HttpClient { BaseAddress = host.BaseAddress };

        var (status, health) = await GetHealthAsync(http);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal($"The key vault {vault.Address} has no secret Laaffic--ApiSecret.", health.GetProperty("credentials").GetString());

        vault.Set("Laaffic--ApiSecret", simulator.Account.ApiSecret);
        clock.Advance(TimeSpan.FromSeconds(5));
        (status, health) = await GetHealthAsync(http);
        Assert.Equal((HttpStatusCode.OK, null), (status, health.GetProperty("credentials").GetString()));
        Assert.Equal(HttpStatusCode.OK, await SubmitAsync(http, "First"));

        simulator.Account.ApiSecret = "rotated";
        vault.Set("Laaffic--ApiSecret", "rotated");
        Assert.Equal(HttpStatusCode.OK, await SubmitAsync(http, "Rotated"));
        Assert.Equal([0, -1, 0], simulator.Calls.Where(c => c.Endpoint == ApiEndpoint.Create).Select(c => c.Status));

        vault.Fault = _ => VaultServer.Error(503, "ServiceUnavailable", "The vault is away.");
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(HttpStatusCode.OK, await SubmitAsync(http, "Away"));
        Assert.Equal(HttpStatusCode.OK, (await GetHealthAsync(http)).Status);
    }

    [Fact]
    public async Task A_campaign_posted_while_nothing_is_known_is_told_to_come_again_or_waits_if_it_names_its_application()
    {
        var account = storage.NewAccount();
        await Containers.CreateAsync(new BlobServiceClient(account), Token);
        var clock = new FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var simulator = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = clock }, Token);
        await using var vault = await VaultServer.StartAsync();
        vault.Fault = _ => VaultServer.Error(503, "ServiceUnavailable", "The vault is away.");
        await using var host = await StartAsync(account, simulator, vault, clock);
        using var http = new HttpClient { BaseAddress = host.BaseAddress };

        using (var refused = await PostAsync(http, "Refused", appId: null))
        {
            var problem = JsonSerializer.Deserialize<JsonElement>(await refused.Content.ReadAsStringAsync(Token));
            Assert.Equal(
                (HttpStatusCode.ServiceUnavailable, "application/problem+json"),
                (refused.StatusCode, refused.Content.Headers.ContentType?.MediaType)
            );
            Assert.StartsWith(
                $"The key vault {vault.Address} did not give the secrets Laaffic--AppId, Laaffic--ApiKey, Laaffic--ApiSecret: HTTP 503",
                problem.GetProperty("detail").GetString(),
                StringComparison.Ordinal
            );
            Assert.Contains("Send the same request again", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
        }

        using (var malformed = await http.PostAsync("campaigns", new StringContent("{", Encoding.UTF8, "application/json"), Token))
        {
            Assert.Equal(HttpStatusCode.BadRequest, malformed.StatusCode);
        }

        using (var waiting = await PostAsync(http, "Waits", simulator.Account.AppId))
        {
            Assert.Equal(HttpStatusCode.Accepted, waiting.StatusCode);
        }

        Assert.Equal(0, simulator.CreateCallsReceived);

        vault.Fault = null;
        vault.Set("Laaffic--AppId", simulator.Account.AppId);
        vault.Set("Laaffic--ApiKey", simulator.Account.ApiKey);
        vault.Set("Laaffic--ApiSecret", simulator.Account.ApiSecret);
        clock.Advance(TimeSpan.FromSeconds(5));
        using (var again = await PostAsync(http, "Refused", appId: null))
        {
            Assert.Equal(HttpStatusCode.OK, again.StatusCode);
        }
    }

    private static Task<FunctionHost> StartAsync(string account, VoiceApiSimulator simulator, VaultServer vault, TimeProvider clock) =>
        FunctionHost.StartAsync(
            new FunctionHostOptions
            {
                Configuration = new ConfigurationBuilder()
                    .AddInMemoryCollection(
                        new Dictionary<string, string?>
                        {
                            ["AzureWebJobsStorage"] = account,
                            ["RetryDeferredSchedule"] = "0 * * * * *",
                            ["Laaffic:BaseUrl"] = simulator.BaseAddress.AbsoluteUri,
                            ["KeyVault:Uri"] = vault.Address.AbsoluteUri,
                        }
                    )
                    .Build(),
                Time = clock,
                Services = (services, configuration) =>
                    // the client trusts the test's certificate
                    services.AddLaafficFunctions(configuration).AddSingleton(new CredentialStore(vault.Client(), configuration, clock)),
            },
            Token
        );

    private static async Task<(HttpStatusCode Status, JsonElement Body)> GetHealthAsync(HttpClient http)
    {
        using var response = await http.GetAsync("health/details", Token);
        return (response.StatusCode, JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync(Token)));
    }

    private static async Task<HttpStatusCode> SubmitAsync(HttpClient http, string name)
    {
        using var response = await PostAsync(http, name, appId: null);
        return response.StatusCode;
    }

    private static async Task<HttpResponseMessage> PostAsync(HttpClient http, string name, string? appId)
    {
        var campaign = TestApp.ThreeCallees.Replace("Reminder", name, StringComparison.Ordinal);
        if (appId is not null)
        {
            campaign = campaign.Replace("\"agentId\"", $"\"appId\":\"{appId}\",\"agentId\"", StringComparison.Ordinal);
        }

        using var content = new StringContent(campaign, Encoding.UTF8, "application/json");
        return await http.PostAsync("campaigns", content, Token);
    }
}
