using System.Diagnostics;
using System.Text.Json.Nodes;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>What becomes of the files in <c>samples/</c>.</summary>
public sealed class SampleTests(StorageFixture storage)
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "samples");

    [Fact]
    public async Task The_vendors_sample_request_is_sent_as_it_stands()
    {
        await using var app = await TestApp.StartAsync(storage);
        var written = await ReadAsync("campaigns/vendor-sample.json");

        await app.DropAsync("vendor-sample.json", written);

        var report = await app.ReportAsync("vendor-sample.json");
        Assert.Equal((CampaignStates.Accepted, "我要測試智能體API-16"), (report.State, report.TaskName));
        Assert.Equal(new CalleeCounts(1, 0, 0, 1, 0, 0), report.Counts);
        Assert.Empty(report.Warnings);
        var task = app.Simulator.FindTask("我要測試智能體API-16")!;
        Assert.Equal(["8613200000007"], task.Numbers);
        var expected = JsonNode.Parse(written)!.AsObject();
        expected.Remove("numberInfoList");
        var sent = JsonNode.Parse(task.Settings.GetRawText());
        Assert.True(JsonNode.DeepEquals(expected, sent), $"Expected {expected.ToJsonString()}\nbut sent {sent!.ToJsonString()}");
    }

    [Fact]
    public async Task The_reminders_are_accepted_but_for_the_bad_rows()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync("reminders", await ReadAsync("profiles/reminders.json"));

        await app.DropAsync("reminders/january.csv", await ReadAsync("campaigns/reminders/january.csv"));

        var report = await app.ReportAsync("reminders/january.csv");
        Assert.Equal(CampaignStates.Accepted, report.State);
        Assert.Equal(new CalleeCounts(Read: 310, Duplicate: 3, Rejected: 6, Accepted: 301, Waiting: 0, NotSubmitted: 0), report.Counts);
        Assert.Equal(["Branch"], report.IgnoredColumns);
        Assert.Equal((6, "results/reminders/january.csv.rejected.csv"), (report.RejectedCallees.Count, report.RejectedFile));
        var rejected = await app.ResultAsync("reminders/january.csv.rejected.csv");
        Assert.Equal(1 + 6 + 3, rejected.Split("\r\n", StringSplitOptions.RemoveEmptyEntries).Length);

        var task = Assert.Single(app.Simulator.AcceptedTasks);
        Assert.StartsWith("january ", task.Name, StringComparison.Ordinal);
        Assert.Empty(task.DuplicateNumbers);
        Assert.All(task.Numbers, number => Assert.StartsWith("447700900", number, StringComparison.Ordinal));
        var texts = task.Callees.Take(14).Select(callee => callee.Texts[1]).ToArray();
        Assert.Equal(["Anna Schmidt", "José García", "Олена Коваль", "王小明", "佐藤 花子", "김민준", "नेहा शर्मा"], texts[..7]);
        Assert.Equal("דנה כהן; \"junior\"", texts[13]);
        Assert.Equal(
            """["99999","202","204"]""",
            task.Settings.GetProperty("recallFlow").GetProperty("recallIntent").GetRawText().Replace(" ", "", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task The_file_that_stands_alone_needs_no_profile()
    {
        await using var app = await TestApp.StartAsync(storage);

        await app.DropAsync("stand-alone.csv", await ReadAsync("campaigns/stand-alone.csv"));

        var report = await app.ReportAsync("stand-alone.csv");
        Assert.Equal((CampaignStates.Accepted, "Spring offer, test group"), (report.State, report.TaskName));
        Assert.Equal(new CalleeCounts(3, 0, 0, 3, 0, 0), report.Counts);
        var task = app.Simulator.FindTask("Spring offer, test group")!;
        Assert.Equal(["12025550111", "12025550122", "12025550133"], task.Numbers);
        Assert.Equal(["Ann", "Ben", "Cem, the third"], task.Callees.Select(callee => callee.Texts[1]));
        Assert.Equal((120, 0), (task.Settings.GetProperty("maxCalls").GetInt32(), task.Settings.GetProperty("enableRecording").GetInt32()));
        Assert.Equal("10:00", task.Settings.GetProperty("allowSendTime")[0].GetProperty("strTime").GetString());
    }

    [Fact]
    public async Task The_schedule_calls_its_list_on_a_weekday_at_nine()
    {
        await using var app = await TestApp.StartInMemoryAsync(null, null, new(2027, 1, 4, 0, 0, 0, TimeSpan.Zero)); // a Monday
        await app.PutProfileAsync("reminders", await ReadAsync("profiles/reminders.json"));
        foreach (var name in (string[])["lists/overdue.csv", "schedules/weekdays-at-nine.json"])
        {
            await app
                .Blobs.GetBlobContainerClient(name.Split('/')[0])
                .GetBlobClient(name.Split('/')[1])
                .UploadAsync(BinaryData.FromString(await ReadAsync(name)), Token);
        }

        await app.TickAfterAsync(TimeSpan.FromMinutes(59));
        Assert.Empty(app.Called);
        await app.TickAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(["447700900501", "447700900502"], app.Called.Order());
        Assert.Equal("overdue 20270104", Assert.Single(app.Simulator.AcceptedTasks).Name);
    }

    [Fact]
    public async Task The_large_sample_becomes_two_tasks_that_hold_every_callee_once()
    {
        await using var app = await TestApp.StartAsync(storage);
        var start = new ProcessStartInfo("node", [Path.Combine(Samples, "make-large.mjs"), "250000"]) { RedirectStandardOutput = true };
        using (var node = Process.Start(start)!)
        {
            await app
                .Blobs.GetBlobContainerClient(Containers.Campaigns)
                .GetBlobClient("large.csv")
                .UploadAsync(node.StandardOutput.BaseStream, Token);
            await node.WaitForExitAsync(Token);
            Assert.Equal(0, node.ExitCode);
        }

        await app.SweepAsync();

        var report = await app.TickUntilSettledAsync("large.csv");
        Assert.Equal((CampaignStates.Accepted, "Large sample of 250000"), (report.State, report.TaskName));
        Assert.Equal(new CalleeCounts(250_000, 0, 0, 250_000, 0, 0), report.Counts);
        Assert.Equal(
            [("Large sample of 250000", 200_000), ("Large sample of 250000-2", 50_000)],
            report.Tasks.Select(task => (task.Name, task.Callees))
        );
        Assert.Equal([200_000, 50_000], app.Simulator.AcceptedTasks.Select(task => task.Callees.Count));
        var called = app.Called;
        Assert.Equal(250_000, called.Count);
        Assert.Equal(250_000, called.Distinct().Count());
        Assert.Equal(("99900000000", "99900249999"), (called.Min(), called.Max()));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static Task<string> ReadAsync(string name) => File.ReadAllTextAsync(Path.Combine(Samples, name), Token);
}
