using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>
/// The same for a tick of the clock that takes in a schedule and makes its campaigns: each request is once the last one of its
/// process. Then a fresh instance's timer goes on.
/// </summary>
public sealed class ScheduleCrashPointTests
{
    private const string Schedule = """{"cron": "0 * * * *", "timeZone": "Asia/Taipei", "list": "overdue.csv", "grace": "00:30:00"}""";
    private const string Profile = """{"taskName":"{schedule} {date} {time}","agentId":41}""";
    private const string List = "calleeNumber\n12025550101\n12025550102\n12\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter), InlineData(OutageKind.LostAnswer)]
    public Task A_campaign_that_is_made_survives(OutageKind kind) => SurvivesAsync(kind);

    /// <summary>
    /// One hour a list is called, the next it is unchanged, the third it is wrong, the fourth is missed and the fifth has a new list.
    /// </summary>
    private static Task SurvivesAsync(OutageKind kind) =>
        CrashEnumeration.SurviveAsync(
            kind,
            async outage =>
            {
                await using var app = await TestApp.StartInMemoryAsync(null, outage);
                await app.PutProfileAsync("default", Profile);
                await PutAsync(app, Containers.Schedules, "hourly.json", Schedule);
                await PutAsync(app, Containers.Lists, "overdue.csv", List);
                await using var fresh = app.AnotherInstance();
                var current = app;
                await TickAsync(TimeSpan.Zero);
                var first = NextHour(app.Clock.GetUtcNow());
                await TickAtAsync(first);
                await TickAtAsync(first.AddHours(1));
                await PutAsync(app, Containers.Lists, "overdue.csv", "calleeNumber\n12\n");
                await TickAtAsync(first.AddHours(2));
                await PutAsync(app, Containers.Lists, "overdue.csv", "calleeNumber\n12025550103\n");
                await TickAtAsync(first.AddHours(4));
                for (var i = 0; i < 8; i++)
                {
                    await TickAsync(TimeSpan.FromMinutes(5)); // a task whose sending is uncertain is asked about
                }

                await AssertPromisesAsync(fresh, first);

                async Task TickAtAsync(DateTimeOffset at)
                {
                    await TickAsync(at - app.Clock.GetUtcNow());
                    for (var i = 0; i < 3; i++)
                    {
                        await TickAsync(TimeSpan.FromMinutes(5)); // the lease of who died, and then a back-off, are over
                    }
                }

                async Task TickAsync(TimeSpan time)
                {
                    try
                    {
                        await current.TickAfterAsync(time);
                    }
                    catch (DeadProcessException) when (outage.Struck) { }

                    if (outage.Struck)
                    {
                        current = fresh;
                    }
                }
            }
        );

    private static DateTimeOffset NextHour(DateTimeOffset now) =>
        new DateTimeOffset(now.UtcDateTime.Date, TimeSpan.Zero).AddHours(now.UtcDateTime.Hour + 1);

    private static async Task AssertPromisesAsync(TestApp app, DateTimeOffset first)
    {
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
        var schedule = Assert.Single((await app.Service.ListSchedulesAsync(Token)).Schedules);
        Assert.Equal(ScheduleReport.InForce, schedule.State);
        Assert.Equal(
            [(4, "made"), (3, "missed"), (2, "rejected"), (1, "listUnchanged"), (0, "made")],
            schedule.Last.Select(one => ((int)(one.At - first).TotalHours, one.State))
        );
        Assert.Equal(2, (await app.Service.ListAsync(100, null, Token)).Campaigns.Count);
        foreach (var made in schedule.Last.Where(one => one.TaskName is not null))
        {
            Assert.Equal(CampaignStates.Accepted, (await app.Service.FindAsync(made.TaskName!, Token))!.State);
        }

        Assert.Contains(
            ",12",
            await app.ResultAsync(
                schedule.Last[2].Report!["results/".Length..].Replace(".report.json", ".rejected.csv", StringComparison.Ordinal)
            ),
            StringComparison.Ordinal
        );
        Assert.Contains(",12", await app.ResultAsync($"_api/{schedule.Last[4].TaskName}.rejected.csv"), StringComparison.Ordinal);
    }

    private static Task PutAsync(TestApp app, string container, string name, string content) =>
        app.Blobs.GetBlobContainerClient(container).GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true, Token);
}
