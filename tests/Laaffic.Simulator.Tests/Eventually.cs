namespace Laaffic.Simulator.Tests;

internal static class Eventually
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Waits until something holds; fails when it does not within 20 seconds.</summary>
    public static async Task HoldsAsync(Func<bool> condition)
    {
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        var started = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "It did not come to hold within 20 seconds.");
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
