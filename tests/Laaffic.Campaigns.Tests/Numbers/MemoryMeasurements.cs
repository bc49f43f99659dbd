namespace Laaffic.Campaigns.Tests.Numbers;

[CollectionDefinition("Measures memory", DisableParallelization = true)]
public sealed class MemoryMeasurements;
