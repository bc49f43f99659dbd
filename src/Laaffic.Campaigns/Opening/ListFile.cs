namespace Laaffic.Campaigns.Opening;

/// <summary>
/// Opens dropped files: takes what they are from their names, and from their first bytes where people misname them, and
/// unpacks them.
/// </summary>
internal static class ListFile
{
    /// <summary>How much larger a list usually is than it is packed.</summary>
    private const int UsualRatio = 8;

    /// <summary>Whether a file of this name is a JSON campaign; what a zip holds is not known from its name.</summary>
    public static bool IsJson(string name) => ListEndings.KindOf(ListEndings.WithoutGz(name)) == ListKind.Json;

    /// <summary>A file's name without the endings that say what it is: <c>may</c> of <c>may.csv.gz</c>.</summary>
    public static string NameWithoutEndings(string name) => Path.GetFileNameWithoutExtension(ListEndings.WithoutGz(name));

    /// <summary>About how many bytes a file has once it is unpacked.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="length">Its bytes as it is.</param>
    public static long ExpectedLength(string name, long length) =>
        ListEndings.KindOf(name) is ListKind.Text or ListKind.Json ? length : length * UsualRatio;

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
