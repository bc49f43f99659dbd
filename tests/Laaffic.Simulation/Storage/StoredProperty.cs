namespace Laaffic.Simulation.Storage;

/// <summary>A property of a row.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">A string, bool, int, long, double, DateTimeOffset, Guid or byte[].</param>
public readonly record struct StoredProperty(string Name, object Value);
