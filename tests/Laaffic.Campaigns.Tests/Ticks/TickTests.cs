using System.Globalization;
using Laaffic.Campaigns.Planning;
using Laaffic.Campaigns.Reports;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Ticks;

/// <summary>What a tick of the clock costs, and how it works off what is due.</summary>
public sealed class TickTests(StorageFixture storage)
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>How long a file must not have changed before it is taken up without an event.</summary>
    private static readonly TimeSpan Still = TimeSpan.FromMinutes(3);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_requests_of_a_tick_do_not_grow_with_the_finished_campaigns(bool onAnother)
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        var ticking = onAnother ? shared.NewInstance() : instance;

        await DropAsync(instance, 0, 2);
        shared.Clock.Advance(Still);
        await ticking.Service.RunDueAsync(Token); // another instance has to look at each file once
        var (idle, busy) = await CountAsync("one");
        await DropAsync(instance, 2, 30);
        if (onAnother)
        {
            await ticking.Service.RunDueAsync(Token);
        }

        Assert.Equal((idle, busy), await CountAsync("two"));
        Assert.Equal(34, shared.Simulator.AcceptedTasks.Count);

        async Task<(int Idle, int Busy)> CountAsync(string name)
        {
            var nothingDue = await TickAsync();
            await SubmitAsync(instance, name, shared.Now.AddHours(1));
            shared.Clock.Advance(TimeSpan.FromHours(1));
            return (nothingDue, await TickAsync());
        }

        async Task<int> TickAsync()
        {
            var before = ticking.Gate.Requests;
            await ticking.Service.RunDueAsync(Token);
            return ticking.Gate.Requests - before;
        }
    }

    [Fact]
    public async Task Files_that_no_event_announced_are_found_however_many_were_dealt_with()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await DropAsync(instance, 0, 10);
        await instance.Service.RunDueAsync(Token);

        await UploadAsync(instance, 3, "over again"); // overwritten, so another version
        await UploadAsync(instance, 10, "unannounced");
        await instance.Service.RunDueAsync(Token);
        Assert.Equal(10, shared.Simulator.AcceptedTasks.Count); // they may still be growing
        shared.Clock.Advance(Still);
        await instance.Service.RunDueAsync(Token);

        Assert.Equal(12, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task As_many_campaigns_are_sent_at_once_as_is_configured()
    {
        await using var shared = await Shared.StartAsync(storage, concurrentCampaigns: 3);
        var instance = shared.NewInstance();
        var due = shared.Now.AddHours(1);
        for (var i = 0; i < 9; i++)
        {
            await SubmitAsync(instance, $"due {i}", due);
        }

        shared.Clock.Advance(TimeSpan.FromHours(1));
        var answerTime = TimeSpan.FromSeconds(10);
        shared.Simulator.Faults.Add(
            new Fault
            {
                Effect = FaultEffect.None,
                Delay = answerTime,
                Times = null,
            }
        );

        var tick = instance.Service.RunDueAsync(Token);
        for (var answered = 0; answered < 9; answered += 3)
        {
            await Eventually.TrueAsync(() => shared.Simulator.Calls.Count(call => call.TaskName is not null) >= answered + 3);
            shared.Clock.Advance(answerTime);
        }

        await tick.WaitAsync(Patience, Token);
        Assert.Equal([3, 3, 3], shared.Simulator.Calls.CountBy(call => call.At).Select(group => group.Value));
        Assert.Equal(9, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task Many_due_campaigns_are_drained_by_several_instances_with_one_attempt_each()
    {
        const int campaigns = 60;
        await using var shared = await Shared.StartAsync(storage);
        var instances = shared.NewInstances(3);
        var due = shared.Now.AddHours(1);
        await Task.WhenAll(Enumerable.Range(0, campaigns).Select(i => SubmitAsync(instances[i % 3], $"due {i}", due)));
        shared.Clock.Advance(TimeSpan.FromHours(1));

        await Task.WhenAll(instances.Select(instance => instance.Service.RunDueAsync(Token)));

        Assert.Equal(campaigns, shared.Simulator.AcceptedTasks.Count);
        Assert.Equal(campaigns, shared.Simulator.Calls.Count);
    }

    private static async Task DropAsync(Instance instance, int first, int count)
    {
        for (var i = first; i < first + count; i++)
        {
            await instance.Service.ProcessFileAsync(await UploadAsync(instance, i, $"file {i}"), Token);
        }
    }

    private static async Task<string> UploadAsync(Instance instance, int number, string name)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"{number:00}.json");
        await instance
            .Blobs.GetBlobContainerClient(Containers.Campaigns)
            .GetBlobClient(path)
            .UploadAsync(Campaign(name), overwrite: true, Token);
        return path;
    }

    private static async Task SubmitAsync(Instance instance, string name, DateTimeOffset submitAt)
    {
        using var content = Campaign(name, submitAt).ToStream();
        var result = await instance.Service.SubmitAsync(new Submission(content, "http.json") { Length = content.Length }, Token);
        Assert.Equal(SubmissionOutcome.Committed, result.Outcome);
    }

    private static BinaryData Campaign(string name, DateTimeOffset? submitAt = null) =>
        BinaryData.FromString(
            $$"""{"taskName":"{{name}}","agentId":41,{{(submitAt is null ? "" : $$"""
        "delivery":{"submitAt":"{{submitAt:O}}"},
        """)}}"numberInfoList":[{"calleeNumber":"12025550123"}]}"""
        );

    [Fact]
    public async Task A_tick_that_waits_for_room_lets_nothing_else_wait()
    {
        await using var shared = await Shared.StartAsync(storage, waitsForRoom: TimeSpan.FromSeconds(30));
        shared.Simulator.Account.MaxTasksAtOnce = 1;
        shared.Simulator.Account.TaskDuration = TimeSpan.FromHours(1);
        var instance = shared.NewInstance();
        await Shared.SubmitAsync(instance, "Runs");
        await Shared.SubmitAsync(instance, "Waits");
        await shared.SubmitUntilAsync(instance, "Expires", TimeSpan.FromMinutes(2));

        var tick = instance.Service.RunDueAsync(Token);
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while ((await instance.Service.FindAsync("Expires", deadline.Token))!.State != CampaignStates.Expired)
        {
            Assert.False(tick.IsCompleted);
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        while (!tick.IsCompleted)
        {
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        await tick;
        Assert.Equal("Runs", Assert.Single(shared.Simulator.AcceptedTasks).Name);
    }
}
