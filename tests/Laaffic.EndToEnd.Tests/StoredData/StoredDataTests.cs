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
    private static readonly string[] Numbers = [.. Enumerable.Range(1, 19).Select(i => $"120255501{i:00}")];

    /// <summary>In a campaign that was rejected as a whole, or in a task that Laaffic rejected.</summary>
    private static readonly string[] NotCalled = ["12025550107", "12025550106"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> Snapshots =>
        [.. Directory.EnumerateFiles(Folder, "*.json").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    private static string Folder => Path.Combine(Documents.Repository, "tests/Laaffic.EndToEnd.Tests/StoredData");

    [Theory]
    [MemberData(nameof(Snapshots))]
    public async Task Every_campaign_that_an_earlier_release_stored_is_finished_and_nobody_is_called_twice(string file)
    {
        var snapshot = Snapshot.Read(Path.Combine(Folder, file));
        var account = storage.NewAccount();
        await snapshot.RestoreAsync(account, Token);
        await using var app = await TestApp.StartAsync(account, new() { MaxCalleesPerTask = 2 }, null);
        app.Clock.AdjustTime(snapshot.At);
        foreach (var request in snapshot.Accepted)
        {
            var body = Encoding.UTF8.GetBytes(request);
            var reply = await app.Part<LaafficClient>()
                .CreateTaskAsync(new TaskBody(body.Length, _ => Task.FromResult<Stream>(new MemoryStream(body))), Token);
            Assert.Equal(Verdict.Accepted, reply.Verdict);
        }

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
