using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Azure.Core;
using Azure.Core.Pipeline;

namespace Laaffic.Benchmarks.Requests;

/// <summary>Counts what the app asks of storage, by method and kind of thing asked for.</summary>
internal sealed partial class CountedRequests : HttpPipelinePolicy
{
    private ConcurrentDictionary<string, int> _requests = new();

    /// <summary>How many there were since it was last asked, in all and by kind.</summary>
    public (int Count, string Kinds) Take()
    {
        var taken = Interlocked.Exchange(ref _requests, new());
        return (
            taken.Values.Sum(),
            string.Join(", ", taken.OrderByDescending(kind => kind.Value).Select(kind => $"{kind.Value} {kind.Key}"))
        );
    }

    public override ValueTask ProcessAsync(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Count(message.Request);
        return ProcessNextAsync(message, pipeline);
    }

    public override void Process(HttpMessage message, ReadOnlyMemory<HttpPipelinePolicy> pipeline)
    {
        Count(message.Request);
        ProcessNext(message, pipeline);
    }

    private void Count(Request request)
    {
        // Of /account/ledger(PartitionKey=…) and /account/tasks/0123/plan.json: ledger and tasks.
        var place = Place().Match(request.Uri.Path).Groups["place"].Value;
        _requests.AddOrUpdate($"{request.Method} {place}", 1, (_, count) => count + 1);
    }

    [GeneratedRegex("^/?[^/]*/(?<place>[$A-Za-z]*)")]
    private static partial Regex Place();
}
