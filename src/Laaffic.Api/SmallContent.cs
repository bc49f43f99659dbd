namespace Laaffic.Api;

/// <summary>A small body, of a call that may be repeated blindly.</summary>
internal sealed class SmallContent(byte[] body) : RequestContent(body.Length)
{
    protected override bool CanBeRepeated => true;

    protected override Task CopyAsync(Stream target, CancellationToken cancellationToken) =>
        target.WriteAsync(body, cancellationToken).AsTask();
}
