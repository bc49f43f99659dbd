using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>Answers to submissions that do not wait for all of the work, and what anybody may know of the app's health.</summary>
public sealed class AsyncAnswerTests(StorageFixture storage)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_whose_campaign_takes_long_is_answered_202_in_time_and_the_work_goes_on()
    {
        await using var app = await HttpApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Late(Minute * 3, acceptFirst: false));
        var posted = app.PostJsonAsync(TestApp.ThreeCallees);
        await Eventually.TrueAsync(() => app.Simulator.CreateCallsReceived == 1);
        Assert.False(posted.IsCompleted);

        app.Clock.Advance(Minute);
        var answer = await posted.WaitAsync(Minute, Token);

        Assert.Equal((HttpStatusCode.Accepted, "waiting"), (answer.Status, answer.State));
        Assert.Equal("/api/campaigns/Reminder", answer.Headers.Location?.OriginalString);
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
        Assert.Empty(app.Simulator.AcceptedTasks);

        await AcceptedAsync(app);
        Assert.Equal("accepted", (await app.GetWhenAsync("Reminder", "accepted")).State);
        Assert.Equal(HttpStatusCode.OK, (await app.PostJsonAsync(TestApp.ThreeCallees)).Status);
        Assert.Single(app.Simulator.AcceptedTasks);
    }

    [Theory]
    [InlineData("respond-async")]
    [InlineData("return=minimal, Respond-Async; wait=10")]
    public async Task Whoever_prefers_it_is_answered_as_soon_as_the_campaign_is_committed(string preference)
    {
        await using var app = await HttpApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Late(Minute * 3, acceptFirst: false));

        var answer = await app.SendAsync(Post(TestApp.ThreeCallees, preference)).WaitAsync(Minute, Token);

        Assert.Equal((HttpStatusCode.Accepted, "waiting"), (answer.Status, answer.State));
        Assert.Equal(["respond-async"], answer.Headers.GetValues("Preference-Applied"));
        Assert.NotNull(answer.Headers.Location);
        Assert.NotNull(answer.Headers.RetryAfter);
        await AcceptedAsync(app);
    }

    [Fact]
    public async Task What_is_wrong_with_a_campaign_is_answered_at_once_in_any_case()
    {
        await using var app = await HttpApp.StartAsync(storage);

        var invalid = await app.SendAsync(Post(TestApp.ThreeCallees.Replace("41", "\"no\"", StringComparison.Ordinal), "respond-async"));

        Assert.Equal(HttpStatusCode.UnprocessableEntity, invalid.Status);
    }

    [Fact]
    public async Task A_json_request_holds_16_mib_and_a_csv_100()
    {
        await using var app = await HttpApp.StartAsync(storage);
        var blanks = new string(' ', 16 * 1024 * 1024);

        var json = await app.PostJsonAsync(TestApp.ThreeCallees + blanks);
        var csv = await app.PostCsvAsync("# taskName: Blank\n# agentId: 41\ncalleeNumber\n12025550101\n" + blanks.Replace(' ', '\n'));

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, json.Status);
        Assert.Contains("16 MiB. Drop larger campaigns as a file", json.Detail, StringComparison.Ordinal);
        Assert.Contains("or send them as CSV", json.Detail, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.OK, csv.Status);
        Assert.Equal(HttpStatusCode.OK, (await app.PostJsonAsync(TestApp.ThreeCallees)).Status);
    }

    [Fact]
    public async Task Without_a_key_health_says_only_whether_the_app_is_well()
    {
        await using var app = await HttpApp.StartAsync(storage);
        app.Simulator.Account.Balance = 0;
        await app.PostJsonAsync(TestApp.ThreeCallees);

        var health = await app.GetAsync("health");

        Assert.Equal(HttpStatusCode.OK, health.Status);
        Assert.Equal("""{"isHealthy":true}""", JsonSerializer.Serialize(health.Body));
    }

    private static HttpRequestMessage Post(string campaign, string preference)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "campaigns")
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(campaign)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Headers.TryAddWithoutValidation("Prefer", preference);
        return request;
    }

    /// <summary>Time passes until the API has accepted the task.</summary>
    private static Task AcceptedAsync(HttpApp app) =>
        Eventually.TrueAsync(() =>
        {
            app.Clock.Advance(TimeSpan.FromSeconds(1));
            return app.Simulator.AcceptedTasks.Count == 1;
        });
}
