namespace Laaffic.Simulation.Storage;

/// <summary>The account's answer to a request.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Headers">Those of the content among them.</param>
/// <param name="Body">Empty where there is none.</param>
public sealed record StorageResponse(int Status, IReadOnlyList<KeyValuePair<string, string>> Headers, ReadOnlyMemory<byte> Body);
