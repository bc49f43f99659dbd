using Laaffic.Testing;

namespace Laaffic.Simulation.Tests.Storage;

public sealed class BlobsOfAzurite(StorageFixture storage) : BlobContractTests(AccountUnderTest.OfAzurite(storage))
{
    protected override bool IsAzurite => true;
}
