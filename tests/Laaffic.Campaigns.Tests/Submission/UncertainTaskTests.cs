using System.Text.Json;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;

namespace Laaffic.Campaigns.Tests.Submission;

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
        Assert.Equal(3, Assert.Single(await instance.Ledger.TasksAsync((await instance.Ledger.FindCampaignAsync(Name, Token))!.PlanId, Token)).ListedCallees);
        Assert.Equal(1, shared.Simulator.CreateCallsReceived);
    }

    [Fact]
    public async Task Our_task_that_is_still_being_taken_in_is_asked_about_until_it_is_whole()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        for (var taken = 0; taken < 4; taken++) shared.Simulator.Faults.Add(Listed((Name, 7, 6, taken)));
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
        if (isListed) shared.Simulator.Faults.Add(Listed((Name, 7, 1, 99)) with { Times = null });
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
    [InlineData("""{"code":0,"data":{"records":[{"taskId":1,"taskName":"Reminder of 1","numCnt":2}],"total":0,"pages":1,"current":1,"size":1}}""")]
    [InlineData("""{"code":0,"data":{"records":[],"total":0,"pages":0,"current":7,"size":100}}""")]
    [InlineData("""{"code":0,"data":{"records":[],"total":-1}}""")]
    public async Task A_list_that_contradicts_itself_proves_nothing(string list)
    {
        await using var shared = await Shared.StartAsync(storage);
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
        await Shared.UntilAsync(() => shared.Simulator.Faults.Pending.Count == 0);
        shared.Clock.Advance(TimeSpan.FromSeconds(31));
        await tick.WaitAsync(Minute, Token);

        Assert.Equal("uncertain", await StateAsync(instance));
    }

    private static async Task<string> StateAsync(Instance instance) => (await instance.Service.FindAsync(Name, Token))!.Tasks[0].State;

    /// <summary>What a query answers: tasks with their id, status and number of callees.</summary>
    private static Fault Listed(params (string Name, int Id, int Status, int Callees)[] tasks)
    {
        var records = tasks.Select(t => new { taskId = t.Id, taskName = t.Name, status = t.Status, numCnt = t.Callees });
        var page = new { code = 0, msg = "success", data = new { total = tasks.Length, size = 100, current = 1, pages = 1, records } };
        return Fault.Reply(200, JsonSerializer.Serialize(page)) with { Endpoint = ApiEndpoint.Query };
    }
}
