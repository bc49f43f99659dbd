namespace Laaffic.EndToEnd.Tests.Promises;

/// <summary>Tests that measure the memory of the process run alone.</summary>
[CollectionDefinition(nameof(MeasuresMemory), DisableParallelization = true)]
public sealed class MeasuresMemory;
