using System.Diagnostics;

namespace Laaffic.LocalHost.Tests;

internal static class Wait
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a condition holds; fails after the deadline.</summary>
    /// <param name="condition">Asked again and again.</param>
    /// <param name="meanwhile">Done before each time, such as moving a clock.</param>
    public static async Task UntilAsync(Func<bool> condition, Action? meanwhile = null)
    {
        var started = Stopwatch.GetTimestamp();
        while (!condition())
        {
            Assert.True(Stopwatch.GetElapsedTime(started) < Deadline, "The condition did not come to hold in time.");
            meanwhile?.Invoke();
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }
}
