using Azure;

namespace Laaffic.Simulation.Tests.Storage;

/// <summary>What a caller can tell of a failed request.</summary>
public sealed record Outcome(int Status, string? Code)
{
    public static async Task<Outcome> FailureOf(Func<Task> request)
    {
        var failure = await Assert.ThrowsAnyAsync<RequestFailedException>(request);
        return new(failure.Status, failure.ErrorCode);
    }
}
