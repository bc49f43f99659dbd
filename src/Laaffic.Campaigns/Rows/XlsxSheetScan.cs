using System.Buffers.Text;
using System.Text;
using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Rows;

/// <summary>One pass over the XML of a sheet of an .xlsx: what is in which row, and that it is in order.</summary>
/// <param name="xml">The sheet.</param>
/// <param name="strings">How many texts the workbook's table has.</param>
internal sealed class XlsxSheetScan(XmlScanner xml, int strings)
{
    /// <summary>Texts and runs that one cell may be put together from: each one is copied for all before.</summary>
    public const int MaxRuns = 4096;

    /// <summary>Bytes of one cell, as XML.</summary>
    public const int MaxCellBytes = 1024 * 1024;

    private readonly SheetFacts _facts = new();
    private int _row;
    private int _column;

    /// <summary>Goes through the sheet.</summary>
    public SheetFacts Run()
    {
        if (!xml.Read() || !xml.Name.SequenceEqual("worksheet"u8))
        {
            return _facts; // a chart or the like, which has no rows
        }

        var rows = 0L;
        while (xml.Read())
        {
            if (xml.Depth == 2 && xml.IsStart && !xml.IsEmpty && xml.Name.SequenceEqual("sheetData"u8))
            {
                var before = xml.Position;
                ReadRows();
                rows += xml.Position - before;
            }
            if (xml.Position - rows > ListLimits.MaxSheetFrameBytes)
            {
                throw new UnreadableListException(null, "The sheet holds too much besides its rows: copy the rows to a new workbook.");
            }
        }
        return _facts;
    }

    private void ReadRows()
    {
        var between = xml.Position;
        while (xml.Read() && xml.Depth >= 2)
        {
            if (xml.IsStart && xml.Name.SequenceEqual("row"u8) && xml.Depth - (xml.IsEmpty ? 0 : 1) == 2)
            {
                ReadRow();
                between = xml.Position;
            }
            else if (xml.Position - between > MaxCellBytes)
            {
                throw XmlScanner.Broken();
            }
        }
    }

    private void ReadRow()
    {
        var (row, hidden) = (_row + 1, false);
        var attributes = new XmlAttributes(xml.Attributes);
        while (attributes.Next())
        {
            var value = attributes.Value;
            if (attributes.Name.SequenceEqual("r"u8))
            {
                if (!Utf8Parser.TryParse(value, out row, out var used) || used != value.Length || row <= _row || row > ListLimits.MaxRows)
                {
                    throw OutOfOrder();
                }
            }
            else if (attributes.Name.SequenceEqual("hidden"u8))
            {
                hidden |= value.SequenceEqual("1"u8) || value.SequenceEqual("true"u8);
            }
            else if (attributes.Name.SequenceEqual("ht"u8))
            {
                hidden |= Utf8Parser.TryParse(value, out double height, out _) && height == 0;
            }
        }
        if (row > ListLimits.MaxRows)
        {
            throw OutOfOrder();
        }

        _row = row;
        _column = 0;
        var last = 0;
        if (!xml.IsEmpty)
        {
            var between = xml.Position;
            while (xml.Read() && xml.Depth >= 3)
            {
                if (xml.IsStart && xml.Name.SequenceEqual("c"u8) && xml.Depth - (xml.IsEmpty ? 0 : 1) == 3)
                {
                    last = ReadCell() ? _column : last;
                    between = xml.Position;
                }
                else if (xml.Position - between > MaxCellBytes)
                {
                    throw XmlScanner.Broken();
                }
            }
        }
        if (last > 0)
        {
            _facts.AddRow(row, last, hidden);
        }
    }

    /// <summary>Whether there is something in the cell.</summary>
    private bool ReadCell()
    {
        var type = CellType.Other;
        var column = _column + 1;
        var attributes = new XmlAttributes(xml.Attributes);
        while (attributes.Next())
        {
            if (attributes.Name.SequenceEqual("r"u8))
            {
                column = ColumnOf(attributes.Value);
            }
            else if (attributes.Name.SequenceEqual("t"u8))
            {
                type =
                    attributes.Value.SequenceEqual("s"u8) ? CellType.Shared
                    : attributes.Value.SequenceEqual("e"u8) ? CellType.Error
                    : attributes.Value.SequenceEqual("str"u8) ? CellType.Formula
                    : CellType.Other;
            }
        }
        if (column <= _column || column > ListLimits.MaxColumns)
        {
            throw OutOfOrder();
        }

        _column = column;
        return !xml.IsEmpty && ReadContent(type);
    }

    private bool ReadContent(CellType type)
    {
        var begin = xml.Position;
        var (hasValue, hasFormula, runs) = (false, false, 0);
        while (xml.Read() && xml.Depth >= 4)
        {
            if (xml.Position - begin > MaxCellBytes)
            {
                throw new UnreadableListException(_row, $"A cell of row {_row} is longer than a cell can be.");
            }
            if (xml.IsStart)
            {
                hasFormula |= xml.Name.SequenceEqual("f"u8);
                continue;
            }
            if (xml.Name.SequenceEqual("v"u8) && !xml.Text.IsEmpty)
            {
                ReadValue(type);
                hasValue = true;
            }
            else if (xml.Name.SequenceEqual("t"u8))
            {
                hasValue |= !xml.Text.IsEmpty;
                if (++runs > MaxRuns)
                {
                    throw new UnreadableListException(_row, $"A text of row {_row} is put together from too many pieces.");
                }
            }
        }
        if (hasValue || !hasFormula || type == CellType.Formula)
        {
            return hasValue;
        }

        AddError(SheetError.NoResult);
        return true;
    }

    private void ReadValue(CellType type)
    {
        if (type == CellType.Error)
        {
            AddError(SheetErrors.Parse(Encoding.UTF8.GetString(xml.Text)));
        }
        else if (type == CellType.Shared)
        {
            // The reader of cells would take the position in the table for the text.
            if (!Utf8Parser.TryParse(xml.Text, out int index, out var used) || used != xml.Text.Length || index < 0 || index >= strings)
            {
                throw new UnreadableListException(_row, $"Row {_row} points at a text that is not in the file: open it and save it again.");
            }
        }
    }

    private void AddError(SheetError error)
    {
        if (_facts.ErrorCount == ListLimits.MaxErrorCells)
        {
            throw new UnreadableListException(null, $"More than {ListLimits.MaxErrorCells} cells of the sheet are errors.");
        }

        _facts.AddError(_row, _column, error);
    }

    private int ColumnOf(ReadOnlySpan<byte> reference)
    {
        var column = 0;
        var i = 0;
        while (i < reference.Length && i <= 3 && reference[i] is >= (byte)'A' and <= (byte)'Z')
        {
            column = column * 26 + reference[i++] - ('A' - 1);
        }
        var rest = reference[i..];
        return
            Utf8Parser.TryParse(rest, out int row, out var used)
            && used == rest.Length
            && row == _row
            && column is > 0 and <= ListLimits.MaxColumns
            ? column
            : throw OutOfOrder();
    }

    private UnreadableListException OutOfOrder() =>
        new(
            _row + 1,
            $"The rows or cells of the sheet are out of order, or outside of a sheet, after row {_row}: open it in the spreadsheet program "
                + "and save it again."
        );

    private enum CellType
    {
        Other,
        Shared,
        Error,
        Formula,
    }
}
