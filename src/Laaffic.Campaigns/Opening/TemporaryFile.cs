namespace Laaffic.Campaigns.Opening;

/// <summary>Files that are gone when they are closed.</summary>
internal static class TemporaryFile
{
    /// <summary>Begins the names of these files.</summary>
    public const string Prefix = "laaffic-list-";

    private const int BufferBytes = 64 * 1024;

    /// <summary>Copies what is left of a stream to a new file.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="what">What it is to whoever made the list, such as <c>The archive</c>.</param>
    /// <param name="cancellationToken">Cancels it; the file is gone then.</param>
    /// <returns>The file, at its beginning.</returns>
    /// <exception cref="UnreadableListException">There is more than may be stored.</exception>
    public static async Task<FileStream> CopyAsync(Stream source, string what, CancellationToken cancellationToken)
    {
        var path = Path.Combine(Path.GetTempPath(), Prefix + Path.GetRandomFileName());
        var file = new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
                BufferSize = BufferBytes,
            }
        );
        try
        {
            var buffer = new byte[BufferBytes];
            int read;
            while ((read = await source.ReadAsync(buffer, cancellationToken)) > 0)
            {
                if (file.Position + read > ListLimits.MaxStoredBytes)
                {
                    throw new UnreadableListException(
                        null,
                        $"{what} is larger than {ListLimits.MaxStoredBytes >> 20} MB, the most that can be read: "
                            + "split it into several files."
                    );
                }

                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken);
            }
            await file.FlushAsync(cancellationToken);
            file.Position = 0;
            return file;
        }
        catch
        {
            await file.DisposeAsync();
            throw;
        }
    }
}
