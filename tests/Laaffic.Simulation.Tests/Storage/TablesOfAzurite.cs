using Laaffic.Testing;

namespace Laaffic.Simulation.Tests.Storage;

public sealed class TablesOfAzurite(StorageFixture storage) : TableContractTests(AccountUnderTest.OfAzurite(storage))
{
    protected override bool IsAzurite => true;
}
