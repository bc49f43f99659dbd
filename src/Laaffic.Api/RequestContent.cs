using System.Net;

namespace Laaffic.Api;

/// <summary>
/// The body of one attempt. It knows whether sending it has begun: before that no server can have acted on the request,
/// after that every failure leaves open what the server did.
/// </summary>
internal abstract class RequestContent : HttpContent
{
    private readonly long _length;

    protected RequestContent(long length)
    {
        _length = length;

        // Exactly as documented; the typed header would be written with a space after the semicolon.
        Headers.TryAddWithoutValidation("Content-Type", "application/json;charset=UTF-8");
    }

    /// <summary>Whether any of it may have been sent.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Whether sending was given up before the last bytes, so that no server has the whole request.</summary>
    public bool GivenUp { get; protected set; }

    protected abstract Task CopyAsync(Stream target, CancellationToken cancellationToken);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        var again = HasBegun;
        HasBegun = true;
        return again && !CanBeRepeated
            ? throw new InvalidOperationException("something below the client tried to send the body of a create request a second time")
            : CopyAsync(stream, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _length;
        return true;
    }

    /// <summary>
    /// Whether a handler below the client may send it again on its own. .NET's own handler never does once a body has begun
    /// (it repeats a request on a broken pooled connection only before that), but a retrying handler in between would.
    /// </summary>
    protected abstract bool CanBeRepeated { get; }
}
