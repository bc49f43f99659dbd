using System.Globalization;
using Azure.Storage.Blobs.Models;
using Azure.Storage.Blobs.Specialized;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>Campaigns that are made by the clock.</summary>
public sealed class ScheduleTests(StorageFixture storage)
{
    private const string Profile = """
        {"taskName":"{schedule} {date} {time} {file}","agentId":41,"list":{"columns":{"calleeNumber":"Mobile"}}}
        """;

    private const string Daily = """
        {"at": ["09:00"], "timeZone": "Asia/Taipei", "list": "overdue.csv", "profile": "reminders"}
        """;

    private const string List = "Mobile\n12025550101\n12025550102\n";

    private static readonly TimeZoneInfo Taipei = TimeZoneInfo.FindSystemTimeZoneById("Asia/Taipei");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_morning_the_list_of_that_morning_is_called()
    {
        await using var app = await StartAsync(Daily);
        await UploadAsync(app, "overdue.csv", List);
        var nine = await AdvanceToNineAsync(app);

        await app.TickAsync();
        await UploadAsync(app, "overdue.csv", "Mobile\n12025550103\n");
        await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Equal(["12025550101", "12025550102"], app.Called.Order());
        await app.TickAfterAsync(TimeSpan.FromDays(1) - TimeSpan.FromMinutes(1));

        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
        var schedule = await ScheduleAsync(app);
        Assert.Equal((ScheduleReport.InForce, "Asia/Taipei", "overdue.csv"), (schedule.State, schedule.TimeZone, schedule.List));
        Assert.Equal([nine.AddDays(1), nine], schedule.Last.Select(occurrence => occurrence.At));
        Assert.All(schedule.Last, occurrence => Assert.Equal("made", occurrence.State));
        Assert.Equal(Name("morning", nine, "overdue"), schedule.Last[1].TaskName);
        Assert.Equal(Enumerable.Range(2, 5).Select(day => nine.AddDays(day)), schedule.Next);
        Assert.All(schedule.Next, next => Assert.Equal(TimeSpan.FromHours(8), next.Offset));
        var report = await app.Service.FindAsync(schedule.Last[0].TaskName!, Token);
        Assert.Equal(CampaignStates.Accepted, report!.State);
    }

    [Theory]
    [InlineData("", "listMissing", "There is no lists/overdue.csv.")]
    [InlineData("empty", "listEmpty", "lists/overdue.csv is empty.")]
    [InlineData("header", "listEmpty", "There is nobody to call")]
    [InlineData("blocks", "listBeingWritten", "its upload has begun")]
    [InlineData("new blocks", "listBeingWritten", "the upload of a new version has begun")]
    [InlineData("append", "listBeingWritten", "append blob")]
    [InlineData("leased", "listBeingWritten", "lease")]
    [InlineData("wrong", "rejected", "Mobile")]
    public async Task Of_a_list_that_must_not_be_called_it_is_said_why(string list, string state, string reason)
    {
        await using var app = await StartAsync(Daily);
        await PutAsync(app, list);
        await AdvanceToNineAsync(app);

        await app.TickAsync();
        await app.TickAfterAsync(TimeSpan.FromMinutes(5));

        Assert.Empty(app.Called);
        var occurrence = Assert.Single((await ScheduleAsync(app)).Last);
        Assert.Equal(state, occurrence.State);
        Assert.Contains(reason, occurrence.Reason, StringComparison.Ordinal);
        Assert.Equal(list is "wrong" or "header", occurrence.Report is not null);
        if (occurrence.Report is { } report)
        {
            Assert.Contains(reason, await app.ResultAsync(report["results/".Length..]), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("blocks")]
    [InlineData("new blocks")]
    public async Task A_list_whose_upload_was_given_up_is_called_once_it_is_uploaded_whole(string half)
    {
        await using var app = await StartAsync(Daily);
        await PutAsync(app, half);
        await AdvanceToNineAsync(app);
        await app.TickAsync();
        await app.TickAfterAsync(TimeSpan.FromDays(1));
        Assert.Empty(app.Called);

        await UploadAsync(app, "overdue.csv", "Mobile\n12025550103\n");
        await app.TickAfterAsync(TimeSpan.FromDays(1));

        Assert.Equal(["12025550103"], app.Called);
    }

    [Fact]
    public async Task An_unchanged_list_is_not_called_again_unless_that_is_wanted()
    {
        await using var app = await StartAsync(Daily);
        await PutAsync(app, "again", Daily.Replace("\"at\"", "\"sameListAgain\": true, \"at\"", StringComparison.Ordinal));
        await UploadAsync(app, "overdue.csv", List);
        await AdvanceToNineAsync(app);
        await app.TickAsync();

        await UploadAsync(app, "overdue.csv", List); // the same once more
        await app.TickAfterAsync(TimeSpan.FromDays(1));
        await app.TickAfterAsync(TimeSpan.FromDays(1));

        var schedules = (await app.Service.ListSchedulesAsync(Token)).Schedules;
        Assert.Equal(["made", "made", "made"], schedules.Single(schedule => schedule.Name == "again").Last.Select(one => one.State));
        var last = schedules.Single(schedule => schedule.Name == "morning").Last;
        Assert.Equal(["listUnchanged", "listUnchanged", "made"], last.Select(one => one.State));
        Assert.Contains("sameListAgain", last[0].Reason, StringComparison.Ordinal);
        Assert.Equal(4 * 2, app.Called.Count);
    }

    [Fact]
    public async Task The_newest_list_of_a_folder_is_called_if_it_is_not_too_old()
    {
        await using var app = await StartAsync(
            Daily.Replace("\"list\": \"overdue.csv\"", "\"newest\": \"overdue/\", \"maxListAge\": \"1.00:00:00\"", StringComparison.Ordinal)
        );
        await UploadAsync(app, "overdue/b.csv", "Mobile\n12025550101\n");
        await UploadLaterAsync(app, "overdue/a.csv", "overdue/b.csv", "Mobile\n12025550102\n");
        await UploadAsync(app, "other/c.csv", "Mobile\n12025550103\n");
        await AdvanceToNineAsync(app);
        await app.TickAsync();

        await app.TickAfterAsync(TimeSpan.FromDays(1));

        Assert.Equal(["12025550102"], app.Called);
        var schedule = await ScheduleAsync(app);
        Assert.Equal(["listTooOld", "made"], schedule.Last.Select(one => one.State));
        Assert.Equal("lists/overdue/a.csv", schedule.Last[1].List);
    }

    [Fact]
    public async Task What_was_missed_is_made_within_the_grace_and_reported_after_it()
    {
        await using var app = await StartAsync(Daily.Replace("\"at\"", "\"grace\": \"02:00:00\", \"at\"", StringComparison.Ordinal));
        await UploadAsync(app, "overdue.csv", List);
        var nine = await AdvanceToNineAsync(app);

        await app.TickAfterAsync(TimeSpan.FromHours(2));
        await app.TickAfterAsync(new TimeSpan(3, 0, 0, 1));

        Assert.Equal(2, app.Called.Count);
        var last = (await ScheduleAsync(app)).Last;
        Assert.Equal(["missed", "missed", "missed", "made"], last.Select(one => one.State));
        Assert.Equal(nine.AddDays(1), last[2].At);
        Assert.Contains("02:00:00 (grace)", last[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_wrong_version_is_reported_by_line_and_field_and_the_last_good_one_stays_in_force()
    {
        await using var app = await StartAsync(Daily);
        await UploadAsync(app, "overdue.csv", List);
        await app.TickAsync();

        await PutAsync(app, "morning", "{\"att\": [\"09:00\"],\n \"timeZone\": \"Asia/Taipeh\",\n \"list\": \"overdue.csv\"}");
        await AdvanceToNineAsync(app);
        await app.TickAsync();

        Assert.Equal(2, app.Called.Count);
        var schedule = await ScheduleAsync(app);
        Assert.Equal(ScheduleReport.InForce, schedule.State);
        Assert.Equal([("at", null), ("att", 1L), ("timeZone", 2L)], schedule.Errors.Select(error => (error.Field!, error.Line)).Order());
        var report = await app.ResultAsync("_schedules/morning.report.json");
        Assert.Contains("stays in force", report, StringComparison.Ordinal);
        Assert.Contains("did you mean at?", report, StringComparison.Ordinal);

        await PutAsync(app, "morning", Daily);
        await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        Assert.Empty((await ScheduleAsync(app)).Errors);
        Assert.Contains("\"inForce\"", await app.ResultAsync("_schedules/morning.report.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_schedule_that_is_off_or_gone_makes_nothing()
    {
        await using var app = await StartAsync(Daily.Replace("\"at\"", "\"enabled\": false, \"at\"", StringComparison.Ordinal));
        var blob = await PutAsync(app, "gone", Daily);
        await UploadAsync(app, "overdue.csv", List);
        await app.TickAsync();
        await blob.DeleteAsync(cancellationToken: Token);
        await app.TickAsync();
        await AdvanceToNineAsync(app);

        await app.TickAsync();

        Assert.Empty(app.Called);
        var schedules = (await app.Service.ListSchedulesAsync(Token)).Schedules;
        Assert.Equal([("gone", ScheduleReport.Deleted), ("morning", ScheduleReport.Off)], schedules.Select(one => (one.Name, one.State)));
        Assert.All(schedules, schedule => Assert.Equal((0, 0), (schedule.Next.Count, schedule.Last.Count)));
        Assert.Contains("\"deleted\"", await app.ResultAsync("_schedules/gone.report.json"), StringComparison.Ordinal);
        await app.TickAfterAsync(TimeSpan.FromDays(7));
        Assert.Equal("morning", (await ScheduleAsync(app)).Name);
    }

    [Fact]
    public async Task Of_what_stays_away_it_is_tried_again_within_the_grace()
    {
        await using var app = await StartAsync(Daily, profile: """{"taskName":"{schedule} {date}","agentId":41}""");
        await UploadAsync(app, "overdue.csv", "calleeNumber\n12025550101\n");
        await AdvanceToNineAsync(app);
        app.SecretsAreAway = true;
        await app.TickAsync();
        Assert.Contains("It is tried again", (await ScheduleAsync(app)).WaitsFor, StringComparison.Ordinal);

        app.SecretsAreAway = false;
        await app.TickAfterAsync(TimeSpan.FromMinutes(2));

        Assert.Equal(["12025550101"], app.Called);
        Assert.Null((await ScheduleAsync(app)).WaitsFor);
    }

    [Fact]
    public async Task A_name_that_another_campaign_has_is_refused_with_what_to_do()
    {
        await using var app = await StartAsync(Daily, profile: """{"taskName":"Reminder","agentId":41}""");
        await UploadAsync(app, "overdue.csv", "calleeNumber\n12025550101\n");
        await AdvanceToNineAsync(app);
        await app.TickAsync();
        await UploadAsync(app, "overdue.csv", "calleeNumber\n12025550102\n");

        await app.TickAfterAsync(TimeSpan.FromDays(1));

        Assert.Equal(["12025550101"], app.Called);
        var last = (await ScheduleAsync(app)).Last[0];
        Assert.Equal("rejected", last.State);
        Assert.Contains("{schedule} {date} {time}", last.Reason, StringComparison.Ordinal);
    }

    private static string Name(string schedule, DateTimeOffset at, string file) =>
        string.Create(CultureInfo.InvariantCulture, $"{schedule} {at:yyyyMMdd} {at:HHmmss} {file}");

    private static async Task<ScheduleReport> ScheduleAsync(TestApp app) =>
        Assert.Single((await app.Service.ListSchedulesAsync(Token)).Schedules);

    /// <summary>The next nine o'clock in Taipei, a day ahead, so that whatever was uploaded was there before.</summary>
    private static async Task<DateTimeOffset> AdvanceToNineAsync(TestApp app)
    {
        await app.TickAsync();
        var local = TimeZoneInfo.ConvertTime(app.Clock.GetUtcNow(), Taipei);
        var nine = new DateTimeOffset(local.Date.AddHours(9), local.Offset);
        if (nine <= local)
        {
            nine = nine.AddDays(1);
        }

        app.Clock.Advance(nine - app.Clock.GetUtcNow());
        return nine;
    }

    private static async Task PutAsync(TestApp app, string kind)
    {
        var container = app.Blobs.GetBlobContainerClient(Containers.Lists);
        var blob = container.GetBlockBlobClient("overdue.csv");
        switch (kind)
        {
            case "":
                break;
            case "append":
                await container.GetAppendBlobClient("overdue.csv").CreateAsync(cancellationToken: Token);
                break;
            case "leased":
                await UploadAsync(app, "overdue.csv", List);
                await blob.GetBlobLeaseClient().AcquireAsync(TimeSpan.FromSeconds(-1), cancellationToken: Token);
                break;
            case "blocks" or "new blocks":
                if (kind == "new blocks")
                {
                    await UploadAsync(app, "overdue.csv", List);
                }

                await blob.StageBlockAsync("AAAA", new MemoryStream([1, 2, 3]), new BlockBlobStageBlockOptions(), Token);
                break;
            default:
                await UploadAsync(
                    app,
                    "overdue.csv",
                    kind switch
                    {
                        "empty" => "",
                        "header" => "Mobile\n",
                        _ => "Name\nAnn\n",
                    }
                );
                break;
        }
    }

    private static async Task<Azure.Storage.Blobs.BlobClient> PutAsync(TestApp app, string name, string schedule)
    {
        var blob = app.Blobs.GetBlobContainerClient(Containers.Schedules).GetBlobClient(name + ".json");
        await blob.UploadAsync(BinaryData.FromString(schedule), overwrite: true, Token);
        return blob;
    }

    private static Task UploadAsync(TestApp app, string path, string content) =>
        app
            .Blobs.GetBlobContainerClient(Containers.Lists)
            .GetBlobClient(path)
            .UploadAsync(BinaryData.FromString(content), overwrite: true, Token);

    /// <summary>Storage keeps times in whole seconds: uploaded again until it is later.</summary>
    private static async Task UploadLaterAsync(TestApp app, string path, string than, string content)
    {
        var container = app.Blobs.GetBlobContainerClient(Containers.Lists);
        var before = (await container.GetBlobClient(than).GetPropertiesAsync(cancellationToken: Token)).Value.LastModified;
        do
        {
            await UploadAsync(app, path, content);
        } while ((await container.GetBlobClient(path).GetPropertiesAsync(cancellationToken: Token)).Value.LastModified <= before);
    }

    private async Task<TestApp> StartAsync(string schedule, string profile = Profile)
    {
        var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync("reminders", profile);
        await PutAsync(app, "morning", schedule);
        return app;
    }
}
