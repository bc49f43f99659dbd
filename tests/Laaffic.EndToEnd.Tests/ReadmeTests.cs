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
/// README.md and the pages in docs are true. A comment before a fenced block says what it is: <c>sample: CONTAINER/PATH</c> is
/// a file to drop, <c>report: NAME</c> what then lies in the container results; <c>settings</c> stands before the table of the
/// settings.
/// </summary>
public sealed partial class ReadmeTests(StorageFixture storage)
{
    private const string Readme = "README.md";
    private const string ReportsPage = "docs/reports.md";
    private const string SettingsPage = "docs/settings.md";

    // The samples have dates: it is the day before them.
    private static readonly DateTimeOffset Today = new(2027, 5, 2, 20, 0, 0, TimeSpan.Zero);

    private static IEnumerable<(string Document, string Name)> Samples =>
        Documents.All.SelectMany(d => Documents.Blocks(d, "sample").Keys.Order(StringComparer.Ordinal).Select(n => (d, n)));

    public static TheoryData<string, string> CampaignSamples =>
        [.. Samples.Where(s => s.Name.StartsWith("campaigns/", StringComparison.Ordinal))];

    public static TheoryData<string> Pages => [.. Documents.All];

    [Fact]
    public void Every_format_has_a_sample() =>
        Assert.Equal(
            [
                (Readme, "campaigns/my.csv"),
                ("docs/file-formats.md", "campaigns/reminder.json"),
                ("docs/file-formats.md", "campaigns/reminders/may.csv"),
                ("docs/file-formats.md", "campaigns/spring.csv"),
                ("docs/file-formats.md", "profiles/reminders.json"),
                ("docs/lists.md", "campaigns/customers/overdue.csv"),
                ("docs/lists.md", "profiles/customers.json"),
                (ReportsPage, "campaigns/my.csv"),
            ],
            Samples
        );

    [Theory]
    [MemberData(nameof(CampaignSamples))]
    public async Task A_sample_is_accepted(string document, string name)
    {
        await using var app = await TestApp.StartAsync(storage);
        app.Clock.AdjustTime(Today);
        var samples = Documents.Blocks(document, "sample");
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
        await app.DropAsync("my.csv", Documents.Blocks(ReportsPage, "sample")["campaigns/my.csv"]);
        var reports = Documents.Blocks(ReportsPage, "report");

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
    public async Task The_tour_goes_as_it_says()
    {
        await using var app = await TestApp.StartAsync(storage);
        var readme = Documents.Read(Readme);
        var sample = Documents.Blocks(Readme, "sample")["campaigns/my.csv"];

        await app.DropAsync("my.csv", sample);
        using (var report = JsonDocument.Parse(await app.ResultAsync("my.csv.report.json")))
        {
            AssertSays($"\"state\": {report.RootElement.GetProperty("state").GetRawText()}");
            AssertSays($"\"counts\": {OnOneLine(report.RootElement.GetProperty("counts"))}");
            AssertSays(
                $"\"rejectedCallees\": [ {OnOneLine(Assert.Single(report.RootElement.GetProperty("rejectedCallees").EnumerateArray()))} ]"
            );
        }

        await app.DropAsync(
            "my.csv",
            sample.Replace("agentId", "agent", StringComparison.Ordinal).Replace("May reminder", "June reminder", StringComparison.Ordinal)
        );
        using (var report = JsonDocument.Parse(await app.ResultAsync("my.csv.report.json")))
        {
            Assert.Equal("rejected", report.RootElement.GetProperty("state").GetString());
            AssertSays(OnOneLine(report.RootElement.GetProperty("errors")[0]));
        }

        void AssertSays(string text) => Assert.Contains($"  {text}", readme, StringComparison.Ordinal);

        static string OnOneLine(JsonElement element) =>
            $"{{ {string.Join(", ", element.EnumerateObject().Select(p => $"\"{p.Name}\": {Regex.Unescape(p.Value.GetRawText())}"))} }}";
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
            SampleSettings()
                .Keys.Append("KeyVault__Uri")
                .Except(["FUNCTIONS_WORKER_RUNTIME", "FUNCTIONS_REQUEST_BODY_SIZE_LIMIT"])
                .Order(StringComparer.Ordinal),
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
    public void The_README_is_short_and_begins_with_the_two_commands()
    {
        var lines = Documents.Read(Readme).TrimEnd('\n').Split('\n');

        Assert.InRange(lines.Length, 1, 150);
        Assert.Contains(lines[..10], l => l.Contains("dotnet run --project src/Laaffic.LocalHost -- samples", StringComparison.Ordinal));
        Assert.Contains(lines[..10], l => l.Contains("`dotnet test`", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Pages))]
    public void Every_link_leads_somewhere(string document)
    {
        var folder = Path.GetDirectoryName(document)!;
        Assert.All(
            Documents.Links(document).Where(l => !l.Contains("://", StringComparison.Ordinal)),
            link =>
            {
                var (path, anchor) = link.Split('#', 2) is [var file, var heading] ? (file, heading) : (link, null);
                var target =
                    path == ""
                        ? document
                        : Path.GetRelativePath(Documents.Repository, Path.Combine(Documents.Repository, folder, path)).Replace('\\', '/');
                Assert.True(Path.Exists(Path.Combine(Documents.Repository, target)), $"{document}: {link} does not exist");
                Assert.True(anchor is null || Documents.Anchors(target).Contains(anchor), $"{document}: {link} has no such heading");
            }
        );
    }

    private static Dictionary<string, string?> Required =>
        new()
        {
            ["AzureWebJobsStorage"] = "UseDevelopmentStorage=true",
            ["Laaffic:AppId"] = "app",
            ["Laaffic:ApiKey"] = "key",
            ["Laaffic:ApiSecret"] = "secret",
            ["RetryDeferredSchedule"] = "0 * * * * *",
        };

    /// <summary>The rows of the settings table: name and default.</summary>
    private static Dictionary<string, string> Settings()
    {
        var page = Documents.Read(SettingsPage);
        var table = page[page.IndexOf("<!-- settings -->", StringComparison.Ordinal)..];
        table = table[..table.IndexOf("\n\n", StringComparison.Ordinal)];
        return SettingRow().Matches(table).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["default"].Value.Trim('`'));
    }

    private static Dictionary<string, string> SampleSettings()
    {
        using var sample = JsonDocument.Parse(File.ReadAllText(Path.Combine(Documents.Repository, "local.settings.sample.json")));
        return sample.RootElement.GetProperty("Values").EnumerateObject().ToDictionary(p => p.Name, p => p.Value.GetString()!);
    }

    [GeneratedRegex(@"^\| `(?<name>\w+)` \| (?<default>[^|]+?) \|", RegexOptions.Multiline)]
    private static partial Regex SettingRow();

    // What differs from run to run.
    [GeneratedRegex("""(?<="(committedAt|deadline|keyId)": )[^,]+""")]
    private static partial Regex Changing();

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
