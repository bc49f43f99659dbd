namespace Laaffic.Api;

/// <summary>Where an application id stands in a stored request body: the inside of its JSON string, without the quotes.</summary>
/// <param name="Offset">Its first byte, from 0.</param>
/// <param name="Length">How many bytes it has.</param>
public readonly record struct AppIdSlot(long Offset, int Length);
