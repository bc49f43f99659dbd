using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>A person's honest word that Laaffic does not have a task, which turns out to be wrong, gets nobody called twice.</summary>
public sealed class PersonsWordTests(StorageFixture storage)
{
    private const string Name = "Reminder";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TaskResolution NotThere = new(false, null, "Ann");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_word_that_Laaffic_contradicts_is_forgotten_and_the_callees_are_not_offered_again()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.QueryVisibleAfter = TimeSpan.FromHours(50);
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        shared.Simulator.Faults.Add(Fault.Reply(500, "") with { Endpoint = ApiEndpoint.Query, Times = null });
        await Shared.SubmitAsync(instance, Name);
        await shared.TickAsync(instance, Minute * 61, Minute);
        Assert.Equal(ResolutionOutcome.Recorded, (await instance.Service.ResolveTaskAsync(Name, 1, NotThere, Token)).Outcome);
        shared.Simulator.Faults.Clear();

        await shared.TickAsync(instance, TimeSpan.FromHours(3), Minute); // sent again, and answered -41

        var report = (await instance.Service.FindAsync(Name, Token))!;
        Assert.Equal(2, shared.Simulator.CreateCallsReceived);
        Assert.Equal("rejected", report.Tasks[0].State);
        Assert.Contains("Do not submit them again before", report.NeedsAction, StringComparison.Ordinal);
        Assert.Empty(report.NotSubmittedFiles);
    }

    [Fact]
    public async Task After_the_deadline_nobody_can_say_within_an_hour_of_the_attempt_that_it_is_not_there()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.QueryVisibleAfter = TimeSpan.FromHours(5);
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        await shared.SubmitUntilAsync(instance, Name, Minute * 3);
        await shared.TickAsync(instance, Minute * 5, Minute);

        var result = await instance.Service.ResolveTaskAsync(Name, 1, NotThere, Token);

        Assert.Equal(ResolutionOutcome.TooEarly, result.Outcome);
        Assert.InRange(result.NotBefore!.Value, shared.Now + Minute * 50, shared.Now + Minute * 60);
        await shared.TickAsync(instance, Minute * 30, Minute);
        Assert.Empty((await instance.Service.FindAsync(Name, Token))!.NotSubmittedFiles);
        Assert.Single(shared.Simulator.AcceptedTasks);
    }

    [Fact]
    public async Task A_word_given_again_after_another_attempt_does_not_count_for_that_one()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: false));
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        shared.Simulator.Faults.Add(Fault.Reply(500, "") with { Endpoint = ApiEndpoint.Query, Times = null });
        await shared.SubmitUntilAsync(instance, Name, Minute * 20);
        await shared.TickAsync(instance, Minute * 10, Minute);
        Assert.Equal(ResolutionOutcome.Recorded, (await instance.Service.ResolveTaskAsync(Name, 1, NotThere, Token)).Outcome);
        await shared.TickAsync(instance, Minute * 3, Minute);
        Assert.Single(shared.Simulator.AcceptedTasks);
        await shared.TickAsync(instance, Minute * 10, Minute);

        Assert.Equal(ResolutionOutcome.TooEarly, (await instance.Service.ResolveTaskAsync(Name, 1, NotThere, Token)).Outcome);
        await shared.TickAsync(instance, Minute * 30, Minute);
        Assert.Empty((await instance.Service.FindAsync(Name, Token))!.NotSubmittedFiles);
    }

    [Fact]
    public async Task A_word_just_before_the_deadline_does_not_let_the_task_expire_within_an_hour_of_its_attempt()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.QueryVisibleAfter = Minute * 45;
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        shared.Simulator.Faults.Add(Fault.Answer(-10) with { Times = null }); // it is not sent again in time
        await shared.SubmitUntilAsync(instance, Name, Minute * 10);
        await shared.TickAsync(instance, Minute * 3, Minute);
        Assert.Equal(ResolutionOutcome.Recorded, (await instance.Service.ResolveTaskAsync(Name, 1, NotThere, Token)).Outcome);

        await shared.TickAsync(instance, Minute * 80, Minute);

        Assert.Equal("accepted", (await instance.Service.FindAsync(Name, Token))!.Tasks[0].State);
    }

    [Fact]
    public async Task Where_Laaffic_said_that_the_name_exists_the_word_needs_the_id_of_the_task_that_has_it()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.QueryVisibleAfter = TimeSpan.FromHours(5);
        shared.Simulator.Faults.Add(Fault.Close(acceptFirst: true));
        await shared.SubmitUntilAsync(instance, Name, Minute * 40);
        await shared.TickAsync(instance, Minute * 30, Minute); // looked for, sent again, and answered -41
        Assert.Equal(2, shared.Simulator.CreateCallsReceived);
        await shared.TickAsync(instance, Minute * 90, Minute * 5);

        var result = await instance.Service.ResolveTaskAsync(Name, 1, NotThere, Token);

        Assert.Equal(ResolutionOutcome.NameExists, result.Outcome);
        Assert.Contains("\"keyId\":ID of the task that has its name", result.Report!.NeedsAction, StringComparison.Ordinal);
        Assert.Empty(result.Report.NotSubmittedFiles);
    }
}
