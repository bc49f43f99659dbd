using Laaffic.Campaigns;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

public sealed class DroppedFileTests(StorageFixture storage)
{
    private const string Csv = """
        # agentId: 41
        calleeNumber;text1;Remark
        +1 202 555 0101;Ann;x
        12025550102;Ben;x
        1-202-555-0101;Ann again;x
        12;Too short;x
        =SUM(A1:A9);Formula;x
        """;

    [Fact]
    public async Task After_the_ledger_was_set_back_nobody_is_told_to_submit_again_what_only_the_reports_know_of()
    {
        await using var app = await TestApp.StartAsync(storage);
        var content = TestApp.ThreeCallees.Replace(
            "\"agentId\":41",
            $"\"agentId\":41,\"delivery\":{{\"expireAt\":\"{app.Clock.GetUtcNow().AddMinutes(30):yyyy-MM-dd'T'HH:mm:ssK}\"}}",
            StringComparison.Ordinal
        );
        await app.DropAsync("list.json", content);
        await app.DropAsync("copy.json", content);
        Assert.Equal(CampaignStates.Duplicate, (await app.ReportAsync("copy.json")).State);

        var ledger = new Azure.Data.Tables.TableClient(app.Account, "ledger");
        await foreach (
            var row in ledger.QueryAsync<Azure.Data.Tables.TableEntity>(cancellationToken: TestContext.Current.CancellationToken)
        )
        {
            await ledger.DeleteEntityAsync(row, cancellationToken: TestContext.Current.CancellationToken);
        }

        app.Clock.Advance(TimeSpan.FromHours(1));
        await using var after = app.AnotherInstance();
        foreach (var path in new[] { "copy.json", "list.json" })
        {
            for (var times = 0; times < 2; times++)
            {
                await after.DropAsync(path, content);
                var report = await app.ReportAsync(path);
                Assert.Equal(CampaignStates.Rejected, report.State);
                Assert.Contains("before you have looked", report.NeedsAction, StringComparison.Ordinal);
            }
        }

        Assert.Equal(3, app.Called.Count);
    }

    [Fact]
    public async Task A_csv_is_submitted_and_everything_odd_about_it_reported()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync("dunning", """{"taskName":"{file} of {date}","scriptId":"7","displayNum":100811}""");
        await app.DropAsync("dunning/may.csv", Csv.Replace("# agentId: 41\n", "", StringComparison.Ordinal));

        var report = await app.ReportAsync("dunning/may.csv");
        Assert.Equal((CampaignStates.Accepted, "campaigns/dunning/may.csv"), (report.State, report.Source));
        Assert.Equal($"may of {app.Clock.GetUtcNow():yyyyMMdd}", report.TaskName);
        Assert.Equal(new CalleeCounts(5, 1, 2, 2, 0, 0), report.Counts);
        Assert.Equal(["Remark"], report.IgnoredColumns);
        Assert.Equal(["12025550101", "12025550102"], app.Called);
        var task = app.Simulator.FindTask(report.TaskName!)!;
        Assert.Equal(
            ("Ann", 7, "100811"),
            (
                task.Callees[0].Texts[1],
                task.Settings.GetProperty("scriptId").GetInt32(),
                task.Settings.GetProperty("displayNum").GetString()
            )
        );

        Assert.Equal("results/dunning/may.csv.rejected.csv", report.RejectedFile);
        var rejected = (await app.ResultAsync("dunning/may.csv.rejected.csv")).TrimStart('\uFEFF').Split("\r\n");
        Assert.Equal("line,reason,calleeNumber,text1,Remark", rejected[0]);
        Assert.Matches("^4,\"the same number stands further up.*\",1-202-555-0101,Ann again,x$", rejected[1]);
        Assert.Matches("^5,.*,12,Too short,x$", rejected[2]);
        Assert.Matches("^6,.*,'=SUM\\(A1:A9\\),Formula,x$", rejected[3]);
    }

    [Fact]
    public async Task A_folder_that_can_be_no_profile_is_told()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("spring//may.csv", "# taskName: May\n" + Csv);

        var report = await app.ReportAsync("spring//may.csv");

        Assert.Equal(CampaignStates.Rejected, report.State);
        var error = Assert.Single(report.Errors);
        Assert.Equal("profile", error.Field);
        Assert.StartsWith(
            "\"spring/\" cannot be a profile's name: it has a slash at its beginning or end, or two in a row.",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(app.Called);
    }

    [Fact]
    public async Task The_same_event_twice_does_nothing()
    {
        await using var app = await TestApp.StartAsync(storage);
        var file = await app.UploadAsync("a.json", TestApp.ThreeCallees);
        await app.AnnounceAsync(file);
        var first = await app.ResultAsync("a.json.report.json");
        await app.AnnounceAsync(file);

        Assert.Equal(1, app.Simulator.CreateCallsReceived);
        Assert.Equal(first, await app.ResultAsync("a.json.report.json"));
    }

    [Fact]
    public async Task The_same_bytes_uploaded_again_under_the_same_name_do_nothing()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.PutProfileAsync("default", """{"taskName":"{file} {date} {time}","agentId":41}""");
        await app.DropAsync("may.csv", Csv);
        app.Clock.Advance(TimeSpan.FromDays(31)); // the name would be another one by now
        await app.DropAsync("may.csv", Csv);
        await app.TickAfterAsync(TimeSpan.FromMinutes(1));

        Assert.Single(app.Simulator.AcceptedTasks);
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("may.csv")).State);
    }

    [Fact]
    public async Task A_file_overwritten_with_other_content_is_another_campaign_and_both_keep_their_reports()
    {
        await using var app = await TestApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Answer(-37));
        await app.DropAsync("a.json", TestApp.ThreeCallees);
        Assert.Equal(CampaignStates.Waiting, (await app.ReportAsync("a.json")).State);
        await app.DropAsync("a.json", """{"taskName":"Second","agentId":41,"numberInfoList":[{"calleeNumber":"12025550199"}]}""");

        var second = await app.ReportAsync("a.json");
        Assert.Equal(("Second", 2), (second.TaskName, second.PlaceInQueue));
        await app.TickAfterAsync(TimeSpan.FromMinutes(2));
        Assert.Equal("Second", (await app.ReportAsync("a.json")).TaskName);
        var superseded = Assert.Single(await app.ResultNamesAsync("a.json."), n => n != "a.json.report.json");
        Assert.Contains("\"taskName\": \"Reminder\"", await app.ResultAsync(superseded), StringComparison.Ordinal);
        Assert.Contains("\"state\": \"accepted\"", await app.ResultAsync(superseded), StringComparison.Ordinal);
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("a.json")).State);
        Assert.Equal(["12025550101", "12025550102", "12025550103", "12025550199"], app.Called); // first come, first served
    }

    [Fact]
    public async Task A_file_overwritten_with_other_content_under_the_same_task_name_is_rejected()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("a.json", TestApp.ThreeCallees);
        await app.DropAsync("a.json", TestApp.ThreeCallees.Replace("0103", "0104", StringComparison.Ordinal));

        var report = await app.ReportAsync("a.json");
        Assert.Equal(CampaignStates.Rejected, report.State);
        var error = Assert.Single(report.Errors);
        Assert.Equal("taskName", error.Field);
        Assert.Contains(
            "'Reminder' is already the name of another campaign, from campaigns/a.json",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
        Assert.Equal(CampaignStates.Accepted, (await app.Service.FindAsync("Reminder", TestContext.Current.CancellationToken))!.State);
    }

    [Fact]
    public async Task The_same_content_under_another_name_is_a_duplicate()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("a.json", TestApp.ThreeCallees);
        await app.DropAsync("b.json", TestApp.ThreeCallees);

        var report = await app.ReportAsync("b.json");
        Assert.Equal(CampaignStates.Duplicate, report.State);
        Assert.Contains("campaigns/a.json", Assert.Single(report.Warnings), StringComparison.Ordinal);
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_task_name_that_a_longer_campaign_uses_for_a_later_task_is_taken()
    {
        await using var app = await TestApp.StartAsync(storage, new CampaignOptions { MaxCalleesPerTask = 2 });
        await app.DropAsync("a.json", TestApp.ThreeCallees);
        Assert.Equal(["Reminder", "Reminder-2"], app.Simulator.AcceptedTasks.Select(t => t.Name));
        await app.DropAsync("b.json", """{"taskName":"Reminder-2","agentId":41,"numberInfoList":[{"calleeNumber":"12025550199"}]}""");
        await app.DropAsync("c.json", """{"taskName":"Other-2","agentId":41,"numberInfoList":[{"calleeNumber":"12025550198"}]}""");
        await app.DropAsync("d.json", TestApp.ThreeCallees.Replace("Reminder", "Other", StringComparison.Ordinal));

        Assert.Contains(
            "task 2 of the campaign 'Reminder'",
            Assert.Single((await app.ReportAsync("b.json")).Errors).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("c.json")).State);
        Assert.Contains(
            "'Other-2' is already the name",
            Assert.Single((await app.ReportAsync("d.json")).Errors).Message,
            StringComparison.Ordinal
        );
        Assert.Equal(3, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_file_of_another_kind_is_rejected_with_what_to_do()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("list.pdf", "%PDF-1.7");

        var report = await app.ReportAsync("list.pdf");
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.StartsWith(
            "The ending .pdf is none that can be read: a list ends in .csv, .tsv",
            report.Errors[0].Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_rejected_file_is_read_again_when_it_is_uploaded_again()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("may.csv", "calleeNumber\n12025550101\n");
        Assert.Contains(
            (await app.ReportAsync("may.csv")).Errors,
            e => e.Message.Contains("profiles/default.json", StringComparison.Ordinal)
        );

        await app.PutProfileAsync("default", """{"taskName":"{file}","agentId":41}""");
        await app.DropAsync("may.csv", "calleeNumber\n12025550101\n");
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("may.csv")).State);
    }

    [Fact]
    public async Task The_sweep_finds_files_that_no_event_announced()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.UploadAsync("a.json", TestApp.ThreeCallees);
        await app.UploadAsync("bad.txt", "?");
        await app.TickAsync();
        Assert.Null(await app.FindReportAsync("a.json")); // it may still be growing
        await app.SweepAsync();

        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("a.json")).State);
        Assert.Equal(CampaignStates.Rejected, (await app.ReportAsync("bad.txt")).State);
        await app.TickAfterAsync(TimeSpan.FromDays(1));
        await app.UploadAsync("b.json", TestApp.ThreeCallees.Replace("Reminder", "Later", StringComparison.Ordinal));
        await app.TickAsync();
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("b.json")).State);
        Assert.Equal(2, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_campaign_starts_no_sooner_than_submitAt()
    {
        await using var app = await TestApp.StartAsync(storage);
        await app.DropAsync("a.json", WithDelivery(app, "submitAt", TimeSpan.FromHours(6)));

        var report = await app.ReportAsync("a.json");
        Assert.Equal((CampaignStates.Waiting, "waiting"), (report.State, report.Tasks[0].State));
        await app.TickAfterAsync(TimeSpan.FromHours(5.9));
        Assert.Equal(0, app.Simulator.CreateCallsReceived);
        await app.TickAfterAsync(TimeSpan.FromHours(0.2));
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("a.json")).State);
    }

    [Fact]
    public async Task A_task_that_is_not_accepted_by_expireAt_expires()
    {
        await using var app = await TestApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Answer(-37) with { Times = null });
        await app.DropAsync("a.json", WithDelivery(app, "expireAt", TimeSpan.FromMinutes(10)));
        app.Simulator.Faults.Clear();
        await app.TickAfterAsync(TimeSpan.FromMinutes(10));

        var report = await app.ReportAsync("a.json");
        Assert.Equal((CampaignStates.Expired, "expired"), (report.State, report.Tasks[0].State));
        Assert.Equal(1, app.Simulator.CreateCallsReceived);
        Assert.Empty(app.Called);
    }

    [Fact]
    public async Task A_sendTime_that_passes_while_the_task_waits_makes_it_expire()
    {
        await using var app = await TestApp.StartAsync(storage);
        app.Simulator.Faults.Add(Fault.Answer(-37) with { Times = null });
        var sendTime = app.Clock.GetUtcNow().AddHours(1).ToString("yyyy-MM-dd HH:mm:ss", null);
        await app.DropAsync(
            "a.json",
            TestApp.ThreeCallees.Replace("\"agentId\"", $"\"sendTime\":\"{sendTime}\",\"agentId\"", StringComparison.Ordinal)
        );
        app.Simulator.Faults.Clear();
        await app.TickAfterAsync(TimeSpan.FromHours(1));

        Assert.Equal(CampaignStates.Expired, (await app.ReportAsync("a.json")).State);
        Assert.Empty(app.Called);
    }

    [Fact]
    public async Task Tasks_wait_for_their_turn_when_laaffic_takes_few_at_once()
    {
        await using var app = await TestApp.StartAsync(storage, new CampaignOptions { MaxCalleesPerTask = 1 });
        app.Simulator.Account.MaxTasksAtOnce = 1;
        app.Simulator.Account.TaskDuration = TimeSpan.FromMinutes(10);
        await app.DropAsync("a.json", TestApp.ThreeCallees);

        var report = await app.ReportAsync("a.json");
        Assert.Equal(["accepted", "deferred", "waiting"], report.Tasks.Select(t => t.State)); // the third was not even tried
        Assert.Equal((1, 2), (report.Counts.Accepted, report.Counts.Waiting));
        Assert.Equal(CampaignStates.Accepted, (await app.TickUntilSettledAsync("a.json")).State);
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called);
    }

    [Fact]
    public async Task A_campaign_of_which_a_task_is_rejected_is_partial()
    {
        await using var app = await TestApp.StartAsync(storage, new CampaignOptions { MaxCalleesPerTask = 2 });
        app.Simulator.Faults.Add(Fault.Answer(-60) with { TaskName = "Reminder-2" });
        await app.DropAsync("a.json", TestApp.ThreeCallees);

        var report = await app.ReportAsync("a.json");
        Assert.Equal((CampaignStates.Partial, 2, 1), (report.State, report.Counts.Accepted, report.Counts.NotSubmitted));
        Assert.Contains("1 callee of 1 of 2 tasks", report.NeedsAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_instances_that_get_the_same_event_submit_the_file_once()
    {
        await using var app = await TestApp.StartAsync(storage, new CampaignOptions { MaxCalleesPerTask = 1 });
        await using var other = app.AnotherInstance();
        var file = await app.UploadAsync("a.json", TestApp.ThreeCallees);
        await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => (i % 2 == 0 ? app : other).AnnounceAsync(file)).Concat([app.TickAsync(), other.TickAsync()])
        );

        Assert.Equal(CampaignStates.Accepted, (await app.TickUntilSettledAsync("a.json")).State);
        Assert.Equal(["12025550101", "12025550102", "12025550103"], app.Called.Order());
        Assert.Equal(3, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task Two_instances_share_many_due_campaigns_and_try_none_twice()
    {
        await using var app = await TestApp.StartAsync(storage);
        await using var other = app.AnotherInstance();
        for (var n = 0; n < 30; n++)
        {
            await app.DropAsync(
                $"{n}.json",
                WithDelivery(app, "submitAt", TimeSpan.FromHours(1)).Replace("Reminder", $"Reminder {n}", StringComparison.Ordinal)
            );
        }

        app.Clock.Advance(TimeSpan.FromHours(1));
        await Task.WhenAll(app.TickAsync(), other.TickAsync(), app.TickAsync(), other.TickAsync());

        Assert.Equal(30, app.Simulator.CreateCallsReceived);
        Assert.Equal(30, app.Simulator.AcceptedTasks.DistinctBy(t => t.Name).Count());
    }

    [Fact]
    public async Task A_file_that_is_deleted_before_it_is_read_leaves_nothing_behind()
    {
        await using var app = await TestApp.StartAsync(storage);
        var file = await app.UploadAsync("a.json", TestApp.ThreeCallees);
        await file.DeleteAsync(cancellationToken: TestContext.Current.CancellationToken);
        await app.AnnounceAsync(file);
        await app.TickAsync();

        Assert.Null(await app.FindReportAsync("a.json"));
        Assert.Equal(0, app.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_file_waits_for_the_secrets_however_long_they_are_away()
    {
        await using var app = await TestApp.StartAsync(storage);
        app.SecretsAreAway = true;
        await app.DropAsync("a.json", TestApp.ThreeCallees);
        for (var ticks = 0; ticks < 20; ticks++)
        {
            await app.TickAfterAsync(app.Options.MaxDelay);
        }

        Assert.Null(await app.FindReportAsync("a.json"));
        Assert.Empty(await app.ResultNamesAsync("a.json"));

        app.SecretsAreAway = false;
        await app.TickAfterAsync(app.Options.MaxDelay);
        Assert.Equal(CampaignStates.Accepted, (await app.ReportAsync("a.json")).State);
        Assert.Equal(3, app.Called.Count);
    }

    [Fact]
    public async Task A_file_that_names_its_application_waits_for_the_secrets_as_a_campaign()
    {
        await using var app = await TestApp.StartAsync(storage);
        app.SecretsAreAway = true;
        await app.DropAsync(
            "a.json",
            TestApp.ThreeCallees.Replace("\"agentId\"", $"\"appId\":\"{app.Secrets.AppId}\",\"agentId\"", StringComparison.Ordinal)
        );

        var waiting = await app.ReportAsync("a.json");
        Assert.Equal(
            (CampaignStates.Waiting, "It could not be sent: The key vault has no secrets."),
            (waiting.State, Assert.Single(waiting.Tasks).Reason)
        );

        app.SecretsAreAway = false;
        Assert.Equal(CampaignStates.Accepted, (await app.TickUntilSettledAsync("a.json")).State);
        Assert.Equal(3, app.Called.Count);
    }

    private static string WithDelivery(TestApp app, string field, TimeSpan from) =>
        TestApp.ThreeCallees.Replace(
            "\"agentId\"",
            $"\"delivery\":{{\"{field}\":\"{app.Clock.GetUtcNow() + from:O}\"}},\"agentId\"",
            StringComparison.Ordinal
        );
}
