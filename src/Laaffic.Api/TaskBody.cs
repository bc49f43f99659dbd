namespace Laaffic.Api;

/// <summary>A stored request body, sent as it is but for its application id, and never held in memory as a whole.</summary>
/// <param name="Length">The length in bytes of what is stored: the stream must hold exactly as many.</param>
/// <param name="Open">
/// Opens it from its start. Called once per attempt: a second time when the client signs again within one call. The client
/// disposes the stream.
/// </param>
public sealed record TaskBody(long Length, Func<CancellationToken, Task<Stream>> Open)
{
    /// <summary>
    /// Asked in each attempt right before the last buffer of the body (1 byte to 1 MiB) is sent, without which the server has
    /// no complete request; false ends the attempt with nothing accepted. Null is always true.
    /// </summary>
    public Func<bool>? MayComplete { get; init; }

    /// <summary>
    /// Where the account's application id stands in the stored body; null sends the body as it is. With it, each attempt
    /// sends the application id of the credentials that it signs with, so one that was fixed meanwhile is the one that is sent.
    /// </summary>
    public AppIdSlot? AppId { get; init; }
}
