namespace Laaffic.Campaigns.Tests.Parsing;

[CollectionDefinition("Measures memory", DisableParallelization = true)]
public sealed class MemoryMeasurements;
