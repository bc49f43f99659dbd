using System.Globalization;
using Laaffic.Campaigns.Reports;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>
/// Whatever is dropped, its report says what is wrong with it and where, nothing of a rejected file remains, and the files
/// around it are not held up.
/// </summary>
public sealed class CorpusTests(CorpusRuns runs) : IClassFixture<CorpusRuns>
{
    public static IEnumerable<TheoryDataRow<string>> EveryFile => Corpus.All.Select(Case);

    public static IEnumerable<TheoryDataRow<string>> EveryJsonFile => Corpus.All.Where(file => file.IsJson).Select(Case);

    [Theory, MemberData(nameof(EveryFile))]
    public async Task A_file_gets_its_report_and_the_next_one_is_accepted(string name)
    {
        var file = Find(name);
        var outcome = (await runs.EventsAsync())[file];

        AssertReport(file, outcome.Report);
        Assert.Equal(file.State == CampaignStates.Rejected ? 0 : 1, outcome.Creates);
        Assert.Equal(CampaignStates.Accepted, outcome.NextState);
    }

    [Theory, MemberData(nameof(EveryFile))]
    public async Task A_sweep_takes_up_a_file_and_the_good_one_after_it(string name)
    {
        var file = Find(name);
        var outcome = (await runs.SweepAsync())[file];

        AssertReport(file, outcome.Report);
        Assert.Equal(CampaignStates.Accepted, outcome.NextState);
    }

    [Theory, MemberData(nameof(EveryJsonFile))]
    public async Task A_file_is_a_bad_profile_or_a_good_one_but_never_holds_anything_up(string name)
    {
        var report = (await runs.ProfilesAsync())[Find(name)].Report;

        if (report.State == CampaignStates.Rejected)
        {
            InputTests.AssertClear(name, report);
        }
        else
        {
            Assert.Equal(CampaignStates.Accepted, report.State);
        }
    }

    [Fact]
    public async Task No_event_leaves_anything_half_planned() =>
        await InputTests.AssertNothingIsHalfPlannedAsync((await runs.EventsAsync()).App);

    [Fact]
    public async Task No_sweep_leaves_anything_half_planned() =>
        await InputTests.AssertNothingIsHalfPlannedAsync((await runs.SweepAsync()).App);

    [Fact]
    public async Task No_profile_leaves_anything_half_planned() =>
        await InputTests.AssertNothingIsHalfPlannedAsync((await runs.ProfilesAsync()).App);

    [Fact]
    public void Every_file_has_one_expectation_and_a_name_in_kebab_case()
    {
        var files = Corpus.FilesInFolder.Order(StringComparer.Ordinal).ToList();

        Assert.Equal(files, Corpus.All.Select(file => file.Name).Order(StringComparer.Ordinal));
        Assert.All(files, name => Assert.Matches(@"^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z]+)*$", name));
    }

    private static TheoryDataRow<string> Case(CorpusFile file) => new(file.Name) { Label = file.Name };

    private static CorpusFile Find(string name) => Corpus.All.Single(file => file.Name == name);

    private static void AssertReport(CorpusFile file, CampaignReport report)
    {
        var first = report.Errors is [var error, ..] ? error : null;
        var line = first?.Line?.ToString(CultureInfo.InvariantCulture) ?? "";
        Assert.Equal($"{file.State}, line {file.Line}, {file.Field}", $"{report.State}, line {line}, {first?.Field}");
        if (report.State == CampaignStates.Rejected)
        {
            InputTests.AssertClear(file.Name, report);
        }

        var message =
            first?.Message ?? string.Create(CultureInfo.InvariantCulture, $"read {report.Counts.Read}, rejected {report.Counts.Rejected}");
        Assert.StartsWith(file.Message, message, StringComparison.Ordinal);
    }
}
