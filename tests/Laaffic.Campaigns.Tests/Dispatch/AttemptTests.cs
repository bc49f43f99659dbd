using Laaffic.Campaigns.Ledger;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>One attempt, its lease, and what is known of it when time or the app stops.</summary>
public sealed class AttemptTests(StorageFixture storage)
{
    private const string Name = "Reminder";

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_sent_under_a_lease_that_took_too_long_to_be_written()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        var waited = false;
        // The reservation is written, but its writer learns of it late: a slow table, or a process that was suspended.
        instance.Refusals.Before(request =>
        {
            if (waited || !request.StartsWith("PUT", StringComparison.Ordinal) || !request.Contains("/ledger(", StringComparison.Ordinal))
            {
                return Task.CompletedTask;
            }

            waited = true;
            shared.Clock.Advance(shared.Options.LeaseDuration);
            return Task.CompletedTask;
        });

        var report = await Shared.SubmitAsync(instance, Name);

        Assert.True(waited);
        Assert.Equal((CampaignStates.Waiting, 0), (report.State, shared.Simulator.CreateCallsReceived));
        await shared.TickAsync(instance, Minute * 10, Minute);
        Assert.Single(shared.Simulator.AcceptedTasks);
    }

    [Fact]
    public async Task A_stop_of_the_app_does_not_end_a_create_that_has_begun()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, "a.json", Shared.Campaign(Name, 2));
        shared.Simulator.Faults.Add(Fault.Late(TimeSpan.FromSeconds(20), acceptFirst: false));
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var work = Task.Run(() => instance.Service.ProcessFileAsync("a.json", stopping.Token), Token);
        await Eventually.TrueAsync(() => shared.Simulator.Faults.Pending.Count == 0);
        await stopping.CancelAsync();
        shared.Clock.Advance(TimeSpan.FromSeconds(20));
        await Record.ExceptionAsync(() => work);

        Assert.Equal("accepted", (await instance.Service.FindAsync(Name, Token))!.Tasks[0].State);
        Assert.Equal(0, shared.Simulator.QueryCallsReceived);
    }

    [Fact]
    public async Task An_acceptance_that_the_ledger_does_not_take_is_offered_to_it_for_minutes()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        var refused = 0;
        instance.Refusals.Refuse(request =>
            shared.Simulator.AcceptedTasks.Count > 0
            && request.StartsWith("PUT", StringComparison.Ordinal)
            && request.Contains("/ledger(", StringComparison.Ordinal)
            && refused++ < 30
        );

        var work = Task.Run(() => Shared.SubmitAsync(instance, Name), Token);
        while (!work.IsCompleted)
        {
            var before = refused;
            await Eventually.TrueAsync(() => refused > before || work.IsCompleted);
            await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(50), Token));
            shared.Clock.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.Equal(CampaignStates.Accepted, (await work).State);
        Assert.True(refused > 12);
        Assert.Equal(0, shared.Simulator.QueryCallsReceived);
    }

    [Fact]
    public async Task A_person_s_word_that_a_task_was_accepted_ends_it()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = await UncertainAsync(shared, accepted: true);

        var result = await instance.Service.ResolveTaskAsync(Name, 1, new(IsAccepted: true, 4711, "Ann"), Token);

        Assert.Equal((ResolutionOutcome.Recorded, CampaignStates.Accepted), (result.Outcome, result.Report!.State));
        var task = result.Report.Tasks[0];
        Assert.Equal(("accepted", 4711L), (task.State, task.KeyId));
        Assert.Contains("Ann", task.Reason, StringComparison.Ordinal);
        await shared.TickAsync(instance, TimeSpan.FromHours(2), Minute * 5);
        Assert.Equal(1, shared.Simulator.CreateCallsReceived);
        Assert.Null(await instance.Ledger.FindWorkItemAsync(WorkItemKind.Campaign, Name, Token));
        Assert.Equal(
            ResolutionOutcome.Recorded,
            (await instance.Service.ResolveTaskAsync(Name, 1, new(IsAccepted: true, 4711, "Ann"), Token)).Outcome
        );
        Assert.Equal(
            ResolutionOutcome.NotUncertain,
            (await instance.Service.ResolveTaskAsync(Name, 1, new(IsAccepted: false, null, "Ben"), Token)).Outcome
        );
    }

    [Fact]
    public async Task A_person_s_word_that_a_task_was_not_accepted_lets_it_be_sent_again()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = await UncertainAsync(shared, accepted: false);

        var result = await instance.Service.ResolveTaskAsync(Name, 1, new(IsAccepted: false, null, "Ann"), Token);

        Assert.Equal((ResolutionOutcome.Recorded, CampaignStates.Waiting), (result.Outcome, result.Report!.State));
        await shared.TickAsync(instance, Minute * 12, Minute);
        Assert.Equal(
            (CampaignStates.Accepted, 2),
            ((await instance.Service.FindAsync(Name, Token))!.State, shared.Simulator.CreateCallsReceived)
        );
        Assert.Single(shared.Simulator.AcceptedTasks);
    }

    [Theory]
    [InlineData("Reminder", 2), InlineData("Reminder", 0), InlineData("Other", 1)]
    public async Task A_task_that_is_not_there_cannot_be_resolved(string name, int number)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = await UncertainAsync(shared, accepted: false);

        Assert.Equal(
            ResolutionOutcome.NotFound,
            (await instance.Service.ResolveTaskAsync(name, number, new(IsAccepted: false, null, "Ann"), Token)).Outcome
        );
    }

    [Fact]
    public async Task A_rejected_task_that_may_be_at_Laaffic_is_a_person_s_to_clear()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-41));
        await Shared.SubmitAsync(instance, Name);
        await shared.TickAsync(instance, TimeSpan.FromHours(1), Minute);
        Assert.Equal(CampaignStates.Rejected, (await instance.Service.FindAsync(Name, Token))!.State);

        var result = await instance.Service.ResolveTaskAsync(Name, 1, new(IsAccepted: true, 5, "Ann"), Token);

        Assert.Equal((ResolutionOutcome.Recorded, CampaignStates.Accepted), (result.Outcome, result.Report!.State));
        await shared.TickAsync(instance, Minute * 5, Minute);
        Assert.Null(await instance.Ledger.FindWorkItemAsync(WorkItemKind.Campaign, Name, Token));
        Assert.Equal(CampaignStates.Accepted, Assert.Single((await instance.Service.ListAsync(10, null, Token)).Campaigns).State);
    }

    [Fact]
    public async Task A_rejected_task_that_is_somebody_else_s_stays_rejected_by_a_person_s_word()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Answer(-41));
        await Shared.SubmitAsync(instance, Name);
        await shared.TickAsync(instance, TimeSpan.FromHours(2), Minute);

        var result = await instance.Service.ResolveTaskAsync(Name, 1, new(IsAccepted: false, null, "Ann"), Token);

        Assert.Equal((ResolutionOutcome.Recorded, CampaignStates.Rejected), (result.Outcome, result.Report!.State));
        Assert.EndsWith("the name belongs to another task there.", result.Report.Tasks[0].Reason, StringComparison.Ordinal);
    }

    /// <summary>A task whose reply was lost, and about which Laaffic does not answer.</summary>
    private static async Task<Instance> UncertainAsync(Shared shared, bool accepted)
    {
        var instance = shared.NewInstance();
        shared.Simulator.Faults.Add(Fault.Close(accepted));
        shared.Simulator.Faults.Add(Fault.Reply(500) with { Endpoint = ApiEndpoint.Query, Times = null });
        Assert.Equal("uncertain", (await Shared.SubmitAsync(instance, Name)).Tasks[0].State);
        return instance;
    }
}
