namespace Laaffic.Campaigns.Planning;

/// <summary>A task whose request body is stored.</summary>
/// <param name="Number">Its place in the campaign, from 1.</param>
/// <param name="Name">Its task name: the campaign's for the first, with -2, -3, … for the next ones.</param>
/// <param name="BlobName">The name of its body in the container <c>tasks</c>.</param>
/// <param name="Length">The body's length in bytes.</param>
/// <param name="Callees">How many callees it has.</param>
/// <param name="AppIdOffset">Where the account's application id stands in the body, in bytes; null if the campaign names its own.</param>
/// <param name="AppIdLength">How many bytes it has there.</param>
public sealed record PlannedTask(
    int Number,
    string Name,
    string BlobName,
    long Length,
    int Callees,
    long? AppIdOffset = null,
    int? AppIdLength = null
);
