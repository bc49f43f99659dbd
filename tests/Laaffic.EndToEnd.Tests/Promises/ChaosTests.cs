using Laaffic.Chaos;

namespace Laaffic.EndToEnd.Tests.Promises;

public sealed class ChaosTests
{
    /// <summary>For longer, and with other seeds: <c>dotnet run --project tests/Laaffic.Chaos -- --rounds 100</c>.</summary>
    [Fact(Explicit = true), Trait("Suite", "Long")]
    public async Task Killed_hosts_a_restarted_storage_and_a_faulty_api_break_no_promise()
    {
        var outcome = await ChaosRound.RunAsync(
            seed: 20,
            TimeSpan.FromSeconds(12),
            TestContext.Current.SendDiagnosticMessage,
            TestContext.Current.CancellationToken
        );

        Assert.True(outcome is { Kills: > 0, Callees: > 0, Faults: > 0 }, $"There was no trouble: {outcome}");
    }
}
