using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Ledger;
using Microsoft.Extensions.Time.Testing;

namespace Laaffic.Campaigns.Tests.Ingestion;

public sealed class LargeInputTests
{
    private const long Large = 32 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Large)]
    [InlineData(null)]
    public async Task A_large_input_waits_for_the_one_before_it_and_renews_its_claim_meanwhile(long? length)
    {
        var clock = new FakeTimeProvider();
        var options = new CampaignOptions();
        using var inputs = new LargeInputLimiter(options, clock);
        var renewals = 0;
        var first = await inputs.WaitAsync(length, Renew, Token);
        var second = inputs.WaitAsync(length, Renew, Token);
        Assert.False(second.IsCompleted);

        for (var waits = 1; waits <= 3; waits++)
        {
            var before = renewals;
            clock.Advance(options.LeaseDuration / 2);
            await Ledger.Shared.UntilAsync(() => renewals > before);
        }

        Assert.False(second.IsCompleted);
        first!.Dispose();
        (await second)!.Dispose();

        ValueTask Renew(CancellationToken ct)
        {
            Interlocked.Increment(ref renewals);
            return ValueTask.CompletedTask;
        }
    }

    [Fact]
    public async Task A_small_input_does_not_wait()
    {
        using var inputs = new LargeInputLimiter(new CampaignOptions(), new FakeTimeProvider());
        using var first = await inputs.WaitAsync(null, _ => ValueTask.CompletedTask, Token);

        Assert.Null(await inputs.WaitAsync(Large - 1, _ => ValueTask.CompletedTask, Token));
    }

    [Fact]
    public async Task Who_loses_its_claim_while_it_waits_gives_its_turn_away()
    {
        var clock = new FakeTimeProvider();
        using var inputs = new LargeInputLimiter(new CampaignOptions(), clock);
        var first = await inputs.WaitAsync(Large, _ => ValueTask.CompletedTask, Token);
        var second = inputs.WaitAsync(Large, _ => throw new LeaseLostException(), Token);
        clock.Advance(TimeSpan.FromHours(1));
        await Assert.ThrowsAsync<LeaseLostException>(() => second);

        first!.Dispose();
        using var third = await inputs.WaitAsync(Large, _ => ValueTask.CompletedTask, Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
    }
}
