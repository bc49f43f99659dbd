using System.Globalization;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Simulator;

namespace Laaffic.Campaigns.Tests.Dispatch;

/// <summary>
/// Whatever moment of serving the line an instance is suspended in, or storage begins to refuse it in, all are sent once and in order.
/// </summary>
public sealed class QueueMomentTests
{
    private const int Campaigns = 5;
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0), InlineData(1), InlineData(2), InlineData(3)]
    public async Task An_instance_that_is_suspended_while_another_goes_on_sends_hardly_anything_in_vain(int part)
    {
        for (var moment = part; ; moment += 4)
        {
            await using var shared = await StartAsync();
            var (frozen, other) = (shared.NewInstance(), shared.NewInstance());
            await FillAsync(shared, frozen);
            shared.Clock.Advance(TimeSpan.FromMinutes(11));
            frozen.Gate.Close(_ => true, moment);
            var tick = frozen.Service.RunDueAsync(Token);
            await Task.WhenAny(tick, frozen.Gate.Reached);
            if (tick.IsCompleted)
            {
                return;
            }

            await shared.TickAsync(other, Minute * 7, Minute);
            frozen.Gate.Open();
            await RunAsync(shared, tick);
            await shared.TickAsync(other, TimeSpan.FromHours(1), Minute);
            Check(shared, moment, inOrder: true);
        }
    }

    [Theory(Explicit = true), Trait("Suite", "Long")]
    [InlineData(false), InlineData(true)]
    public async Task A_request_that_storage_refuses_loses_nothing(bool andAllAfterIt)
    {
        for (var moment = 0; ; moment++)
        {
            await using var shared = await StartAsync();
            var instance = shared.NewInstance();
            await FillAsync(shared, instance);
            shared.Clock.Advance(TimeSpan.FromMinutes(11));
            var (count, chosen) = (0, (string?)null);
            instance.Refusals.Refuse(request =>
            {
                if (count++ == moment)
                {
                    chosen = request;
                }

                return chosen is not null && (andAllAfterIt || chosen == request) && count < moment + 100;
            });
            try
            {
                await RunAsync(shared, instance.Service.RunDueAsync(Token));
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                // the host logs it
            }

            if (chosen is null)
            {
                return;
            }

            instance.Refusals.Clear();
            await shared.TickAsync(instance, TimeSpan.FromHours(3), Minute);
            Check(shared, moment, inOrder: false, chosen);
        }
    }

    private static void Check(Shared shared, int moment, bool inOrder, string? what = null)
    {
        var calls = shared.Simulator.Calls.Where(call => call.Endpoint == ApiEndpoint.Create).ToList();
        var history =
            $"moment {moment} {what}: "
            + string.Join(", ", calls.Select(c => string.Create(CultureInfo.InvariantCulture, $"{c.At:HH:mm} {c.TaskName} {c.Status}")));
        Assert.True(shared.Simulator.AcceptedTasks.Count == Campaigns, history);
        Assert.True(calls.All(c => c.Status is 0 or -37), history);
        // Probes after 1, 2, 4 and 8 minutes, and one that is sent by either of two.
        Assert.True(calls.Count(c => c.Status == -37) <= 2 * Campaigns + 2, history);
        // Whose turn it was is reserved for a lease, and others go before it.
        var others = Enumerable.Range(0, Campaigns).Where(i => i != 1).Select(NameOf);
        if (inOrder)
        {
            Assert.True(shared.Simulator.AcceptedTasks.Select(t => t.Name).Where(name => name != NameOf(1)).SequenceEqual(others), history);
        }
    }

    // What waits by the clock goes on.
    private static async Task RunAsync(Shared shared, Task tick)
    {
        for (var i = 0; !tick.IsCompleted; i++)
        {
            await Task.WhenAny(tick, Task.Delay(i < 20 ? 20 : 5, Token));
            if (i > 20)
            {
                shared.Clock.Advance(TimeSpan.FromSeconds(10));
            }
        }

        await tick;
    }

    private static async Task<Shared> StartAsync()
    {
        var shared = await Shared.StartInMemoryAsync();
        shared.Simulator.Account.MaxTasksAtOnce = 1;
        shared.Simulator.Account.TaskDuration = TimeSpan.FromMinutes(10);
        return shared;
    }

    private static async Task FillAsync(Shared shared, Instance instance)
    {
        for (var i = 0; i < Campaigns; i++)
        {
            await Shared.SubmitAsync(instance, NameOf(i));
            shared.Clock.Advance(TimeSpan.FromSeconds(1));
        }
    }

    private static string NameOf(int i) => i.ToString("00", CultureInfo.InvariantCulture);
}
