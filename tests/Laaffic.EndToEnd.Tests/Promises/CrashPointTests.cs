using System.Text;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>
/// Every request that a campaign makes, to storage and to Laaffic, is once the last one of its process, before and after it
/// takes effect, and once one whose answer is lost. Then a fresh instance recovers through the triggers of production.
/// </summary>
/// <remarks>
/// The storage is in memory, as there are tens of thousands of requests; one scenario also runs on Azurite, to which that storage
/// is compared elsewhere.
/// </remarks>
public sealed class CrashPointTests(StorageFixture storage)
{
    private static readonly Scenario ThreeTasks = new()
    {
        Path = "folder/list.csv",
        Content = """
            # taskName: Three tasks
            # agentId: 41
            calleeNumber,text1
            12025550101,Ann
            12025550102,Ben
            12025550101,Ann again
            12025550103,Cem
            no number,Dora
            12025550104,Eli
            12025550105,Fay
            """,
        CalleesPerTask = 2,
        Numbers = ["12025550101", "12025550102", "12025550103", "12025550104", "12025550105"],
        Rejected = ",no number,Dora",
        Counts = new CalleeCounts(7, 1, 1, 5, 0, 0),
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter), InlineData(OutageKind.LostAnswer)]
    public Task A_json_campaign_survives(OutageKind kind) => SurvivesAsync(kind, new Scenario());

    [Theory]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter), InlineData(OutageKind.LostAnswer)]
    public Task A_csv_campaign_of_three_tasks_survives(OutageKind kind) => SurvivesAsync(kind, ThreeTasks);

    [Theory(Explicit = true), Trait("Suite", "Long")]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter), InlineData(OutageKind.LostAnswer)]
    public Task A_csv_campaign_of_three_tasks_survives_on_azurite(OutageKind kind) =>
        SurvivesAsync(kind, ThreeTasks with { IsOnAzurite = true });

    [Theory]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter), InlineData(OutageKind.LostAnswer)]
    public Task A_submission_over_http_survives(OutageKind kind) =>
        SurvivesAsync(kind, new Scenario { IsHttp = true, Path = "_api/Reminder" });

    [Theory]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter)]
    public Task A_deferred_task_survives(OutageKind kind) =>
        SurvivesAsync(kind, new Scenario { Faults = [Fault.Answer(-37), Fault.Answer(-23)] });

    [Theory(Explicit = true), Trait("Suite", "Long")]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter), InlineData(OutageKind.LostAnswer)]
    public Task A_line_before_a_busy_account_survives(OutageKind kind) =>
        SurvivesAsync(kind, new Scenario { CalleesPerTask = 1, MaxTasksAtOnce = 1 });

    [Theory(Explicit = true), Trait("Suite", "Long")]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter), InlineData(OutageKind.LostAnswer)]
    public Task A_hold_and_its_probe_survive(OutageKind kind) =>
        SurvivesAsync(kind, new Scenario { Faults = [Fault.Answer(-10), Fault.Answer(-10)] });

    [Theory]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter)]
    public Task A_lost_reply_of_an_accepted_task_survives(OutageKind kind) =>
        SurvivesAsync(kind, new Scenario { Faults = [Fault.Close(acceptFirst: true)] });

    [Theory(Explicit = true), Trait("Suite", "Long")]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter)]
    public Task An_expiring_campaign_survives(OutageKind kind) =>
        SurvivesAsync(
            kind,
            new Scenario
            {
                Content = TestApp.ThreeCallees.Replace(
                    "\"agentId\"",
                    $"\"delivery\":{{\"expireAt\":\"{DateTimeOffset.UtcNow.AddMinutes(20):O}\"}},\"agentId\"",
                    StringComparison.Ordinal
                ),
                Faults = [Fault.Answer(-37) with { Times = null }],
                Numbers = [],
                State = CampaignStates.Expired,
                Counts = new CalleeCounts(3, 0, 0, 0, 0, 3),
            }
        );

    [Theory]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter)]
    public Task A_rejected_file_survives(OutageKind kind) =>
        SurvivesAsync(
            kind,
            new Scenario
            {
                Content = """{"taskName":"Reminder","numberInfoList":[{"calleeNumber":"1"}]}""",
                Numbers = [],
                State = CampaignStates.Rejected,
                Rejected = "1,1,",
                Counts = new CalleeCounts(1, 0, 1, 0, 0, 0),
            }
        );

    [Theory]
    [InlineData(OutageKind.DeathBefore), InlineData(OutageKind.DeathAfter)]
    public Task A_file_overwritten_and_then_put_back_survives(OutageKind kind) =>
        SurvivesAsync(
            kind,
            new Scenario
            {
                Earlier =
                [
                    TestApp.ThreeCallees,
                    """{"taskName":"Second","agentId":41,"numberInfoList":[{"calleeNumber":"12025550199"}]}""",
                ],
                Numbers = ["12025550101", "12025550102", "12025550103", "12025550199"],
            }
        );

    private Task SurvivesAsync(OutageKind kind, Scenario scenario) =>
        CrashEnumeration.SurviveAsync(
            kind,
            async outage =>
            {
                await using var app = scenario.IsOnAzurite
                    ? await TestApp.StartAsync(storage.NewAccount(), scenario.Options, outage)
                    : await TestApp.StartInMemoryAsync(scenario.Options, outage);
                await RunAsync(app, scenario, outage);
                await AssertPromisesAsync(app, scenario);
            }
        );

    private static async Task RunAsync(TestApp app, Scenario scenario, Outage outage)
    {
        foreach (var fault in scenario.Faults)
        {
            app.Simulator.Faults.Add(fault);
        }

        (app.Simulator.Account.MaxTasksAtOnce, app.Simulator.Account.TaskDuration) = (scenario.MaxTasksAtOnce, TimeSpan.FromMinutes(10));
        await using var earlier = app.AnotherInstance();
        foreach (var content in scenario.Earlier)
        {
            await earlier.DropAsync(scenario.Path, content);
        }

        var file = scenario.IsHttp ? null : await app.UploadAsync(scenario.Path, scenario.Content);
        try
        {
            if (scenario.IsHttp)
            {
                await SubmitAsync(app, scenario);
            }
            else
            {
                await app.AnnounceAsync(file!);
            }

            await SettleAsync(app, scenario);
        }
        catch (DeadProcessException) when (outage.Struck) { }

        if (!outage.Struck)
        {
            return;
        }

        await using var fresh = app.AnotherInstance();
        // In production the event may or may not come again; the clock and the sweep must do alone.
        if (scenario.IsHttp)
        {
            await SubmitAsync(fresh, scenario);
        }
        else if (outage.Operations.Count % 2 == 0)
        {
            await fresh.AnnounceAsync(file!);
        }

        await SettleAsync(fresh, scenario);
        // Whatever was left half-done is taken up when its lease ends.
        await fresh.TickAfterAsync(fresh.Options.LeaseDuration);
    }

    private static Task<SubmissionResult> SubmitAsync(TestApp app, Scenario scenario) =>
        app.Service.SubmitAsync(
            new Submission(new MemoryStream(Encoding.UTF8.GetBytes(scenario.Content)), "http.json") { Length = 0 },
            Token
        );

    private static async Task SettleAsync(TestApp app, Scenario scenario)
    {
        for (var tick = 0; tick < 100; tick++)
        {
            if (
                await app.FindReportAsync(scenario.Path) is { State: not CampaignStates.Waiting } report
                && report.Counts == scenario.Counts
            )
            {
                return;
            }

            await app.TickAfterAsync(TimeSpan.FromMinutes(5));
        }

        throw new InvalidOperationException("It did not settle.");
    }

    private static async Task AssertPromisesAsync(TestApp app, Scenario scenario)
    {
        Assert.Equal(scenario.Numbers, app.Called.Order());
        var report = await app.ReportAsync(scenario.Path);
        Assert.Equal((scenario.State, scenario.Counts), (report.State, report.Counts));
        Assert.Equal(
            app.Simulator.AcceptedTasks.Where(t => t.Name.StartsWith(report.TaskName ?? "?", StringComparison.Ordinal))
                .Select(t => (t.Name, (long?)t.KeyId, t.Callees.Count))
                .OrderBy(t => t.Name, StringComparer.Ordinal),
            report
                .Tasks.Where(t => t.State == "accepted")
                .Select(t => (t.Name, t.KeyId, t.Callees))
                .OrderBy(t => t.Name, StringComparer.Ordinal)
        );
        if (scenario.Rejected is { } rejected)
        {
            Assert.Contains(rejected, await app.ResultAsync(scenario.Path + ".rejected.csv"), StringComparison.Ordinal);
        }

        // The ledger says what the report says, and nothing is left to do.
        await using var idle = app.AnotherInstance();
        var listed = (await idle.Service.ListAsync(100, null, Token)).Campaigns;
        if (report.Tasks.Count == 0)
        {
            Assert.Empty(listed);
        }
        else
        {
            var entry = Assert.Single(listed, c => c.TaskName == report.TaskName);
            Assert.Equal((report.State, report.Counts.Accepted, 0), (entry.State, entry.Accepted, entry.Waiting));
            Assert.Equal(report.Tasks, (await idle.Service.FindAsync(report.TaskName!, Token))!.Tasks);
        }

        var creates = app.Simulator.CreateCallsReceived;
        await idle.TickAfterAsync(TimeSpan.FromDays(2));
        Assert.Equal(creates, app.Simulator.CreateCallsReceived);
    }

    private sealed record Scenario
    {
        public bool IsHttp { get; init; }
        public bool IsOnAzurite { get; init; }

        /// <summary>What stood at the path before, dealt with by an instance that nothing happens to.</summary>
        public string[] Earlier { get; init; } = [];
        public string Path { get; init; } = "a.json";
        public string Content { get; init; } = TestApp.ThreeCallees;
        public int CalleesPerTask { get; init; } = 200_000;
        public Fault[] Faults { get; init; } = [];
        public int? MaxTasksAtOnce { get; init; }
        public string[] Numbers { get; init; } = ["12025550101", "12025550102", "12025550103"];
        public string State { get; init; } = CampaignStates.Accepted;
        public CalleeCounts Counts { get; init; } = new(3, 0, 0, 3, 0, 0);
        public string? Rejected { get; init; }
        public CampaignOptions Options => new() { MaxCalleesPerTask = CalleesPerTask };
    }
}
