namespace Laaffic.Api;

/// <summary>Reads the body of a reply up to a limit, as a broken or foreign server may send any amount.</summary>
internal static class ReplyBody
{
    // A full page of a query has some 30 KB.
    private const int Limit = 1024 * 1024;
    private const int Step = 4096;

    /// <summary>The bytes; null if there are more than documented replies have.</summary>
    public static async Task<byte[]?> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        if (content.Headers.ContentLength > Limit)
        {
            return null;
        }

        var stream = await content.ReadAsStreamAsync(cancellationToken);
        await using (stream)
        {
            var buffer = new byte[(int)(content.Headers.ContentLength ?? Step) + 1];
            var length = 0;
            while (true)
            {
                var read = await stream.ReadAsync(buffer.AsMemory(length), cancellationToken);
                if (read == 0)
                {
                    return buffer[..length];
                }

                length += read;
                if (length > Limit)
                {
                    return null;
                }

                if (length == buffer.Length)
                {
                    Array.Resize(ref buffer, Math.Min(buffer.Length * 2, Limit + 1));
                }
            }
        }
    }
}
