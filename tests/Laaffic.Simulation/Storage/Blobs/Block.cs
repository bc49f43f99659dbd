namespace Laaffic.Simulation.Storage.Blobs;

/// <summary>A part of a block blob.</summary>
/// <param name="Id">Its id in the blob, as Base64.</param>
/// <param name="Content">Its bytes.</param>
internal sealed record Block(string Id, ReadOnlyMemory<byte> Content);
