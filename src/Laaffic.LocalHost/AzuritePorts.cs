namespace Laaffic.LocalHost;

/// <summary>Where Azurite's services listen, on loopback.</summary>
/// <param name="Blob">The port of the blob service; 0 asks for any free one.</param>
/// <param name="Queue">The port of the queue service; likewise.</param>
/// <param name="Table">The port of the table service; likewise.</param>
internal sealed record AzuritePorts(int Blob, int Queue, int Table)
{
    /// <summary>Where storage tools look.</summary>
    public static AzuritePorts Usual { get; } = new(10000, 10001, 10002);

    /// <summary>Whichever are free.</summary>
    public static AzuritePorts Any { get; } = new(0, 0, 0);
}
