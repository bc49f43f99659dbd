using System.Globalization;
using System.Text;
using System.Xml;
using ExcelDataReader;
using ExcelDataReader.Exceptions;
using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Rows;

/// <summary>
/// The rows of a spreadsheet's sheet. ExcelDataReader reads the cells; the workbook was inspected before, as that reader takes
/// errors for empty cells, does not tell all hidden rows, and trusts what a file says of itself.
/// </summary>
internal sealed class SheetRows : RowReader
{
    /// <summary>Above, a spreadsheet has rounded a number.</summary>
    private const double MaxExact = 1e15;

    /// <summary>The day after the last one that a spreadsheet can hold, 31 December 9999.</summary>
    private const double MaxSerial = 2958466;

    /// <summary>The characters of a number of 28 digits, a date, or the like.</summary>
    private const int MaxFormatted = 64;

    private static readonly TimeSpan ProgressEvery = TimeSpan.FromSeconds(1);

    private readonly SheetCells _source;
    private readonly Stream _file;
    private readonly SheetFacts _facts;
    private SheetOptions _options;
    private char[] _chars = new char[256];
    private Cell[] _cells = new Cell[16];
    private int _used;
    private int _row;
    private int _nextError;
    private int _cellCount;
    private bool _hasFaults;
    private bool _hasNumberSign;

    static SheetRows()
    {
        // ExcelDataReader asks for code page 1252 whatever it reads.
        Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);
    }

    private SheetRows(IExcelDataReader reader, Stream file, Workbook workbook, int sheet, SheetFacts facts, SheetOptions options)
    {
        _source = new SheetCells(reader, facts, workbook.FormatsMatter);
        _file = file;
        _facts = facts;
        _options = options;
        SheetName = workbook.Sheets[sheet].Name;
        OtherSheets = [.. workbook.Sheets.Where((other, i) => i != sheet && other.Visible).Select(other => other.Name)];
    }

    /// <summary>The name of the sheet that is read.</summary>
    public string SheetName { get; }

    /// <summary>How many rows of the sheet are hidden; read or left out as the options say.</summary>
    public int HiddenRowCount => _facts.HiddenCount;

    /// <inheritdoc/>
    public override long Line => _row;

    /// <summary>The other sheets that are not hidden, which are not read.</summary>
    public IReadOnlyList<string> OtherSheets { get; }

    /// <inheritdoc/>
    public override int CellCount => _cellCount;

    /// <summary>Opens a spreadsheet.</summary>
    /// <param name="file">It, seekable. It is disposed of with the rows, and if it cannot be opened.</param>
    /// <param name="options">How to read it.</param>
    /// <param name="onProgress">Is called each second: a large one is gone through before its first row can be read.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="UnreadableListException">It cannot be read, or has no such sheet, or has hidden rows.</exception>
    public static async Task<SheetRows> OpenAsync(
        Stream file,
        SheetOptions options,
        Func<CancellationToken, ValueTask>? onProgress,
        CancellationToken cancellationToken
    )
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var opening = Task.Run(() => Open(new WatchedStream(file, stop.Token), options, stop.Token), CancellationToken.None);
        try
        {
            while (await Task.WhenAny(opening, Task.Delay(ProgressEvery, cancellationToken)) != opening)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (onProgress is not null)
                {
                    await onProgress(cancellationToken);
                }
            }
            return await opening;
        }
        catch
        {
            await stop.CancelAsync();
            await opening.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            if (opening.IsCompletedSuccessfully)
            {
                await opening.Result.DisposeAsync();
            }

            await file.DisposeAsync();
            throw;
        }
    }

    /// <summary>Reads the rows after the present one otherwise.</summary>
    /// <param name="dateFormat">How dates become text, as in <see cref="SheetOptions"/>.</param>
    /// <param name="hiddenRows">What to do with hidden rows.</param>
    /// <exception cref="UnreadableListException">It has hidden rows, and they are to be rejected.</exception>
    public void Use(string? dateFormat, HiddenRows hiddenRows)
    {
        _options = _options with { DateFormat = dateFormat, HiddenRows = hiddenRows };
        RequireNoHidden(_facts, _options);
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<char> GetCell(int index)
    {
        var cell = _cells[index];
        return cell.Text is null ? _chars.AsSpan(cell.Start, cell.Length) : cell.Text;
    }

    /// <inheritdoc/>
    public override bool EndsWithLastValue => true;

    /// <inheritdoc/>
    public override bool IsCostly => true;

    /// <inheritdoc/>
    public override bool HasNumberSign => _hasNumberSign;

    /// <inheritdoc/>
    public override bool HasFaults => _hasFaults;

    /// <inheritdoc/>
    public override CellFault FaultOf(int index) => _cells[index].Fault;

    /// <inheritdoc/>
    public override async ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            while (await _source.ReadAsync(cancellationToken))
            {
                _row = _source.Row;
                if (_options.HiddenRows == HiddenRows.Skip && _facts.IsHidden(_row))
                {
                    continue;
                }

                ReadCells(_source.Count);
                if (_cellCount > 0)
                {
                    return true;
                }
            }

            return false;
        }
        catch (Exception e) when (IsOfFile(e))
        {
            throw Broken();
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _source.DisposeAsync();
        await _file.DisposeAsync();
        await base.DisposeAsync();
    }

    private static SheetRows Open(WatchedStream file, SheetOptions options, CancellationToken cancellationToken)
    {
        try
        {
            Stream content = file;
            using var workbook = OpenWorkbook(file, ref content, cancellationToken);
            var sheet = Choose(workbook, options, out var facts);
            RequireNoHidden(facts, options);
            content.Position = 0;
            var reader = ExcelReaderFactory.CreateReader(content);
            try
            {
                for (var i = 0; i < sheet; i++)
                {
                    if (!reader.NextResult())
                    {
                        throw Broken();
                    }
                }
                if (reader.Name != workbook.Sheets[sheet].Name)
                {
                    throw Broken();
                }

                file.StopWatching();
                return new SheetRows(reader, file, workbook, sheet, facts, options);
            }
            catch
            {
                reader.Dispose();
                throw;
            }
        }
        catch (InvalidPasswordException)
        {
            throw new UnreadableListException(null, "The spreadsheet is password-protected: save it without a password, or as CSV.");
        }
        catch (Exception e) when (IsOfFile(e))
        {
            throw Broken();
        }
    }

    private static Workbook OpenWorkbook(Stream file, ref Stream content, CancellationToken cancellationToken)
    {
        file.Position = 0;
        if (file.ReadByte() == 'P')
        {
            return new XlsxWorkbook(file, cancellationToken);
        }
        if (file.Length > ListLimits.MaxXlsBytes)
        {
            throw new UnreadableListException(
                null,
                $"An .xls of more than {ListLimits.MaxXlsBytes >> 20} MB cannot be read: save it as .xlsx or CSV."
            );
        }

        var bytes = new byte[file.Length];
        file.Position = 0;
        file.ReadExactly(bytes);
        content = new MemoryStream(bytes, writable: false);
        return new XlsWorkbook(bytes, cancellationToken);
    }

    /// <summary>The sheet to read. All before are inspected, too, as the reader of cells goes through them.</summary>
    private static int Choose(Workbook workbook, SheetOptions options, out SheetFacts facts)
    {
        var named = options.Sheet?.Trim();
        for (var i = 0; i < workbook.Sheets.Count; i++)
        {
            facts = workbook.Inspect(i);
            var sheet = workbook.Sheets[i];
            if (named is null ? sheet.Visible && facts.LastRow > 0 : sheet.Name.Trim().Equals(named, StringComparison.OrdinalIgnoreCase))
            {
                return i;
            }
        }

        var names = string.Join(", ", workbook.Sheets.Take(20).Select(sheet => $"'{sheet.Name}'"));
        throw new UnreadableListException(
            null,
            workbook.Sheets.Count == 0 ? "The spreadsheet has no sheets."
                : named is null ? $"No visible sheet of the spreadsheet has rows. Its sheets are: {names}."
                : $"The spreadsheet has no sheet '{named}'. Its sheets are: {names}{(workbook.Sheets.Count > 20 ? ", …" : "")}."
        );
    }

    private static void RequireNoHidden(SheetFacts facts, SheetOptions options)
    {
        if (facts.HiddenCount == 0 || options.HiddenRows != HiddenRows.Reject)
        {
            return;
        }

        var others = facts.HiddenCount - 1;
        var which =
            others == 0 ? $"Row {facts.FirstHidden} is"
            : others == 1 ? $"Row {facts.FirstHidden} and one more are"
            : string.Create(CultureInfo.InvariantCulture, $"Row {facts.FirstHidden} and {others} more are");
        throw new UnreadableListException(
            facts.FirstHidden,
            $"{which} hidden, by a filter or by hand: show all rows or delete the hidden ones, or let list.hiddenRows say whether to "
                + "call them (call) or to leave them out (skip)."
        );
    }

    private void ReadCells(int columns)
    {
        if (_cells.Length < columns)
        {
            _cells = new Cell[columns];
        }

        _used = 0;
        _cellCount = 0;
        _hasFaults = false;
        _hasNumberSign = false;
        var blank = true;
        for (var i = 0; i < columns; i++)
        {
            var cell = Convert(_source[i], _source.FormatOf(i));
            if (_nextError < _facts.ErrorCount)
            {
                cell = WithError(cell, i + 1);
            }

            _cells[i] = cell;
            _hasFaults |= cell.Fault != CellFault.None;
            if (cell.Text is null ? cell.Length > 0 : cell.Text.Length > 0)
            {
                _cellCount = i + 1;
                blank &= cell.Text is not null && string.IsNullOrWhiteSpace(cell.Text);
            }
        }
        _cellCount = blank ? 0 : _cellCount;
    }

    private Cell WithError(Cell cell, int column)
    {
        var (row, at, error) = _facts.ErrorAt(_nextError);
        while (row < _row || (row == _row && at < column))
        {
            if (++_nextError == _facts.ErrorCount)
            {
                return cell;
            }

            (row, at, error) = _facts.ErrorAt(_nextError);
        }
        if (row != _row || at != column)
        {
            return cell;
        }

        _hasNumberSign = true;
        return new Cell(SheetErrors.TextOf(error), 0, 0, CellFault.Error);
    }

    private Cell Convert(object? value, CellFormat format)
    {
        if (format == CellFormat.Date && value is double and >= 1 and < MaxSerial and var serial)
        {
            value = DateTime.FromOADate(serial);
        }

        if (value is string text)
        {
            _hasNumberSign |= text.Contains('#');
            return new Cell(text, 0, 0, CellFault.None);
        }
        if (value is null)
        {
            return new Cell("", 0, 0, CellFault.None);
        }
        if (_chars.Length - _used < MaxFormatted)
        {
            Array.Resize(ref _chars, _chars.Length * 2);
        }

        var target = _chars.AsSpan(_used);
        var length = 0;
        switch (value)
        {
            case double number when Math.Abs(number) < MaxExact:
                // A decimal of a double has the 15 digits that a spreadsheet shows.
                var whole = (long)number;
                _ =
                    whole == number
                        ? whole.TryFormat(target, out length, default, CultureInfo.InvariantCulture)
                        : ((decimal)number).TryFormat(target, out length, default, CultureInfo.InvariantCulture);
                break;
            case double number:
                return new Cell(Rounded(number), 0, 0, CellFault.Rounded);
            case int number:
                number.TryFormat(target, out length, default, CultureInfo.InvariantCulture);
                break;
            case bool flag:
                return new Cell(flag ? "TRUE" : "FALSE", 0, 0, CellFault.None);
            case DateTime date:
                return new Cell(Format(date), 0, 0, CellFault.None);
            case TimeSpan duration:
                return new Cell(Format(duration), 0, 0, CellFault.None);
            default:
                throw Broken();
        }
        var cell = new Cell(null, _used, length, format == CellFormat.OtherDigits ? CellFault.OtherDigits : CellFault.None);
        _used += length;
        return cell;
    }

    private string Format(DateTime date)
    {
        var clock = date.Second == 0 ? "HH:mm" : "HH:mm:ss";
        // The days before the first one that a spreadsheet can hold: a time alone.
        if (date.Year == 1899)
        {
            return date.ToString(clock, CultureInfo.InvariantCulture);
        }

        var format = _options.DateFormat ?? (date.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd " + clock);
        return date.ToString(format, CultureInfo.InvariantCulture);
    }

    private static string Format(TimeSpan duration)
    {
        var seconds = (long)Math.Round(Math.Abs(duration.TotalSeconds));
        var sign = duration < TimeSpan.Zero ? "-" : "";
        var minutes = seconds / 60;
        return seconds % 60 == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes / 60:00}:{minutes % 60:00}")
            : string.Create(CultureInfo.InvariantCulture, $"{sign}{minutes / 60:00}:{minutes % 60:00}:{seconds % 60:00}");
    }

    private static string Rounded(double number) => number.ToString(Math.Abs(number) < 1e28 ? "F0" : "R", CultureInfo.InvariantCulture);

    /// <summary>Whether this is how the reader of cells says, in its many ways, that a file is broken.</summary>
    private static bool IsOfFile(Exception e) =>
        e
            is ExcelReaderException
                or XmlException
                or IOException
                or InvalidDataException
                or ArgumentException
                or FormatException
                or ArithmeticException
                or InvalidOperationException
                and not ObjectDisposedException
                or NotSupportedException
                or NullReferenceException
                or IndexOutOfRangeException
                or InvalidCastException
                or KeyNotFoundException
                or System.Security.Cryptography.CryptographicException;

    /// <summary>What is thrown for a spreadsheet that cannot be read.</summary>
    public static UnreadableListException Broken() =>
        new(null, "The spreadsheet is damaged: open it in the spreadsheet program and save it again as .xlsx.");

    /// <summary>A cell: a text, or a part of what was formatted; and what is wrong with it.</summary>
    private readonly record struct Cell(string? Text, int Start, int Length, CellFault Fault);
}
