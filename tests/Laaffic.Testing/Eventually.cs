using Xunit;

namespace Laaffic.Testing;

/// <summary>Waits for something that happens beside a test.</summary>
public static class Eventually
{
    /// <summary>Returns once it is so; a minute is long enough for anything.</summary>
    /// <exception cref="OperationCanceledException">It did not happen in time, or the test was cancelled.</exception>
    public static async Task TrueAsync(Func<bool> condition)
    {
        ArgumentNullException.ThrowIfNull(condition);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromMinutes(1));
        while (!condition())
        {
            await Task.Delay(10, deadline.Token);
        }
    }
}
