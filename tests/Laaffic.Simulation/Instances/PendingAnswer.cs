namespace Laaffic.Simulation.Instances;

/// <summary>What comes to a process from outside, once; never, if it dies before.</summary>
internal sealed class PendingAnswer<T>(ProcessState process)
{
    private readonly TaskCompletionSource<T> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Give(T result) => process.Deliver(() => _source.TrySetResult(result));

    public Task<T> WaitAsync(CancellationToken cancellationToken) => _source.Task.WaitAsync(cancellationToken);
}
