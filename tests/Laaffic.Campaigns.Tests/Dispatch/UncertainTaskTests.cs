using System.Text.Json;
using Azure.Data.Tables;
using Laaffic.Api;
using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>What becomes of a task of which it is not known whether Laaffic has it, by what Laaffic's list shows.</summary>
public sealed class UncertainTaskTests(StorageFixture storage)
{
    private const string Name = "Reminder";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Our_task_that_lists_other_callees_stays_uncertain_and_is_accepted_with_a_warning_in_the_end()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        shared.Simulator.Faults.Add(Listed((Name, 7, 1, 3)) with { Times = null });
        await Shared.SubmitAsync(instance, Name, 4);

        await shared.TickAsync(instance, TimeSpan.FromMinutes(4), Minute);
        Assert.Equal("uncertain", await StateAsync(instance));
        await shared.TickAsync(instance, TimeSpan.FromMinutes(40), Minute);

        var report = (await instance.Service.FindAsync(Name, Token))!;
        Assert.Equal((CampaignStates.Accepted, 7L), (report.State, report.Tasks[0].KeyId));
        Assert.Contains("lists 3 callees where 4 were sent", report.Tasks[0].Reason, StringComparison.Ordinal);
        Assert.Equal(
            3,
            Assert
                .Single(await instance.Ledger.GetTasksAsync((await instance.Ledger.FindCampaignAsync(Name, Token))!.PlanId, Token))
                .ListedCallees
        );
        Assert.Equal(1, shared.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task Our_task_that_is_still_being_taken_in_is_asked_about_until_it_is_whole()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        for (var taken = 0; taken < 4; taken++)
        {
            shared.Simulator.Faults.Add(Listed((Name, 7, 6, taken)));
        }

        await Shared.SubmitAsync(instance, Name, 4);

        await shared.TickAsync(instance, TimeSpan.FromHours(2), Minute);

        Assert.Equal("accepted", await StateAsync(instance));
        Assert.Equal(5, shared.Simulator.QueryCallsReceived);
        Assert.Equal(1, shared.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData(-41), InlineData(-20)]
    public async Task A_task_that_Laaffic_has_already_with_as_many_callees_is_accepted(int status)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        // As by a gateway that repeats requests, or with a ledger restored from a backup.
        shared.Simulator.Faults.Add(Fault.Answer(status) with { AcceptFirst = true });

        var report = await Shared.SubmitAsync(instance, Name);

        Assert.Equal((CampaignStates.Accepted, shared.Simulator.FindTask(Name)!.KeyId), (report.State, report.Tasks[0].KeyId));
        Assert.Equal(1, shared.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData(true), InlineData(false)]
    public async Task A_name_that_Laaffic_has_already_is_not_said_to_be_safe_to_submit_again(bool isListed)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-41));
        if (isListed)
        {
            shared.Simulator.Faults.Add(Listed((Name, 7, 1, 99)) with { Times = null });
        }

        await Shared.SubmitAsync(instance, Name);

        await shared.TickAsync(instance, TimeSpan.FromHours(1), Minute);

        var report = (await instance.Service.FindAsync(Name, Token))!;
        Assert.Equal(CampaignStates.Rejected, report.State);
        Assert.Contains("o not submit the", report.Tasks[0].Reason, StringComparison.Ordinal);
        Assert.Equal(1, shared.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_list_that_lags_behind_proves_nothing()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.QueryVisibleAfter = TimeSpan.FromMinutes(50);
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        await Shared.SubmitAsync(instance, Name);
        shared.Clock.Advance(Minute * 2);
        for (var other = 1; other <= 3; other++)
        {
            await shared.TickAsync(instance, Minute * 2);
            await Shared.SubmitAsync(instance, $"Other {other}");
        }

        await shared.TickAsync(instance, TimeSpan.FromHours(3), Minute);

        Assert.Equal("accepted", await StateAsync(instance));
        Assert.Equal(4, shared.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_list_that_shows_a_later_task_proves_that_an_earlier_one_is_not_there()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: false));
        await Shared.SubmitAsync(instance, Name);
        await shared.TickAsync(instance, Minute * 3);
        await Shared.SubmitAsync(instance, "Other");

        await shared.TickAsync(instance, TimeSpan.FromMinutes(30), Minute);

        Assert.Equal("accepted", await StateAsync(instance));
        Assert.Equal(3, shared.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData("""{"code":0,"data":{"records":[],"pages":3,"current":1,"size":100}}""")]
    [InlineData(
        """{"code":0,"data":{"records":[{"taskId":1,"taskName":"Reminder of 1","numCnt":2}],"total":0,"pages":1,"current":1,"size":1}}"""
    )]
    [InlineData("""{"code":0,"data":{"records":[],"total":0,"pages":0,"current":7,"size":100}}""")]
    [InlineData("""{"code":0,"data":{"records":[],"total":-1}}""")]
    public async Task A_list_that_contradicts_itself_proves_nothing(string list)
    {
        await using var shared = await Shared.StartInMemoryAsync();
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        shared.Simulator.Faults.Add(Fault.Reply(200, list) with { Endpoint = ApiEndpoint.Query, Times = null });
        await Shared.SubmitAsync(instance, Name);

        await shared.TickAsync(instance, TimeSpan.FromHours(26), Minute * 10); // beyond its deadline

        Assert.Equal("uncertain", await StateAsync(instance));
        Assert.Equal(1, shared.Simulator.CreateCallsReceived);
    }

    [Theory]
    [InlineData(2, true), InlineData(-2, true), InlineData(2, false), InlineData(-2, false)]
    public async Task A_clock_that_is_days_off_hides_no_task_in_the_list(int days, bool isSameInstance)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.ClockOffset = TimeSpan.FromDays(days);
        await Shared.SubmitAsync(instance, "Before"); // learns of it
        shared.Clock.Advance(Minute * 2);
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        await Shared.SubmitAsync(instance, Name);
        Assert.Equal("uncertain", await StateAsync(instance));

        await shared.TickAsync(isSameInstance ? instance : shared.NewInstance(), TimeSpan.FromHours(1), Minute);

        Assert.Equal("accepted", await StateAsync(instance));
        Assert.Equal(3, shared.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task A_query_that_never_answers_does_not_keep_others_waiting()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        await Shared.SubmitAsync(instance, Name);
        shared.Simulator.Faults.Add(Fault.Late(TimeSpan.FromHours(1), acceptFirst: true) with { Endpoint = ApiEndpoint.Query });
        shared.Clock.Advance(Minute * 2);

        var tick = instance.Service.RunDueAsync(Token);
        await Eventually.TrueAsync(() => shared.Simulator.Faults.Pending.Count == 0);
        shared.Clock.Advance(TimeSpan.FromSeconds(31));
        await tick.WaitAsync(Minute, Token);

        Assert.Equal("uncertain", await StateAsync(instance));
    }

    private static async Task<string> StateAsync(Instance instance) => (await instance.Service.FindAsync(Name, Token))!.Tasks[0].State;

    /// <summary>What a query answers: tasks with their id, status and number of callees.</summary>
    [Theory]
    [InlineData(3, "submission failed"), InlineData(4, "cancelled"), InlineData(5, "suspended")]
    public async Task A_task_that_Laaffic_lists_as_not_calling_names_who_must_act(int status, string words)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        shared.Simulator.Faults.Add(Listed((Name, 7, status, 2)) with { Times = null });
        await Shared.SubmitAsync(instance, Name);
        await shared.TickAsync(instance, Minute * 60, Minute);

        var report = (await instance.Service.FindAsync(Name, Token))!;
        Assert.Equal(CampaignStates.Accepted, report.State);
        Assert.Contains($"lists it as \"{words}\"", report.NeedsAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_that_lags_by_most_of_an_hour_proves_no_absence_at_the_deadline()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.QueryVisibleAfter = Minute * 40;
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        await shared.SubmitUntilAsync(instance, Name, Minute * 10);

        await shared.TickAsync(instance, Minute * 35, Minute);
        Assert.Equal("uncertain", await StateAsync(instance));
        await shared.TickAsync(instance, Minute * 40, Minute);
        Assert.Equal("accepted", await StateAsync(instance));
    }

    [Fact]
    public async Task A_task_that_is_not_listed_an_hour_after_its_attempt_has_expired()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: false));
        await shared.SubmitUntilAsync(instance, Name, Minute * 10);

        await shared.TickAsync(instance, Minute * 58, Minute);
        Assert.Equal("uncertain", await StateAsync(instance));
        await shared.TickAsync(instance, Minute * 5, Minute);
        Assert.Equal("expired", await StateAsync(instance));
    }

    [Fact]
    public async Task A_task_is_not_looked_for_in_the_list_of_another_account()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        await Shared.SubmitAsync(instance, Name);
        // The app starts again with the application id of another one.
        await using var other = await VoiceApiSimulator.StartAsync(new SimulatorOptions { Time = shared.Clock }, Token);
        using var http = new HttpClient(LaafficHttp.CreateHandler()) { BaseAddress = other.BaseAddress };
        CredentialsProvider secrets = (_, _) => new(new LaafficCredentials("OTHERAPP", "bDqJFiq9", "7bz1lzh9"));
        await using var parts = AppComposition.Compose(
            instance.Blobs,
            new TableServiceClient(shared.Account),
            http,
            secrets,
            shared.Options,
            shared.Clock
        );
        var after = parts.GetRequiredService<CampaignService>();

        for (var minute = 0; minute < 60; minute++)
        {
            shared.Clock.Advance(Minute);
            await after.RunDueAsync(Token);
        }

        Assert.Equal(0, other.CreateCallsReceived);
        var task = (await after.FindAsync(Name, Token))!.Tasks[0];
        Assert.Equal("uncertain", task.State);
        Assert.Contains("another application id or to another address", task.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_the_ledger_has_forgotten_is_looked_up_before_it_expires()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await shared.SubmitUntilAsync(instance, Name, Minute * 10);
        // The ledger is restored from a backup that was made before the attempt.
        var campaign = (await instance.Ledger.FindCampaignAsync(Name, Token))!;
        var row = Assert.Single(await instance.Ledger.GetTasksAsync(campaign.PlanId, Token));
        await instance.Ledger.TryReplaceAsync(
            row with
            {
                State = TaskState.Waiting,
                Attempts = 0,
                KeyId = null,
                FirstAttemptAt = null,
                LastAttemptAt = null,
                LookupConclusiveAt = null,
                SettledAt = null,
            },
            Token
        );
        await instance.Ledger.ReopenAsync(campaign, shared.Now + Minute * 15, Token);

        await shared.TickAsync(instance, Minute * 20, Minute);

        Assert.Equal("accepted", await StateAsync(instance));
        Assert.Single(shared.Simulator.AcceptedTasks);
    }

    [Fact]
    public async Task A_task_that_was_never_sent_expires_in_the_end_though_Laaffic_says_nothing()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-10) with { Times = null });
        shared.Simulator.Faults.Add(Fault.Reply(500, "") with { Endpoint = ApiEndpoint.Query, Times = null });
        await shared.SubmitUntilAsync(instance, Name, Minute * 10);

        await shared.TickAsync(instance, Minute * 40, Minute);
        Assert.Equal("deferred", await StateAsync(instance));
        await shared.TickAsync(instance, Minute * 70, Minute);
        Assert.Equal("deferred", await StateAsync(instance)); // nobody could be asked, and the account may be locked for hours
        await shared.TickAsync(instance, Minute * 60 * 24, Minute * 30);
        Assert.Equal("expired", await StateAsync(instance));
        Assert.Contains("balance too low", (await instance.Service.FindAsync(Name, Token))!.Tasks[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_that_was_never_sent_but_is_at_Laaffic_is_for_a_person_to_look_at()
    {
        await using var shared = await Shared.StartAsync(storage);
        var test = new Shared
        {
            Account = storage.NewAccount(),
            Clock = shared.Clock,
            Simulator = shared.Simulator,
        };
        await Shared.SubmitAsync(test.NewInstance(), Name); // another environment's, of this name and size
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-10) with { TaskName = "First", Times = null });
        await Shared.SubmitAsync(instance, "First"); // the account is on hold from now on
        await shared.SubmitUntilAsync(instance, Name, Minute * 5);

        await shared.TickAsync(instance, Minute * 20, Minute);

        var report = (await instance.Service.FindAsync(Name, Token))!;
        Assert.Equal((CampaignStates.Accepted, 0), (report.State, report.Tasks[0].Attempts));
        Assert.Contains("look there whether it calls these callees", report.NeedsAction, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_task_of_days_ago_that_has_our_name_and_size_is_for_a_person_to_look_at()
    {
        await using var shared = await Shared.StartAsync(storage);
        // A test environment uses the same account at Laaffic, and had a campaign of this name.
        var test = new Shared
        {
            Account = storage.NewAccount(),
            Clock = shared.Clock,
            Simulator = shared.Simulator,
        };
        await Shared.SubmitAsync(test.NewInstance(), Name);
        shared.Clock.Advance(TimeSpan.FromDays(3));
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: false));
        await Shared.SubmitAsync(instance, Name);
        await shared.TickAsync(instance, TimeSpan.FromHours(2), Minute);

        var report = (await instance.Service.FindAsync(Name, Token))!;
        Assert.Contains("before this app first sent it", report.NeedsAction, StringComparison.Ordinal);
    }

    private static Fault Listed(params (string Name, int Id, int Status, int Callees)[] tasks)
    {
        var records = tasks.Select(t => new
        {
            taskId = t.Id,
            taskName = t.Name,
            status = t.Status,
            numCnt = t.Callees,
        });
        var page = new
        {
            code = 0,
            msg = "success",
            data = new
            {
                total = tasks.Length,
                size = 100,
                current = 1,
                pages = 1,
                records,
            },
        };
        return Fault.Reply(200, JsonSerializer.Serialize(page)) with { Endpoint = ApiEndpoint.Query };
    }
}
