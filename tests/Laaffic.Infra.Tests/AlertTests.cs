using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Telemetry;
using Laaffic.Infra.Tests.Support;

namespace Laaffic.Infra.Tests;

/// <summary>What is watched, against what the app emits.</summary>
public sealed partial class AlertTests(Templates templates)
{
    private const string LogAlerts = "Microsoft.Insights/scheduledQueryRules";
    private const string MetricAlerts = "Microsoft.Insights/metricAlerts";

    [Theory]
    [InlineData("test", 7200)]
    [InlineData("production", 3600)]
    public async Task Each_trouble_that_needs_a_person_raises_an_alert(string environment, int deferredSeconds)
    {
        var deployment = await templates.EnvironmentAsync(environment);
        var queries = deployment
            .All(LogAlerts)
            .ToDictionary(a => ((string)a["name"]!).Split('-', 3)[2], a => (string)a["properties"]!["criteria"]!["allOf"]![0]!["query"]!);

        Assert.Equal(
            ["acceptance-lost", "account-on-hold", "function-failures", "schedule-not-made", "tasks-deferred-long", "tasks-rejected"],
            queries.Keys.Order(StringComparer.Ordinal)
        );
        Assert.Contains("EventId) == 3001", queries["account-on-hold"], StringComparison.Ordinal);
        Assert.Contains("EventId) == 2009", queries["acceptance-lost"], StringComparison.Ordinal);
        Assert.Contains("\"laaffic.schedules\"", queries["schedule-not-made"], StringComparison.Ordinal);
        Assert.Contains("!= \"made\"", queries["schedule-not-made"], StringComparison.Ordinal);
        Assert.Contains("\"laaffic.tasks.settled\"", queries["tasks-rejected"], StringComparison.Ordinal);
        Assert.Contains("\"rejected\"", queries["tasks-rejected"], StringComparison.Ordinal);
        Assert.Contains(
            $"\"laaffic.tasks.oldest_deferred\" and Sum > {deferredSeconds}",
            queries["tasks-deferred-long"],
            StringComparison.Ordinal
        );
        Assert.Contains("Success == false", queries["function-failures"], StringComparison.Ordinal);
        Assert.Contains("AppRequests", queries["function-failures"], StringComparison.Ordinal);
        Assert.Contains("AppDependencies", queries["function-failures"], StringComparison.Ordinal);
        Assert.Contains("AppTraces", queries["function-failures"], StringComparison.Ordinal);
        Assert.Contains("5001", queries["function-failures"], StringComparison.Ordinal);
        Assert.Contains("Url !has \"/api/health\"", queries["function-failures"], StringComparison.Ordinal);
        var deadLetters = deployment.One(MetricAlerts);
        Assert.Equal("DeadLetteredCount", (string)deadLetters["criteria"]!["allOf"]![0]!["metricName"]!);
        Assert.EndsWith(
            $"/systemTopics/{deployment.Output("systemTopicName")}",
            (string)deadLetters["scopes"]![0]!,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task What_happened_is_told_once_and_what_lasts_is_over_by_itself()
    {
        var alerts = (await templates.EnvironmentAsync("production"))
            .All(LogAlerts)
            .ToDictionary(a => ((string)a["name"]!).Split('-', 3)[2], a => a["properties"]!);

        Assert.All(
            ["acceptance-lost", "account-on-hold", "schedule-not-made", "tasks-rejected"],
            name =>
                Assert.Equal(
                    (false, (string)alerts[name]["windowSize"]!),
                    ((bool)alerts[name]["autoMitigate"]!, (string)alerts[name]["muteActionsDuration"]!)
                )
        );
        Assert.All(
            ["function-failures", "tasks-deferred-long"],
            name => Assert.Equal((true, null), ((bool)alerts[name]["autoMitigate"]!, (string?)alerts[name]["muteActionsDuration"]))
        );
    }

    [Fact]
    public async Task Whoever_is_called_for_a_hold_is_told_all_that_makes_one()
    {
        var alerts = (await templates.EnvironmentAsync("production")).All(LogAlerts);
        var hold = (string)
            alerts.Single(a => ((string)a["name"]!).EndsWith("account-on-hold", StringComparison.Ordinal))["properties"]!["description"]!;

        Assert.All(
            ["credentials", "IP address", "balance", "user lock", "HTTP 401, 403, 404 or 405", "/api/health/details"],
            cause => Assert.Contains(cause, hold, StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Alerts_notify_the_action_groups_of_the_parameter()
    {
        const string Group =
            "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/operations"
            + "/providers/Microsoft.Insights/actionGroups/on-call";
        var deployment = await templates.EnvironmentAsync("production");

        Assert.All(
            deployment.All(LogAlerts),
            a => Assert.Equal([Group], a["properties"]!["actions"]!["actionGroups"]!.AsArray().Select(g => (string)g!))
        );
        Assert.Equal([Group], deployment.One(MetricAlerts)["actions"]!.AsArray().Select(a => (string)a!["actionGroupId"]!));
    }

    [Fact]
    public async Task Every_metric_that_the_app_emits_is_shown_or_watched_by_its_name()
    {
        var deployment = await templates.EnvironmentAsync("production");
        var workbook = JsonNode.Parse((string)deployment.One("Microsoft.Insights/workbooks")["serializedData"]!)!;
        var shown = workbook["items"]!.AsArray().Select(i => (string?)i!["content"]!["query"]).OfType<string>();
        var watched = deployment.All(LogAlerts).Select(a => (string)a["properties"]!["criteria"]!["allOf"]![0]!["query"]!);
        var named = shown.Concat(watched).SelectMany(q => MetricName().Matches(q)).Select(m => m.Groups[1].Value).ToHashSet();

        var emitted = Instruments();

        Assert.NotEmpty(emitted);
        Assert.Subset(named, emitted);
    }

    private static HashSet<string> Instruments()
    {
        HashSet<string> names = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name == CampaignTelemetry.Name)
            {
                names.Add(instrument.Name);
            }
        };
        listener.Start();
        RuntimeHelpers.RunClassConstructor(typeof(CampaignTelemetry).TypeHandle);
        return names;
    }

    [GeneratedRegex("Name == \"([^\"]+)\"")]
    private static partial Regex MetricName();
}
