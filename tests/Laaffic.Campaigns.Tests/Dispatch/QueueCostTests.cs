using System.Globalization;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>What it costs that campaigns stand in line, where something beside the account is wrong.</summary>
public sealed class QueueCostTests(StorageFixture storage)
{
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(-23), InlineData(-46), InlineData(-22)]
    public async Task A_campaign_whose_tasks_are_refused_one_and_all_has_one_turn_as_the_others(int status)
    {
        await using var shared = await Shared.StartInMemoryAsync(calleesPerTask: 1);
        shared.Simulator.Account.MaxTasksAtOnce = 1;
        shared.Simulator.Account.TaskDuration = TimeSpan.FromMinutes(10);
        var instance = shared.NewInstance();
        await Shared.SubmitAsync(instance, "Runs", 1);
        await Shared.SubmitAsync(instance, "Bad", 30);
        shared.Clock.Advance(TimeSpan.FromSeconds(1));
        await Shared.SubmitAsync(instance, "Good", 1);
        for (var i = 1; i <= 30; i++)
        {
            shared.Simulator.Faults.Add(Fault.Answer(status) with { TaskName = i == 1 ? "Bad" : $"Bad-{i}", Times = null });
        }

        var before = shared.Simulator.Calls.Count;
        await shared.TickAsync(instance, TimeSpan.FromMinutes(14), Minute);

        var order = shared
            .Simulator.Calls.Skip(before)
            .Where(c => c.Endpoint == ApiEndpoint.Create && c.Status != -37)
            .Select(c => c.TaskName)
            .ToList();
        Assert.True(order.IndexOf("Good") is >= 0 and <= 2, string.Join(", ", order));
    }

    [Theory]
    [InlineData(10), InlineData(40)]
    public async Task Bodies_that_cannot_be_read_cost_each_campaign_a_try_and_not_all_of_them_all_tries(int campaigns)
    {
        await using var shared = await Shared.StartInMemoryAsync();
        shared.Simulator.Account.MaxTasksAtOnce = 1;
        shared.Simulator.Account.TaskDuration = TimeSpan.FromMinutes(10);
        var instance = shared.NewInstance();
        for (var i = 0; i < campaigns; i++)
        {
            await Shared.SubmitAsync(instance, i.ToString("00", CultureInfo.InvariantCulture));
        }

        shared.Clock.Advance(TimeSpan.FromMinutes(11));
        instance.Refusals.Refuse(request =>
            request.StartsWith("GET", StringComparison.Ordinal) && request.EndsWith("0001.json", StringComparison.Ordinal)
        );
        var before = instance.Gate.Requests;
        await instance.Service.RunDueAsync(Token);
        var each = (double)(instance.Gate.Requests - before) / campaigns;
        Assert.True(each < 16, $"{each} requests for each of {campaigns}");
        instance.Refusals.Clear();
        await shared.TickAsync(instance, TimeSpan.FromHours(8), Minute * 5);
        Assert.Equal(campaigns, shared.Simulator.AcceptedTasks.Count);
    }

    [Fact]
    public async Task Counted_out_of_a_thousand_rows_the_place_is_not_said_to_be_the_first()
    {
        await using var shared = await Shared.StartAsync(storage);
        shared.Simulator.Account.MaxTasksAtOnce = 1;
        shared.Simulator.Account.TaskDuration = TimeSpan.FromDays(1);
        var instance = shared.NewInstance();
        await Shared.SubmitAsync(instance, "Runs", 1);
        await Shared.SubmitAsync(instance, "Waits", 1);
        shared.Clock.Advance(TimeSpan.FromSeconds(1));
        var open = (await instance.Ledger.FindWorkItemAsync(Campaigns.Ledger.WorkItemKind.Campaign, "Waits", Token))!;
        var table = new Azure.Data.Tables.TableClient(shared.Account, Campaigns.Ledger.LedgerTable.TableName);
        // A thousand that are deferred, and then some that are in line before it.
        var rows = Enumerable
            .Range(0, 1000)
            .Select(i =>
                open with
                {
                    RowKey = $"o:c:0{i:0000}",
                    ETag = default,
                    DueAt = shared.Now.AddHours(1),
                    SendDueAt = shared.Now.AddHours(1),
                    DeferredSince = shared.Now.AddHours(-1),
                }
            )
            .Concat(
                Enumerable
                    .Range(0, 200)
                    .Select(i => open with { RowKey = $"o:c:z{i:0000}", ETag = default, ReadyAt = shared.Now.AddHours(-1) })
            );
        foreach (var batch in rows.Chunk(100))
        {
            await table.SubmitTransactionAsync(
                batch.Select(row => new Azure.Data.Tables.TableTransactionAction(Azure.Data.Tables.TableTransactionActionType.Add, row)),
                Token
            );
        }

        var report = (await instance.Service.FindAsync("Waits", Token))!;
        Assert.DoesNotContain("at least 0", report.WaitsFor, StringComparison.Ordinal);
    }
}
