using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Laaffic.Campaigns;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.EndToEnd.Tests.Support;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.EndToEnd.Tests;

/// <summary>What the app tells of itself. Its instruments are the process's: so these tests run when no others do.</summary>
[Collection(nameof(TelemetryTests))]
[CollectionDefinition(nameof(TelemetryTests), DisableParallelization = true)]
public sealed partial class TelemetryTests(StorageFixture storage) : IDisposable
{
    private readonly TelemetryRecorder _recorder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _recorder.Dispose();

    [Fact]
    public async Task Every_metric_has_its_name_and_counts_what_the_reports_say()
    {
        await using var app = await StartAsync(new CampaignOptions { MaxCalleesPerTask = 2, GiveUpAfter = TimeSpan.FromMinutes(30) });
        Add(app, Fault.Answer(-22) with { TaskName = "Half-2" }, Fault.Answer(-60) with { TaskName = "Refused", Times = null });
        Add(app, Fault.Close(acceptFirst: true) with { TaskName = "Lost" }, Fault.Answer(-37) with { TaskName = "Late", Times = null });

        await app.DropAsync("whole.csv", "# taskName: Whole\n# agentId: 41\ncalleeNumber\n12025550101\n12025550101\n12\n");
        await app.DropAsync("copy.csv", "# taskName: Whole\n# agentId: 41\ncalleeNumber\n12025550101\n12025550101\n12\n");
        await app.DropAsync("half.json", ThreeCallees("Half"));
        await app.DropAsync("refused.json", OneCallee("Refused"));
        await app.DropAsync("bad.json", OneCallee("Bad").Replace("41", "\"no agent\"", StringComparison.Ordinal));
        await app.DropAsync("lost.json", OneCallee("Lost"));
        await SubmitAsync(app, "{}");
        await app.TickAsync();
        Assert.Equal(0, _recorder.Metrics()["laaffic.tasks.oldest_deferred"][""], 1.0);
        for (var minutes = 0; minutes < 2; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(1)); // nothing is sent for a moment after a lost reply
        }

        await app.DropAsync("late.json", OneCallee("Late"));
        for (var minutes = 0; minutes < 10; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        }

        var whileBusy = _recorder.Metrics();
        Assert.Equal(600, whileBusy["laaffic.tasks.oldest_deferred"][""]);
        Assert.Contains("laaffic.tasks.running", whileBusy.Keys);

        for (var minutes = 0; minutes < 40; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        }

        app.Simulator.Account.Balance = 0;
        await app.DropAsync("held.json", OneCallee("Held"));
        app.Simulator.Account.Balance = 1000;
        for (var minutes = 0; minutes < 15; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        }

        var metrics = _recorder.Metrics();
        Assert.Equal(
            [
                "laaffic.account.holds",
                "laaffic.api.duration",
                "laaffic.api.refused",
                "laaffic.api.refused_bytes",
                "laaffic.callees",
                "laaffic.campaigns",
                "laaffic.queue.length",
                "laaffic.queue.oldest",
                "laaffic.tasks.oldest_deferred",
                "laaffic.tasks.settled",
            ],
            metrics.Keys.Order(StringComparer.Ordinal)
        );
        AssertCounts(
            metrics["laaffic.campaigns"],
            ("state=accepted", 3),
            ("state=duplicate", 1),
            ("state=expired", 1),
            ("state=partial", 1),
            ("state=rejected", 3)
        );
        AssertCounts(metrics["laaffic.tasks.settled"], ("state=accepted", 4), ("state=expired", 1), ("state=rejected", 2));
        AssertCounts(metrics["laaffic.account.holds"], ("", 1));
        Assert.Equal(0, metrics["laaffic.tasks.oldest_deferred"][""]);

        List<CampaignReport> reports = [];
        foreach (
            var file in (string[])["whole.csv", "copy.csv", "half.json", "refused.json", "bad.json", "lost.json", "late.json", "held.json"]
        )
        {
            reports.Add(await app.ReportAsync(file));
        }

        AssertCounts(
            metrics["laaffic.callees"],
            ("state=accepted", reports.Sum(r => r.Counts.Accepted)),
            ("state=duplicate", reports.Sum(r => r.Counts.Duplicate)),
            ("state=not_submitted", reports.Sum(r => r.Counts.NotSubmitted)),
            ("state=rejected", reports.Sum(r => r.Counts.Rejected))
        );

        var calls = metrics["laaffic.api.duration"];
        Assert.Equal(
            app.Simulator.CreateCallsReceived,
            calls.Where(c => c.Key.StartsWith("endpoint=create", StringComparison.Ordinal)).Sum(c => c.Value)
        );
        Assert.Equal(
            app.Simulator.QueryCallsReceived,
            calls.Where(c => c.Key.StartsWith("endpoint=query", StringComparison.Ordinal)).Sum(c => c.Value)
        );
        Assert.All(
            [
                "create,outcome=accepted",
                "create,outcome=reject",
                "create,outcome=busy",
                "create,outcome=hold",
                "create,outcome=uncertain",
                "query,outcome=found",
            ],
            outcome => Assert.True(calls["endpoint=" + outcome] > 0)
        );
    }

    [Fact]
    public async Task A_file_that_waits_for_the_secrets_is_told_as_deferred_all_the_time()
    {
        await using var app = await StartAsync(new CampaignOptions());
        app.SecretsAreAway = true;
        await app.DropAsync("a.json", OneCallee("Waits"));
        for (var minutes = 0; minutes < 45; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(45 * 60, _recorder.Metrics()["laaffic.tasks.oldest_deferred"][""]);

        app.SecretsAreAway = false;
        await app.TickAfterAsync(app.Options.MaxDelay);
        await app.TickAsync();
        Assert.Equal(0, _recorder.Metrics()["laaffic.tasks.oldest_deferred"][""]);
    }

    [Fact]
    public async Task A_round_that_is_repeated_after_a_crash_counts_once()
    {
        var outage = Outage.None();
        await using (var whole = await TestApp.StartAsync(storage.NewAccount(), null, outage))
        {
            await whole.DropAsync("a.json", OneCallee("Once"));
        }

        var endOfRound = outage
            .Operations.Select((operation, at) => (operation, at))
            .Last(o => o.operation.EndsWith("$batch", StringComparison.Ordinal))
            .at;
        var before = _recorder.Metrics();

        await using var app = await TestApp.StartAsync(
            storage.NewAccount(),
            null,
            new Outage(endOfRound, OutageKind.DeathBefore),
            _recorder.Logs
        );
        await Assert.ThrowsAnyAsync<Exception>(() => app.DropAsync("a.json", OneCallee("Once")));
        await using var next = app.AnotherInstance();
        for (var minutes = 0; minutes < 12; minutes++)
        {
            await next.TickAfterAsync(TimeSpan.FromMinutes(1));
        }

        Assert.Equal(CampaignStates.Accepted, (await next.ReportAsync("a.json")).State);
        var after = _recorder.Metrics();
        Assert.All(
            ["laaffic.campaigns", "laaffic.callees", "laaffic.tasks.settled"],
            name => Assert.Equal(1, after[name]["state=accepted"] - before[name]["state=accepted"])
        );
    }

    [Fact]
    public async Task A_campaign_is_one_connected_trace_whoever_triggers_its_rounds()
    {
        await using var app = await StartAsync(new CampaignOptions { MaxCalleesPerTask = 2 });
        Add(app, Fault.Close(acceptFirst: true) with { TaskName = "One" }, Fault.Answer(-37) with { TaskName = "Two", Times = 2 });
        using (TelemetryRecorder.Triggers.StartActivity("the event of one"))
        {
            await app.DropAsync("one.json", ThreeCallees("One"));
        }

        using (TelemetryRecorder.Triggers.StartActivity("the request of two"))
        {
            await SubmitAsync(app, OneCallee("Two"));
        }

        await using var other = app.AnotherInstance();
        for (var minutes = 0; minutes < 12; minutes++)
        {
            using (TelemetryRecorder.Triggers.StartActivity("a tick"))
            {
                await (minutes % 2 == 0 ? app : other).TickAfterAsync(TimeSpan.FromMinutes(1));
            }
        }

        Assert.Equal(3 + 1, app.Called.Count);
        var one = AssertConnected("campaigns/one.json");
        Assert.Equal(
            ["One", "One-2"],
            one.Where(s => s.OperationName == "task.attempt")
                .Select(s => (string)s.GetTagItem("laaffic.task")!)
                .Order(StringComparer.Ordinal)
        );
        Assert.Equal(
            ["uncertain", "accepted"],
            one.Where(s => s.OperationName == "task.attempt").Select(s => s.GetTagItem("laaffic.outcome"))
        );
        Assert.Equal(["found"], one.Where(s => s.OperationName == "task.lookup").Select(s => s.GetTagItem("laaffic.outcome")));
        Assert.True(one.Count(s => s.OperationName == "campaign.round") >= 2);
        Assert.Equal(
            [1, 2, 3],
            AssertConnected("POST /api/campaigns")
                .Where(s => s.OperationName == "task.attempt")
                .Select(s => s.GetTagItem("laaffic.attempt"))
        );
        Assert.Equal(2, _recorder.Spans.Select(s => s.TraceId).Distinct().Count());

        IReadOnlyList<Activity> AssertConnected(string source)
        {
            var root = Assert.Single(_recorder.Spans, s => s.OperationName == "campaign" && Equals(s.GetTagItem("laaffic.source"), source));
            var trace = _recorder.Spans.Where(s => s.TraceId == root.TraceId).ToList();
            Assert.Equal(default, root.ParentSpanId);
            Assert.Single(root.Links);
            Assert.All(trace.Where(s => s != root), s => Assert.Contains(trace, parent => parent.SpanId == s.ParentSpanId));
            var parents = trace.ToDictionary(s => s.SpanId, s => s.OperationName);
            Assert.All(
                trace.Where(s => s.OperationName is "task.attempt" or "task.lookup"),
                s => Assert.Equal("task", parents[s.ParentSpanId])
            );
            Assert.All(trace.Where(s => s.OperationName == "task"), s => Assert.Equal("campaign.round", parents[s.ParentSpanId]));
            Assert.All(
                trace.Where(s => s.OperationName is "campaign.round" or "campaign.plan"),
                s => Assert.Equal("campaign", parents[s.ParentSpanId])
            );
            Assert.All(trace.Where(s => s.OperationName == "campaign.round").Skip(1), s => Assert.Single(s.Links)); // to the tick
            return trace;
        }
    }

    [Fact]
    public async Task Nothing_that_is_logged_traced_or_counted_holds_a_number_or_a_secret()
    {
        string[] numbers = ["12025550101", "12025550102", "12025550103", "447700900123", "8613200000007", "999912345678901234567890"];
        await using var app = await StartAsync(new CampaignOptions { MaxCalleesPerTask = 2 });
        Add(
            app,
            Fault.Reply(200, """{"status":"-22","reason":"callee 12025550102 is not a mobile number"}""") with
            {
                TaskName = "List-2",
            },
            Fault.Close(acceptFirst: true) with
            {
                TaskName = "Lost",
            },
            Fault.Reply(200, """{"code":-18,"msg":"no data for +447700900123"}""") with
            {
                Endpoint = ApiEndpoint.Query,
            },
            Fault.Reply(200, """{"status":"-10","reason":"balance too low to call 8613200000007"}""") with
            {
                TaskName = "Held",
            },
            Fault.Reply(200, """{"status":"-777","reason":"12025550103?"}""") with
            {
                TaskName = "Odd",
            }
        );

        await app.DropAsync(
            "list.csv",
            """
            # taskName: List
            # agentId: 41
            calleeNumber,text1
            +1 (202) 555-0101,Call 447700900123
            12025550102,x
            447700900123,x
            8613200000007,x
            12025550103,x
            999912345678901234567890,x
            8.6132E+12,x
            12025550101,again
            """
        );
        await app.DropAsync("lost.json", OneCallee("Lost"));
        await app.DropAsync("odd.json", OneCallee("Odd"));
        await app.DropAsync(
            "bad.json",
            """{"taskName":"Bad","agentId":"12025550101","displayNum":"+447700900123","recallFlow":8613200000007,"numberInfoList":"""
                + """[{"calleeNumber":"12025550103"}]}"""
        );
        await app.DropAsync(
            "late.json",
            """{"taskName":"Late","agentId":41,"sendTime":"12025550101","numberInfoList":[{"calleeNumber":"12025550103"}]}"""
        );
        await app.DropAsync("broken.json", """{"taskName":"Broken","numberInfoList":[{"calleeNumber":12025550101""");
        await app.DropAsync("unknown.csv", "12025550101,12025550102\n8613200000007,x\n");
        await SubmitAsync(app, OneCallee("Posted").Replace("12025550101", "12025550101x", StringComparison.Ordinal));
        app.Simulator.Account.ApiSecret = "rotated-secret";
        app.OnRefresh = () => app.Secrets = app.Secrets with { ApiSecret = "rotated-secret" };
        await app.DropAsync("rotated.json", OneCallee("Rotated"));
        await app.DropAsync("held.json", OneCallee("Held"));
        Assert.DoesNotContain("8613200000007", (await app.Service.CheckAsync(Token)).Hold, StringComparison.Ordinal);

        // Storage that is away: of its reports, and then of all that a dead process asks of it.
        await app.Blobs.GetBlobContainerClient(Containers.Results).DeleteAsync(cancellationToken: Token);
        for (var minutes = 0; minutes < 15; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(1));
        }

        await app.Blobs.GetBlobContainerClient(Containers.Results).CreateAsync(cancellationToken: Token);
        await app.UploadAsync("storage.json", OneCallee("Storage"));
        await using (var dying = await TestApp.StartAsync(app.Account, null, new Outage(15, OutageKind.DeathBefore), _recorder.Logs))
        {
            await Assert.ThrowsAnyAsync<Exception>(() => dying.SweepAsync());
        }

        for (var minutes = 0; minutes < 60; minutes++)
        {
            await app.TickAfterAsync(TimeSpan.FromMinutes(2));
        }

        // What was masked is there for whoever may see it: the reports.
        var list = (await app.Service.FindAsync("List", Token))!;
        Assert.Equal((CampaignStates.Partial, "List-2"), (list.State, Assert.Single(list.Tasks, t => t.State == "rejected").Name));
        Assert.Contains("12025550102", list.Tasks[1].Reason, StringComparison.Ordinal);
        Assert.Contains(
            _recorder.Lines,
            line =>
                line.Contains("List-2", StringComparison.Ordinal)
                && line.Contains("callee … is not a mobile number", StringComparison.Ordinal)
        );
        Assert.Contains(_recorder.Lines, line => line.Contains("on hold until", StringComparison.Ordinal));
        Assert.Contains(_recorder.Lines, line => line.Contains("RequestFailedException", StringComparison.Ordinal));
        Assert.Contains(_recorder.Lines, line => line.Contains(nameof(DeadProcessException), StringComparison.Ordinal));
        Assert.All(
            _recorder.Lines.Where(line => line.StartsWith("Task ", StringComparison.Ordinal)),
            line => Assert.Matches("attempt [0-9]+", line)
        );

        var text = _recorder.AllText();
        foreach (var digits in LongNumbers().Matches(text).Select(m => m.Value))
        {
            Assert.False(
                numbers.Any(n => digits.Contains(n, StringComparison.Ordinal) || n.Contains(digits, StringComparison.Ordinal)),
                $"'{digits}' in: {text.Split('\n').First(line => line.Contains(digits, StringComparison.Ordinal))}"
            );
        }

        Assert.All(
            ["7bz1lzh9", "bDqJFiq9", "rotated-secret", "AccountKey", "SharedKey", "sig="],
            secret => Assert.DoesNotContain(secret, text, StringComparison.Ordinal)
        );
    }

    private Task<TestApp> StartAsync(CampaignOptions options) => TestApp.StartAsync(storage.NewAccount(), options, null, _recorder.Logs);

    private static void Add(TestApp app, params Fault[] faults) => Array.ForEach(faults, app.Simulator.Faults.Add);

    private static Task<SubmissionResult> SubmitAsync(TestApp app, string content) =>
        app.Service.SubmitAsync(new Submission(new MemoryStream(Encoding.UTF8.GetBytes(content)), "http.json") { Length = 0 }, Token);

    private static string ThreeCallees(string name) => TestApp.ThreeCallees.Replace("Reminder", name, StringComparison.Ordinal);

    private static string OneCallee(string name) =>
        $$"""{"taskName":"{{name}}","agentId":41,"numberInfoList":[{"calleeNumber":"12025550101"}]}""";

    private static void AssertCounts(IReadOnlyDictionary<string, double> actual, params (string Tags, double Count)[] expected) =>
        Assert.Equal(expected, actual.Select(a => (a.Key, a.Value)).OrderBy(a => a.Key, StringComparer.Ordinal));

    [GeneratedRegex("[0-9]{6,}")]
    private static partial Regex LongNumbers();
}
