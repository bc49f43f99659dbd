namespace Laaffic.LocalHost;

/// <summary>Azurite ended because another program has one of its ports.</summary>
internal sealed class PortTakenException(string message) : InvalidOperationException(message);
