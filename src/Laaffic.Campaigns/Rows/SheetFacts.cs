namespace Laaffic.Campaigns.Rows;

/// <summary>
/// What is known of a sheet before its cells are read, and what the reader of cells does not tell: which rows are hidden, how
/// far each one goes, which cells are errors. Two bytes a row, eight an error.
/// </summary>
internal sealed class SheetFacts
{
    private const ushort HiddenFlag = 0x8000;

    private ushort[] _rows = new ushort[1024];
    private readonly List<long> _errors = [];

    /// <summary>The number of the last row that has a cell; 0 if none has.</summary>
    public int LastRow { get; private set; }

    /// <summary>How many rows with cells are hidden.</summary>
    public int HiddenCount { get; private set; }

    /// <summary>The number of the first of them.</summary>
    public int FirstHidden { get; private set; }

    /// <summary>How many cells are errors.</summary>
    public int ErrorCount => _errors.Count;

    /// <summary>Notes a row that has cells.</summary>
    /// <param name="row">Its number, from 1, above all before.</param>
    /// <param name="lastColumn">The number of its last cell that is not empty, from 1.</param>
    /// <param name="hidden">Whether it is hidden.</param>
    public void AddRow(int row, int lastColumn, bool hidden)
    {
        if (row >= _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(row + 1, _rows.Length * 2));
        }

        _rows[row] = (ushort)(lastColumn | (hidden ? HiddenFlag : 0));
        LastRow = row;
        if (hidden)
        {
            FirstHidden = HiddenCount++ == 0 ? row : FirstHidden;
        }
    }

    /// <summary>Notes a cell that is an error; from left to right and from top to bottom.</summary>
    public void AddError(int row, int column, SheetError error) => _errors.Add(((long)row << 24) | ((long)column << 8) | (byte)error);

    /// <summary>The number of the last cell of a row that may not be empty; 0 if all are.</summary>
    public int LastColumn(int row) => row < _rows.Length ? _rows[row] & ~HiddenFlag : 0;

    /// <summary>Whether a row is hidden.</summary>
    public bool IsHidden(int row) => row < _rows.Length && (_rows[row] & HiddenFlag) != 0;

    /// <summary>One of the errors.</summary>
    public (int Row, int Column, SheetError Error) ErrorAt(int index)
    {
        var packed = _errors[index];
        return ((int)(packed >> 24), (int)(packed >> 8) & 0xFFFF, (SheetError)(byte)packed);
    }
}
