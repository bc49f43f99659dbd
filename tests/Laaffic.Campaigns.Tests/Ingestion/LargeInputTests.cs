using System.Text;
using Laaffic.Campaigns.Ingestion;
using Laaffic.Campaigns.Tests.Ledger;
using Laaffic.Testing;

namespace Laaffic.Campaigns.Tests.Ingestion;

public sealed class LargeInputTests(StorageFixture storage)
{
    private const int Large = 32 * 1024 * 1024;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(Large)]
    [InlineData(null)]
    public async Task A_large_request_waits_for_the_one_before_it(int? length)
    {
        using var inputs = new LargeInputLimiter();
        var first = await inputs.WaitAsync(length, Token);
        var second = inputs.WaitAsync(length, Token);
        Assert.False(second.IsCompleted);

        first!.Dispose();

        (await second.WaitAsync(TimeSpan.FromMinutes(1), Token))!.Dispose();
    }

    [Fact]
    public async Task A_small_input_does_not_wait()
    {
        using var inputs = new LargeInputLimiter();
        using var first = await inputs.WaitAsync(null, Token);

        Assert.Null(await inputs.WaitAsync(Large - 1, Token));
        Assert.True(inputs.TryEnter("small.csv", Large - 1, out var turn));
        Assert.Null(turn);
    }

    [Fact]
    public void A_file_that_waits_is_taken_once_the_turn_is_free()
    {
        using var inputs = new LargeInputLimiter();
        Assert.True(inputs.TryEnter("first.csv", Large, out var turn));
        Assert.False(inputs.TryEnter("second.csv", Large, out _));
        Assert.False(inputs.TryEnter("second.csv", Large, out _));
        Assert.Null(inputs.TakeWaiting());

        turn!.Dispose();
        turn.Dispose();

        Assert.Equal("second.csv", inputs.TakeWaiting());
        Assert.Null(inputs.TakeWaiting());
        Assert.True(inputs.TryEnter("second.csv", Large, out turn));
        Assert.False(inputs.TryEnter("third.csv", Large, out _));
        turn!.Dispose();
    }

    [Fact]
    public async Task A_large_file_that_waits_holds_up_nobody_and_is_read_by_whoever_had_the_turn()
    {
        await using var shared = await Shared.StartAsync(storage);
        var instance = shared.NewInstance();
        await Shared.UploadAsync(instance, "first.csv", Csv("First", "12025550101"));
        await Shared.UploadAsync(instance, "second.csv", Csv("Second", "12025550102"));
        await Shared.UploadAsync(instance, "small.json", Shared.Campaign("Small", 1));
        instance.Gate.Close(request =>
            request.StartsWith("GET", StringComparison.Ordinal) && request.EndsWith("/first.csv", StringComparison.Ordinal)
        );
        var first = instance.Service.ProcessFileAsync("first.csv", Token);
        await instance.Gate.Reached;

        // Returns at once, and so does a tick, which finds it due.
        await instance.Service.ProcessFileAsync("second.csv", Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        await instance.Service.ProcessFileAsync("small.json", Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        await instance.Service.RunDueAsync(Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        Assert.Null(await Shared.FindReportAsync(instance, "second.csv"));
        Assert.Equal("accepted", (await Shared.FindReportAsync(instance, "small.json"))!.State);

        instance.Gate.Open();
        await first;

        Assert.Equal("accepted", (await Shared.FindReportAsync(instance, "first.csv"))!.State);
        Assert.Equal("accepted", (await Shared.FindReportAsync(instance, "second.csv"))!.State);
        Assert.Equal(3, shared.Simulator.AcceptedTasks.Count);
    }

    /// <summary>One callee, and more blank rows than a small file has.</summary>
    private static string Csv(string name, string number) =>
        new StringBuilder($"# taskName: {name}\n# agentId: 41\ncalleeNumber\n{number}\n").Append('\n', Large).ToString();
}
