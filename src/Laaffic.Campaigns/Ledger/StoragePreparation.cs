using Azure.Storage.Blobs;

namespace Laaffic.Campaigns.Ledger;

/// <summary>Makes the table and the containers, before an instance does anything else.</summary>
internal sealed class StoragePreparation(LedgerTable table, BlobServiceClient blobs)
{
    private bool _prepared;

    /// <summary>Makes those that are not there, the first time.</summary>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        if (_prepared)
        {
            return;
        }

        await table.PrepareAsync(cancellationToken);
        await Containers.CreateAsync(blobs, cancellationToken);
        _prepared = true;
    }
}
