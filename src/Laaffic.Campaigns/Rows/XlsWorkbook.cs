using System.Buffers.Binary;
using System.Text;
using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Rows;

/// <summary>
/// An .xls of Excel 97 or later, inspected record by record: that what the reader of cells allocates and repeats by is within
/// limits, and what it does not tell.
/// </summary>
internal sealed class XlsWorkbook : Workbook
{
    private const int MaxRows = 65_536;
    private const int MaxColumns = 256;

    private readonly byte[] _records;
    private readonly List<SheetEntry> _sheets = [];
    private readonly List<uint> _starts = [];
    private readonly CancellationToken _cancellationToken;
    private uint _strings;

    /// <summary>Inspects all but the sheets.</summary>
    public XlsWorkbook(byte[] file, CancellationToken cancellationToken)
    {
        _cancellationToken = cancellationToken;
        var compound = new CompoundFile(file);
        if (compound.Find("Workbook") is not { } records)
        {
            throw compound.Find("EncryptedPackage") is not null ? Protected()
            : compound.Find("Book") is not null ? TooOld()
            : CompoundFile.Broken();
        }

        _records = records;
        ReadGlobals();
    }

    /// <inheritdoc/>
    public override IReadOnlyList<SheetEntry> Sheets => _sheets;

    /// <inheritdoc/>
    public override bool FormatsMatter => true;

    /// <inheritdoc/>
    public override SheetFacts Inspect(int sheet)
    {
        var facts = new SheetFacts();
        var hidden = new HashSet<int>();
        var (row, last) = (-1, 0);
        var previous = (Row: -1, Column: -1);
        var ended = false;
        foreach (var record in Records(_starts[sheet], RecordType.Sheet))
        {
            if (record.Id == RecordType.End)
            {
                ended = true;
            }
            else if (record.Id == RecordType.Dimensions)
            {
                CheckDimensions(record);
            }
            else if (
                record.Id == RecordType.Row
                && record.Length >= 16
                && ((UInt16(record, 12) & 0x20) != 0 || (UInt16(record, 6) & 0x7FFF) == 0)
            )
            {
                hidden.Add(UInt16(record, 0));
            }
            else if (IsCell(record.Id))
            {
                if (ended || record.Length < 6)
                {
                    throw CompoundFile.Broken();
                }

                var at = (Row: (int)UInt16(record, 0), Column: (int)UInt16(record, 2));
                var lastColumn = LastColumn(record, at.Column);
                if (at.CompareTo(previous) <= 0 || lastColumn >= MaxColumns)
                {
                    throw CompoundFile.Broken();
                }
                if (at.Row != row)
                {
                    AddRow();
                    (row, last) = (at.Row, 0);
                }

                previous = (at.Row, lastColumn);
                if (record.Id is not (RecordType.Blank or RecordType.MultiBlank))
                {
                    last = lastColumn + 1;
                }
                if (ErrorOf(record) is { } error)
                {
                    facts.AddError(at.Row + 1, at.Column + 1, error);
                }
            }
        }
        AddRow();
        return facts;

        void AddRow()
        {
            if (last > 0)
            {
                facts.AddRow(row + 1, last, hidden.Contains(row));
            }
        }
    }

    private void ReadGlobals()
    {
        var formats = 0;
        foreach (var record in Records(0, RecordType.Globals))
        {
            switch (record.Id)
            {
                case RecordType.FilePass:
                    throw Protected();
                case RecordType.Format when ++formats > ListLimits.MaxFormats:
                    throw CompoundFile.Broken();
                case RecordType.ExternalBook when record.Length > 4 && UInt16(record, 2) is not (0x0401 or 0x3A01):
                    throw new UnreadableListException(
                        null,
                        "The spreadsheet holds links to other files, whose values may be out of date: "
                            + "break the links in the spreadsheet, or "
                            + "paste the rows as values, or save it as CSV."
                    );
                case RecordType.Strings when record.Length >= 8:
                    _strings = UInt32(record, 4);
                    if (_strings > ListLimits.MaxXlsStrings)
                    {
                        throw CompoundFile.Broken();
                    }

                    break;
                case RecordType.BoundSheet when record.Length >= 8 && _records[record.Start + 5] == 0:
                    AddSheet(record);
                    break;
                case RecordType.End:
                    return;
            }
        }
        throw CompoundFile.Broken();
    }

    private void AddSheet(Record record)
    {
        var length = _records[record.Start + 6];
        var wide = (_records[record.Start + 7] & 1) != 0;
        var bytes = wide ? 2 * length : length;
        if (record.Length < 8 + bytes || _sheets.Count == ListLimits.MaxSheets)
        {
            throw CompoundFile.Broken();
        }

        var name = (wide ? Encoding.Unicode : Encoding.Latin1).GetString(_records, record.Start + 8, bytes);
        _sheets.Add(new SheetEntry(name, (_records[record.Start + 4] & 3) == 0));
        _starts.Add(UInt32(record, 0));
    }

    /// <summary>The records of a part from its first one; an error if they do not begin there, or break off.</summary>
    private IEnumerable<Record> Records(uint from, ushort kind)
    {
        var at = (long)from;
        var depth = 0;
        while (at + 4 <= _records.Length)
        {
            _cancellationToken.ThrowIfCancellationRequested();
            var id = BinaryPrimitives.ReadUInt16LittleEndian(_records.AsSpan((int)at));
            var length = BinaryPrimitives.ReadUInt16LittleEndian(_records.AsSpan((int)at + 2));
            var record = new Record(id, (int)at + 4, length);
            if (record.Start + length > _records.Length)
            {
                break;
            }
            if (at == from)
            {
                if (id is RecordType.Begin3 or RecordType.Begin2 or RecordType.Begin4)
                {
                    throw TooOld();
                }
                if (
                    id != RecordType.Begin
                    || length < 4
                    || UInt16(record, 0) != 0x600
                    || (kind == RecordType.Globals && UInt16(record, 2) != kind)
                )
                {
                    throw CompoundFile.Broken();
                }
                if (UInt16(record, 2) != kind)
                {
                    yield break; // a chart or macros
                }
            }
            if (id == RecordType.Begin)
            {
                depth++;
            }

            yield return record;
            if (id == RecordType.End && --depth == 0)
            {
                yield break;
            }

            at = record.Start + length;
        }
        throw CompoundFile.Broken();
    }

    private void CheckDimensions(Record record)
    {
        if (record.Length < 12 || UInt32(record, 4) > MaxRows || UInt16(record, 10) > MaxColumns)
        {
            throw CompoundFile.Broken();
        }
    }

    private int LastColumn(Record record, int column)
    {
        if (record.Id is not (RecordType.MultiNumber or RecordType.MultiBlank))
        {
            return column;
        }

        var last = UInt16(record, record.Length - 2);
        var width = record.Id == RecordType.MultiNumber ? 6 : 2;
        return last >= column && record.Length == 6 + width * (last - column + 1) ? last : throw CompoundFile.Broken();
    }

    private SheetError? ErrorOf(Record record)
    {
        switch (record.Id)
        {
            case RecordType.BoolOrError when record.Length >= 8 && _records[record.Start + 7] != 0:
                return SheetErrors.Of(_records[record.Start + 6]);
            case RecordType.SharedText when record.Length < 10 || UInt32(record, 6) >= _strings:
                // The reader of cells would take it for an empty text.
                throw CompoundFile.Broken();
            case RecordType.Formula when record.Length >= 20 && UInt16(record, 12) == 0xFFFF:
                return _records[record.Start + 6] switch
                {
                    0 when !TextFollows(record) => SheetError.NoResult,
                    0 or 1 or 3 => null,
                    2 => SheetErrors.Of(_records[record.Start + 8]),
                    _ => SheetError.NoResult,
                };
            default:
                return null;
        }
    }

    /// <summary>Whether a formula's text stands where the reader of cells looks for it.</summary>
    private bool TextFollows(Record formula)
    {
        var at = formula.Start + formula.Length;
        for (var i = 0; i < 2 && at + 4 <= _records.Length; i++)
        {
            var id = BinaryPrimitives.ReadUInt16LittleEndian(_records.AsSpan(at));
            if (IsCell(id))
            {
                // The reader of cells takes this for the text, and the cell would be lost.
                throw CompoundFile.Broken();
            }
            if (id != RecordType.SharedFormula)
            {
                return id == RecordType.Text;
            }

            at += 4 + BinaryPrimitives.ReadUInt16LittleEndian(_records.AsSpan(at + 2));
        }
        return false;
    }

    private ushort UInt16(Record record, int at) =>
        at >= 0 && at + 2 <= record.Length
            ? BinaryPrimitives.ReadUInt16LittleEndian(_records.AsSpan(record.Start + at))
            : throw CompoundFile.Broken();

    private uint UInt32(Record record, int at) =>
        at + 4 <= record.Length ? BinaryPrimitives.ReadUInt32LittleEndian(_records.AsSpan(record.Start + at)) : throw CompoundFile.Broken();

    private static bool IsCell(ushort id) =>
        id
            is RecordType.Formula
                or RecordType.MultiNumber
                or RecordType.MultiBlank
                or RecordType.RichText
                or RecordType.SharedText
                or RecordType.Blank
                or RecordType.Number
                or RecordType.Label
                or RecordType.BoolOrError
                or RecordType.SmallNumber;

    private static UnreadableListException Protected() =>
        new(null, "The spreadsheet is password-protected: save it without a password, or as CSV.");

    private static UnreadableListException TooOld() =>
        new(null, "The spreadsheet is of Excel 95 or older: open it in the spreadsheet program and save it as .xlsx.");

    /// <summary>A record, whose content begins at a place in the stream.</summary>
    private readonly record struct Record(ushort Id, int Start, int Length);

    private static class RecordType
    {
        public const ushort Globals = 0x0005;
        public const ushort Sheet = 0x0010;
        public const ushort Formula = 0x0006;
        public const ushort End = 0x000A;
        public const ushort FilePass = 0x002F;
        public const ushort BoundSheet = 0x0085;
        public const ushort MultiNumber = 0x00BD;
        public const ushort MultiBlank = 0x00BE;
        public const ushort RichText = 0x00D6;
        public const ushort Strings = 0x00FC;
        public const ushort SharedText = 0x00FD;
        public const ushort ExternalBook = 0x01AE;
        public const ushort Dimensions = 0x0200;
        public const ushort Blank = 0x0201;
        public const ushort Number = 0x0203;
        public const ushort Label = 0x0204;
        public const ushort BoolOrError = 0x0205;
        public const ushort Text = 0x0207;
        public const ushort Row = 0x0208;
        public const ushort SmallNumber = 0x027E;
        public const ushort Format = 0x041E;
        public const ushort SharedFormula = 0x04BC;
        public const ushort Begin2 = 0x0009;
        public const ushort Begin3 = 0x0209;
        public const ushort Begin4 = 0x0409;
        public const ushort Begin = 0x0809;
    }
}
