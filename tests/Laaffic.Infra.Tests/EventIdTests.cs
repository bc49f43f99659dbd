using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Laaffic.Campaigns;
using Laaffic.Functions;
using Laaffic.Infra.Tests.Support;
using Microsoft.Extensions.Logging;

namespace Laaffic.Infra.Tests;

/// <summary>The ids of log lines that alerts and documents name, against the lines that the code logs.</summary>
public sealed partial class EventIdTests(Templates templates)
{
    private const BindingFlags Everything = BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;

    private static readonly Dictionary<int, LoggerMessageLine> Lines = new[] { typeof(CampaignService), typeof(FunctionApp) }
        .SelectMany(type => type.Assembly.GetTypes())
        .SelectMany(type => type.GetMethods(Everything | BindingFlags.DeclaredOnly))
        .Select(method => (method.Name, Attribute: method.GetCustomAttribute<LoggerMessageAttribute>()))
        .Where(method => method.Attribute is not null)
        .Select(method => new LoggerMessageLine(method.Attribute!.EventId, method.Name, method.Attribute.Level))
        .Distinct()
        .ToDictionary(line => line.Id);

    [Fact]
    public async Task Every_event_that_an_alert_counts_is_logged()
    {
        var queries = (await templates.EnvironmentAsync("production"))
            .All("Microsoft.Insights/scheduledQueryRules")
            .Select(alert => (string)alert["properties"]!["criteria"]!["allOf"]![0]!["query"]!);

        var counted = queries
            .SelectMany(query => CountedIds().Matches(query))
            .SelectMany(match => match.Groups[1].Value.Split(", "))
            .Select(Id)
            .ToHashSet();

        Assert.Superset(new HashSet<int> { 2009, 3001, 5001 }, counted);
        Assert.Subset(Lines.Keys.ToHashSet(), counted);
        Assert.All(counted, id => Assert.InRange(Lines[id].Level, LogLevel.Error, LogLevel.Critical));
    }

    [Fact]
    public void Every_event_that_a_document_names_is_logged_by_that_name()
    {
        var named = Directory
            .EnumerateFiles(Path.Combine(BicepCli.Repository, "docs"), "*.md", SearchOption.AllDirectories)
            .SelectMany(file => NamedEvent().Matches(File.ReadAllText(file)))
            .Select(match => (Id: Id(match.Groups[1].Value), Name: match.Groups[2].Value))
            .ToList();

        Assert.NotEmpty(named);
        Assert.All(named, e => Assert.Equal(e.Name, Lines.GetValueOrDefault(e.Id)?.Name));
    }

    [Fact]
    public void The_table_of_events_has_their_levels_and_all_that_are_critical()
    {
        var guide = File.ReadAllText(Path.Combine(BicepCli.Repository, "docs", "deploy.md"));

        var rows = EventRow().Matches(guide).ToDictionary(row => Id(row.Groups[1].Value), row => row.Groups[2].Value);

        Assert.Superset(
            Lines.Values.Where(line => line.Level == LogLevel.Critical).Select(line => line.Id).ToHashSet(),
            rows.Keys.ToHashSet()
        );
        Assert.All(rows, row => Assert.Equal(Lines[row.Key].Level.ToString(), row.Value, ignoreCase: true));
    }

    private static int Id(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"EventId\) (?:== |in \()([\d, ]+)")]
    private static partial Regex CountedIds();

    [GeneratedRegex(@"`(\d{4}) (\w+)`")]
    private static partial Regex NamedEvent();

    [GeneratedRegex(@"^\| `(\d{4}) \w+` \| (\w+) \|", RegexOptions.Multiline)]
    private static partial Regex EventRow();

    private sealed record LoggerMessageLine(int Id, string Name, LogLevel Level);
}
