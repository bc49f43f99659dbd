namespace Laaffic.Chaos;

/// <summary>A promise was broken; the message says which, and for whom.</summary>
public sealed class BrokenPromiseException(string message) : Exception(message);
