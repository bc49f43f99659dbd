using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Rows;

/// <summary>
/// The rows of a list one by one, whatever it is stored as, the header row among them. What a row returns is valid until the
/// next one is read.
/// </summary>
internal abstract class RowReader : IAsyncDisposable
{
    /// <summary>Where the present row begins: the physical line of a text, the row number of a spreadsheet; from 1.</summary>
    public abstract long Line { get; }

    /// <summary>How many cells the present row has.</summary>
    public abstract int CellCount { get; }

    /// <summary>A cell of the present row as text.</summary>
    /// <param name="index">0 to <see cref="CellCount"/> - 1.</param>
    public abstract ReadOnlySpan<char> GetCell(int index);

    /// <summary>The present row as a whole, if its cells are what stands between delimiters, as it stands there.</summary>
    /// <param name="row">The row without its end.</param>
    /// <param name="delimiter">What stands between two cells, in ASCII.</param>
    public virtual bool TryGetPlainRow(out ReadOnlySpan<char> row, out char delimiter)
    {
        row = default;
        delimiter = default;
        return false;
    }

    /// <summary>Whether reading a row takes so long that it is worth a thread of its own.</summary>
    public virtual bool IsCostly => false;

    /// <summary>Whether anything may be wrong with a cell of the present row.</summary>
    public virtual bool HasFaults => false;

    /// <summary>What is wrong with a cell of the present row.</summary>
    /// <param name="index">0 to <see cref="CellCount"/> - 1.</param>
    public virtual CellFault FaultOf(int index) => CellFault.None;

    /// <summary>Whether a cell of the present row has a number sign (#). It may be true where none has.</summary>
    public abstract bool HasNumberSign { get; }

    /// <summary>Whether a row ends with its last value, so that empty cells after it are there all the same.</summary>
    public virtual bool EndsWithLastValue => false;

    /// <summary>What to do where a row has more cells than there are headers, as the end of a sentence.</summary>
    public virtual string HowToKeepCellsTogether => "name every column, or empty the cells beyond them";

    /// <summary>Whether the present row begins as a comment does, with a #, and may be one.</summary>
    public virtual bool LooksLikeComment => false;

    /// <summary>
    /// The text after the # where the present row is a comment in a spreadsheet, which may stand in one cell or in several; null if
    /// it is none.
    /// </summary>
    public string? CommentInCells()
    {
        if (CellCount == 0 || GetCell(0).Trim() is not ['#', ..])
        {
            return null;
        }

        var cells = Enumerable.Range(0, CellCount).Select(i => GetCell(i).Trim().ToString()).Where(cell => cell.Length > 0);
        return string.Join(' ', cells)[1..].Trim();
    }

    /// <summary>Goes on to the next row that is not blank. False if there is none.</summary>
    /// <exception cref="UnreadableListException">The list cannot be read any further.</exception>
    public abstract ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <inheritdoc/>
    public virtual ValueTask DisposeAsync() => default;
}
