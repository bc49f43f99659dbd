using Laaffic.EndToEnd.Tests.Support;

namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>Strikes every request of a run once.</summary>
internal static class CrashEnumeration
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Runs a scenario undisturbed, and then once for each of its requests that can be struck.</summary>
    /// <param name="kind">How they are struck.</param>
    /// <param name="runAsync">Runs the scenario with an outage, recovers, and checks the promises.</param>
    public static async Task SurviveAsync(OutageKind kind, Func<Outage, Task> runAsync)
    {
        // What there is to strike; later runs may differ by what their outage led to, so the list only says where to begin.
        var undisturbed = Outage.None();
        await RunAsync(undisturbed);
        var strikes = 0;
        var ended = false;
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 10_000).TakeWhile(_ => !Volatile.Read(ref ended)).Where(at => HasEffect(kind, undisturbed, at)),
            new ParallelOptions { MaxDegreeOfParallelism = 4, CancellationToken = Token },
            async (at, _) =>
            {
                var outage = new Outage(at, kind);
                await RunAsync(outage);
                if (outage.Struck)
                {
                    Interlocked.Increment(ref strikes);
                }
                else
                {
                    Volatile.Write(ref ended, true);
                }
            }
        );
        TestContext.Current.SendDiagnosticMessage($"{kind}: {strikes} operations struck of {undisturbed.Operations.Count}.");
        Assert.True(strikes > 10, $"Only {strikes} operations were struck: the hook does not see them.");

        async Task RunAsync(Outage outage)
        {
            try
            {
                await runAsync(outage);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                throw new InvalidOperationException(
                    $"After {outage.Where}: {e.Message}\nIt had sent:\n{string.Join('\n', outage.Operations)}",
                    e
                );
            }
        }
    }

    // A read leaves nothing behind whose answer could be lost: dying after it is dying before what follows.
    private static bool HasEffect(OutageKind kind, Outage undisturbed, int at) =>
        kind == OutageKind.DeathBefore
        || at >= undisturbed.Operations.Count
        || !(
            undisturbed.Operations[at].StartsWith("GET ", StringComparison.Ordinal)
            || undisturbed.Operations[at].StartsWith("HEAD ", StringComparison.Ordinal)
        );
}
