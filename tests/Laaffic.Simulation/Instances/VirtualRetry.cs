using Azure;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Laaffic.Simulation.Instances;

/// <summary>
/// The storage client's own way of repeating requests, with the waiting done in virtual time: exponential from the client's
/// first delay to its longest.
/// </summary>
internal sealed class VirtualRetry(ProcessState process, RetryOptions options) : RetryPolicy(options.MaxRetries, new NoWaiting())
{
    protected override async ValueTask<bool> ShouldRetryAsync(HttpMessage message, Exception? exception)
    {
        if (!await base.ShouldRetryAsync(message, exception))
        {
            return false;
        }

        var repeated = message.ProcessingContext.RetryNumber;
        var delay = options.Mode == RetryMode.Fixed ? options.Delay : options.Delay * Math.Pow(2, repeated);
        await process.DelayAsync(delay < options.MaxDelay ? delay : options.MaxDelay, message.CancellationToken);
        return true;
    }

    private sealed class NoWaiting() : DelayStrategy(TimeSpan.Zero, 0)
    {
        protected override TimeSpan GetNextDelayCore(Response? response, int retryNumber) => TimeSpan.Zero;
    }
}
