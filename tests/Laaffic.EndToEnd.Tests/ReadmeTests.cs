using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Functions;
using Laaffic.Functions.Settings;
using Laaffic.Testing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;

namespace Laaffic.EndToEnd.Tests;

/// <summary>
/// README.md is true. A comment before a fenced block says what it is: <c>sample: CONTAINER/PATH</c> is a file to drop,
/// <c>report: NAME</c> what then lies in the container results; <c>settings</c> stands before the table of the settings.
/// </summary>
public sealed partial class ReadmeTests(StorageFixture storage)
{
    // The samples of the README have dates: it is the day before them.
    private static readonly DateTimeOffset Today = new(2027, 5, 2, 20, 0, 0, TimeSpan.Zero);

    private static readonly string Readme = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "README.md")).ReplaceLineEndings("\n");

    public static TheoryData<string> CampaignSamples =>
        [.. Blocks("sample").Keys.Where(n => n.StartsWith("campaigns/", StringComparison.Ordinal))];

    [Fact]
    public void Every_format_has_a_sample() =>
        Assert.Equal(
            [
                "campaigns/my.csv",
                "campaigns/reminder.json",
                "campaigns/reminders/may.csv",
                "campaigns/spring.csv",
                "profiles/reminders.json",
            ],
            Blocks("sample").Keys.Order(StringComparer.Ordinal)
        );

    [Theory]
    [MemberData(nameof(CampaignSamples))]
    public async Task A_sample_is_accepted(string name)
    {
        await using var app = await TestApp.StartAsync(storage);
        app.Clock.AdjustTime(Today);
        var samples = Blocks("sample");
        foreach (var (profile, content) in samples.Where(s => s.Key.StartsWith("profiles/", StringComparison.Ordinal)))
        {
            await app.PutProfileAsync(Path.GetFileNameWithoutExtension(profile), content);
        }

        var path = name["campaigns/".Length..];
        await app.DropAsync(path, samples[name]);

        var report = await app.ReportAsync(path);
        Assert.Empty(report.Errors);
        if (report.State == CampaignStates.Waiting)
        {
            Assert.Contains("submitAt", samples[name], StringComparison.Ordinal);
            await app.TickAfterAsync(Assert.Single(report.Tasks).NextAttempt!.Value - app.Clock.GetUtcNow());
            report = await app.ReportAsync(path);
        }

        Assert.Equal(CampaignStates.Accepted, report.State);
        Assert.Equal(2, report.Counts.Accepted);
        Assert.Equal(2, app.Called.Count);
    }

    [Fact]
    public async Task The_report_is_what_the_sample_gives()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("my.csv", Blocks("sample")["campaigns/my.csv"]);
        var reports = Blocks("report");

        Assert.Equal(
            reports["my.csv.rejected.csv"],
            (await app.ResultAsync("my.csv.rejected.csv")).TrimStart('\uFEFF').ReplaceLineEndings("\n")
        );
        Assert.Equal(
            Changing().Replace(reports["my.csv.report.json"], "…").TrimEnd(),
            Changing().Replace(await app.ResultAsync("my.csv.report.json"), "…").ReplaceLineEndings("\n")
        );
    }

    [Fact]
    public void The_settings_are_those_that_the_app_reads()
    {
        var recorder = new Recorder(new ConfigurationBuilder().AddInMemoryCollection(Required).Build());
        new ServiceCollection().AddLaafficFunctions(recorder);
        var schedule = typeof(RetryDeferred)
            .GetMethod(nameof(RetryDeferred.Run))!
            .GetParameters()
            .Select(p => p.GetCustomAttribute<TimerTriggerAttribute>())
            .OfType<TimerTriggerAttribute>()
            .Single()
            .Schedule.Trim('%');

        var read = recorder
            .Keys.Concat(CredentialStore.Names)
            .Append(schedule)
            .Select(key => key.Replace(":", "__", StringComparison.Ordinal))
            .ToHashSet(StringComparer.Ordinal);
        Assert.Equal(read.Order(StringComparer.Ordinal), Settings().Keys.Order(StringComparer.Ordinal));
        Assert.Equal(
            SampleSettings().Keys.Append("KeyVault__Uri").Except(["FUNCTIONS_WORKER_RUNTIME"]).Order(StringComparer.Ordinal),
            Settings().Keys.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void The_defaults_of_the_settings_are_the_apps_and_the_sample_files()
    {
        var defaults = Settings().Where(s => s.Value is not ("–" or "none")).ToDictionary(s => s.Key, s => (string?)s.Value);
        Assert.Equal(defaults, SampleSettings().Where(s => defaults.ContainsKey(s.Key)).ToDictionary(s => s.Key, s => (string?)s.Value));

        var spelled = Read([
            .. Required,
            .. defaults.Select(s => KeyValuePair.Create(s.Key.Replace("__", ":", StringComparison.Ordinal), s.Value)),
        ]);
        var unset = Read(Required);
        Assert.Equal(unset.Campaigns.TimeZone.BaseUtcOffset, spelled.Campaigns.TimeZone.BaseUtcOffset);
        Assert.Equal(unset, spelled with { Campaigns = spelled.Campaigns with { TimeZone = unset.Campaigns.TimeZone } });

        static LaafficSettings Read(IEnumerable<KeyValuePair<string, string?>> values) =>
            LaafficSettings.Read(new ConfigurationBuilder().AddInMemoryCollection(values).Build());
    }

    [Fact]
    public void Every_link_within_the_text_leads_to_a_heading()
    {
        var headings = Heading()
            .Matches(Readme)
            .Select(m => NoAnchor().Replace(m.Groups["text"].Value.ToUpperInvariant(), "").Replace(' ', '-'))
            .ToHashSet();
        var anchors = Anchor().Matches(Readme).Select(m => m.Groups["name"].Value.ToUpperInvariant()).ToList();

        Assert.NotEmpty(anchors);
        Assert.All(anchors, anchor => Assert.Contains(anchor, headings));
    }

    private static Dictionary<string, string?> Required =>
        new()
        {
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            ["Laaffic:AppId"] = "app",
            ["Laaffic:ApiKey"] = "key",
            ["Laaffic:ApiSecret"] = "secret",
        };

    private static Dictionary<string, string> Blocks(string kind) =>
        Block()
            .Matches(Readme)
            .Where(m => m.Groups["kind"].Value == kind)
            .ToDictionary(m => m.Groups["name"].Value, m => m.Groups["content"].Value);

    /// <summary>The rows of the settings table: name and default.</summary>
    private static Dictionary<string, string> Settings()
    {
        var table = Readme[Readme.IndexOf("<!-- settings -->", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("\n\n", StringComparison.Ordinal)];
        return SettingRow().Matches(table).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["default"].Value.Trim('`'));
    }

    private static Dictionary<string, string> SampleSettings()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "local.settings.sample.json")));
        return sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);
    }

    [GeneratedRegex(
        @"^<!-- (?<kind>sample|report): (?<name>\S+) -->\n```\w+\n(?<content>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline
    )]
    private static partial Regex Block();

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<default>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex SettingRow();

    // What differs from run to run.
    [GeneratedRegex("""(?<="(committedAt|deadline|keyId)": )[^,]+""")]
    private static partial Regex Changing();

    [GeneratedRegex("^#+ (?<text>.+)$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex NoAnchor();

    [GeneratedRegex(@"\]\(#(?<name>[^)]+)\)")]
    private static partial Regex Anchor();

    /// <summary>Remembers which settings are read.</summary>
    private sealed class Recorder(IConfiguration configuration) : IConfiguration
    {
        public List<string> Keys { get; } = [];

        public string? this[string key]
        {
            get
            {
                Keys.Add(key);
                return configuration[key];
            }
            set => configuration[key] = value;
        }

        public IConfigurationSection GetSection(string key)
        {
            Keys.Add(key);
            return configuration.GetSection(key);
        }

        public IEnumerable<IConfigurationSection> GetChildren() => configuration.GetChildren();

        public IChangeToken GetReloadToken() => configuration.GetReloadToken();
    }
}
