namespace Laaffic.LocalHost.Tests;

/// <summary>Holds calls until it is opened.</summary>
public sealed class Gate
{
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Passed => _open.Task;

    public void Open() => _open.TrySetResult();
}
