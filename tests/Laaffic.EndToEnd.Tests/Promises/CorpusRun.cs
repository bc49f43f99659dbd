using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using Laaffic.EndToEnd.Tests.Support;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>One app that has taken the files of the corpus. What failed with one of them fails that one's case alone.</summary>
internal sealed class CorpusRun(TestApp app) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, CorpusOutcome> _outcomes = [];
    private readonly ConcurrentDictionary<string, Exception> _failures = [];

    public TestApp App => app;

    public CorpusOutcome this[CorpusFile file]
    {
        get
        {
            if (_failures.TryGetValue(file.Name, out var failure))
            {
                ExceptionDispatchInfo.Throw(failure);
            }

            return _outcomes[file.Name];
        }
    }

    public async Task TakeAsync(CorpusFile file, Func<Task<CorpusOutcome>> outcome)
    {
        try
        {
            _outcomes[file.Name] = await outcome();
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            _failures[file.Name] = e;
        }
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
