namespace Laaffic.EndToEnd.Tests.Support;

/// <summary>Stands for the end of the process: whatever catches it can not make anything take effect any more.</summary>
public sealed class DeadProcessException : Exception;
