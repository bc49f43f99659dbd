using System.Text;
using Laaffic.Api;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests.StoredData;

/// <summary>
/// The code goes on with what earlier releases have stored, in every state; <see cref="SnapshotWriter"/> makes the states.
/// </summary>
public sealed class StoredDataTests(StorageFixture storage)
{
    private const string Schedules = "-schedules.json";

    private static readonly string[] Numbers = [.. Enumerable.Range(1, 19).Select(i => $"120255501{i:00}")];

    /// <summary>In a campaign that was rejected as a whole, or in a task that Laaffic rejected.</summary>
    private static readonly string[] NotCalled = ["12025550107", "12025550106"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Snapshots => [.. Files.Where(file => !file.EndsWith(Schedules, StringComparison.Ordinal))];

    public static TheoryData<string> SnapshotsOfSchedules => [.. Files.Where(file => file.EndsWith(Schedules, StringComparison.Ordinal))];

    private static IEnumerable<string> Files =>
        Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    private static string Folder => Path.Combine(Documents.Repository, "tests/Laaffic.EndToEnd.Tests/StoredData");

    [Theory]
    [MemberData(nameof(Snapshots))]
    public async Task Every_campaign_that_an_earlier_release_stored_is_finished_and_nobody_is_called_twice(string file)
    {
        await using var app = await RestoreAsync(file);
        foreach (
            var (path, state) in new[]
            {
                ("done.csv", "accepted"),
                ("folder/done-again.csv", "duplicate"),
                ("partly.csv", CampaignStates.Partial),
                ("rejected.json", "rejected"),
                ("reading.csv", "accepted"),
                ("committed.csv", "accepted"),
                ("sent.csv", "accepted"),
                ("uncertain.csv", "accepted"),
                ("lost.csv", "accepted"),
                ("first.csv", "accepted"),
                ("second.csv", "accepted"),
                ("later.csv", "accepted"),
            }
        )
        {
            await UntilAsync(app, path, state);
        }

        var called = app.Called.Order(StringComparer.Ordinal).ToList();
        Assert.Equal(Numbers.Except(NotCalled), called);
        Assert.Contains("12025550106", await app.ResultAsync("partly.csv.not-submitted.csv"), StringComparison.Ordinal);
        Assert.Contains("no number", await app.ResultAsync("done.csv.rejected.csv"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SnapshotsOfSchedules))]
    public async Task A_schedule_that_an_earlier_release_stored_goes_on_where_it_was(string file)
    {
        await using var app = await RestoreAsync(file);

        for (var minutes = 0; minutes < 90; minutes += 5)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(5));
        }

        Assert.Equal(["12025550101", "12025550102", "12025550103", "12025550104"], app.Called.Order(StringComparer.Ordinal));
        var schedule = Assert.Single((await app.Service.ListSchedulesAsync(Token)).Schedules);
        Assert.Equal(["listUnchanged", "made", "listUnchanged", "made"], schedule.Last.Select(one => one.State));

        // Whoever is dropped with the rejected row of the first campaign again was called already.
        var rejected = await app.ResultAsync($"_api/{schedule.Last[3].TaskName}.rejected.csv");
        await app.DropAsync("again.csv", rejected.Replace(",1202\r\n", ",12025550103\r\n", StringComparison.Ordinal));
        Assert.Equal(4, app.Called.Count);
    }

    private async Task<TestApp> RestoreAsync(string file)
    {
        var snapshot = Snapshot.Read(Path.Combine(Folder, file));
        var account = storage.NewAccount();
        await snapshot.RestoreAsync(account, Token);
        var app = await TestApp.StartAsync(account, new() { MaxCalleesPerTask = 2 }, null);
        app.Clock.AdjustTime(snapshot.At);
        foreach (var request in snapshot.Accepted)
        {
            var body = Encoding.UTF8.GetBytes(request);
            var reply = await app.Part<LaafficClient>()
                .CreateTaskAsync(new TaskBody(body.Length, _ => Task.FromResult<Stream>(new MemoryStream(body))), Token);
            Assert.Equal(Verdict.Accepted, reply.Verdict);
        }

        return app;
    }

    private static async Task UntilAsync(TestApp app, string path, string state)
    {
        CampaignReport? report = null;
        for (var minutes = 0; minutes < 12 * 60; minutes += 5)
        {
            report = await app.FindReportAsync(path);
            if (report?.State == state)
            {
                return;
            }

            await app.TickAfterAsync(TimeSpan.FromMinutes(5));
        }

        Assert.Fail($"{path} is {report?.State ?? "without a report"} rather than {state}: {report?.NeedsAction}");
    }
}
