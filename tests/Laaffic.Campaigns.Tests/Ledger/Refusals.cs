using Azure.Core;
using Azure.Core.Pipeline;

namespace Laaffic.Campaigns.Tests.Ledger;

/// <summary>
/// Storage that refuses some of an instance's requests while the process lives on, and whatever else is to happen at one.
/// </summary>
internal sealed class Refusals : HttpPipelinePolicy
{
    private Func<string, bool> _refuses = _ => false;
    private Func<string, Task> _before = _ => Task.CompletedTask;

    /// <summary>Refuses the requests, given as method and path, for which this says so; each repetition asks anew.</summary>
    public void Refuse(Func<string, bool> request) => _refuses = request;

    /// <summary>Refuses nothing any more.</summary>
    public void Clear() => _refuses = _ => false;

    /// <summary>Does something before each request is sent.</summary>
    public void Before(Func<string, Task> act) => _before = act;

    public override async ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        var request = $"{message.Request.Method} {message.Request.Uri.Path}";
        await _before(request);
        if (_refuses(request))
        {
            throw new IOException("The connection was refused.");
        }

        await ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline) => throw new NotSupportedException();
}
