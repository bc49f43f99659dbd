using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Tests.Storage;

public sealed class BlobsOfSimulation() : BlobContractTests(AccountUnderTest.Of(new SimulatedAccount(() => DateTimeOffset.UtcNow)));
