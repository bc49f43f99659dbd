namespace Laaffic.Api;

/// <summary>A stored request body, sent as it is and never held in memory as a whole.</summary>
/// <param name="Length">Its length in bytes, sent as Content-Length: the stream must hold exactly as many.</param>
/// <param name="Open">
/// Opens it from its start. Called once per attempt: a second time when the client signs again within one call. The client
/// disposes the stream.
/// </param>
public sealed record TaskBody(long Length, Func<CancellationToken, Task<Stream>> Open);
