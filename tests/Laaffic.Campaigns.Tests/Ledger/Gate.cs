using Azure.Core;
using Azure.Core.Pipeline;

namespace Laaffic.Campaigns.Tests.Ledger;

/// <summary>
/// Counts an instance's requests to storage, and stops it before one, as if its process were suspended there, until it is opened.
/// </summary>
internal sealed class Gate : HttpPipelinePolicy
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Func<string, bool>? _stopsAt;
    private int _passing;
    private int _requests;

    /// <summary>How many requests have come by.</summary>
    public int Requests => _requests;

    /// <summary>Completes when a request has come to the gate.</summary>
    public Task Reached => _reached.Task.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);

    /// <summary>Stops at a request, given as its method and path; so many that fit may pass before.</summary>
    public void Close(Func<string, bool> stop, int pass = 0) => (_stopsAt, _passing) = (stop, pass);

    public void Open() => _opened.TrySetResult();

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Interlocked.Increment(ref _requests);
        if (_stopsAt?.Invoke($"{message.Request.Method} {message.Request.Uri.Path}") == true && Interlocked.Decrement(ref _passing) < 0)
        {
            _reached.TrySetResult();
            await _opened.Task;
        }

        await ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
}
