namespace Laaffic.Campaigns.Rows;

/// <summary>A workbook that was inspected: whatever could harm or mislead the reader of its cells is found before.</summary>
internal abstract class Workbook : IDisposable
{
    /// <summary>Its sheets, in order.</summary>
    public abstract IReadOnlyList<SheetEntry> Sheets { get; }

    /// <summary>Whether a number may be something else than its digits, by its cell's format: see <see cref="NumberFormats"/>.</summary>
    public abstract bool FormatsMatter { get; }

    /// <summary>Goes through one sheet.</summary>
    /// <exception cref="Opening.UnreadableListException">It cannot be read.</exception>
    public abstract SheetFacts Inspect(int sheet);

    /// <inheritdoc/>
    public virtual void Dispose() { }
}

/// <summary>A sheet of a workbook.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Visible">Whether it is not hidden.</param>
internal sealed record SheetEntry(string Name, bool Visible);
