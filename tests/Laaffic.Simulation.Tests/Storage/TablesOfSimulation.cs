using Laaffic.Simulation.Storage;

namespace Laaffic.Simulation.Tests.Storage;

public sealed class TablesOfSimulation() : TableContractTests(AccountUnderTest.Of(new SimulatedAccount(() => DateTimeOffset.UtcNow)));
