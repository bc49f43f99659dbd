namespace Laaffic.LocalHost;

/// <summary>A file to drop.</summary>
/// <param name="Name">Its blob's name.</param>
/// <param name="Path">Where it lies.</param>
internal sealed record DroppedFile(string Name, string Path);
