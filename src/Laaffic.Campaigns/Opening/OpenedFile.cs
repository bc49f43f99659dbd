namespace Laaffic.Campaigns.Opening;

/// <summary>A dropped file, unpacked. Disposing it closes its content and deletes what it has on the temporary disk.</summary>
/// <param name="kind">What it is.</param>
/// <param name="name">The name of what is in it, without the ending of its packing.</param>
/// <param name="readAs">How it was opened if its name alone does not say so.</param>
/// <param name="content">What is in it.</param>
/// <param name="owned">What to dispose of, the last one first.</param>
internal sealed class OpenedFile(ListKind kind, string name, string? readAs, Stream content, IReadOnlyList<IAsyncDisposable> owned)
    : IAsyncDisposable
{
    /// <summary>What it is.</summary>
    public ListKind Kind { get; } = kind;

    /// <summary>The name of what is in it, without the ending of its packing: <c>a.csv</c> of <c>a.csv.gz</c>.</summary>
    public string Name { get; } = name;

    /// <summary>How it was opened, such as <c>gzip</c> or <c>zip: list.csv</c>; null if it is what its name says.</summary>
    public string? ReadAs { get; } = readAs;

    /// <summary>
    /// What is in it. A text's or a JSON's can only be read forward and asynchronously, and throws
    /// <see cref="UnreadableListException"/> if its packing is damaged; a spreadsheet's is a file.
    /// </summary>
    public Stream Content { get; } = content;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var one in owned.Reverse())
        {
            await one.DisposeAsync();
        }
    }
}
