using Azure.Storage.Blobs.Models;
using Laaffic.Campaigns.Ledger;

namespace Laaffic.Campaigns.Schedules;

/// <summary>The list of an occurrence.</summary>
/// <param name="Path">Where it is, or would be; null if there is none in its folder.</param>
/// <param name="File">Its version; null if it cannot be read.</param>
/// <param name="State">What becomes of the occurrence if it must not be called; null if it may be.</param>
/// <param name="Reason">Why it must not be called.</param>
internal sealed record FoundList(string? Path, BlobProperties? File, OccurrenceState? State, string? Reason)
{
    /// <summary>The upload that has not ended, and the version beside which it was seen; null if there is none.</summary>
    public UnfinishedUpload? Upload { get; init; }
}
