namespace Laaffic.Campaigns.Opening;

/// <summary>
/// Opens dropped files: takes what they are from their names, and from their first bytes where people misname them, and
/// unpacks them.
/// </summary>
internal static class ListFile
{
    /// <summary>Opens a dropped file.</summary>
    /// <param name="content">Its bytes, which are read forward and asynchronously; not disposed of.</param>
    /// <param name="name">Its name, with or without a folder.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>What is in it, unpacked.</returns>
    /// <exception cref="UnreadableListException">It is not of a kind that can be read, or damaged, or too large.</exception>
    public static async Task<OpenedFile> OpenAsync(Stream content, string name, CancellationToken cancellationToken)
    {
        var opening = new FileOpening(cancellationToken);
        try
        {
            return await opening.OpenAsync(content, name[(name.LastIndexOfAny(['/', '\\']) + 1)..]);
        }
        catch
        {
            await opening.DisposeAsync();
            throw;
        }
    }
}
