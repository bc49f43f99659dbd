namespace Laaffic.Simulation.Storage;

/// <summary>A request as it reaches the storage account.</summary>
/// <param name="Method">The HTTP method, in capitals.</param>
/// <param name="Uri">The whole address.</param>
/// <param name="Headers">By name, whose case must not matter.</param>
/// <param name="Body">The account keeps this memory: it must not change afterwards.</param>
public sealed record StorageRequest(string Method, Uri Uri, IReadOnlyDictionary<string, string> Headers, ReadOnlyMemory<byte> Body)
{
    internal string? Header(string name) => Headers.GetValueOrDefault(name);
}
