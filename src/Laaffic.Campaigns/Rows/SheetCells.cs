using System.Threading.Channels;
using ExcelDataReader;

namespace Laaffic.Campaigns.Rows;

/// <summary>
/// Reads the cells of a sheet on a thread of its own, some way ahead of whoever takes its rows here: to read cells and to make
/// callees of them at the same time.
/// </summary>
internal sealed class SheetCells : IAsyncDisposable
{
    /// <summary>Batches that wait to be taken.</summary>
    private const int MaxBatches = 2;

    private readonly IExcelDataReader _reader;
    private readonly SheetFacts _facts;
    private readonly bool _formatsMatter;
    private readonly Dictionary<int, CellFormat> _formats = [];
    private readonly Channel<Batch> _batches = Channel.CreateBounded<Batch>(MaxBatches);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private Batch _batch = new();
    private int _index = -1;

    /// <param name="reader">The reader of cells, which stands on the sheet. It is disposed of with this.</param>
    /// <param name="facts">What is known of the sheet.</param>
    /// <param name="formatsMatter">Whether to look at the numbers' formats.</param>
    public SheetCells(IExcelDataReader reader, SheetFacts facts, bool formatsMatter)
    {
        (_reader, _facts, _formatsMatter) = (reader, facts, formatsMatter);
        _reading = Task.Run(ReadAllAsync);
    }

    /// <summary>The present row's number, from 1.</summary>
    public int Row => _batch.Rows[_index].Number;

    /// <summary>How many cells it has, up to the last that may not be empty.</summary>
    public int Count => _batch.Rows[_index].Count;

    /// <summary>A cell of it, as ExcelDataReader returns it.</summary>
    /// <param name="column">0 to <see cref="Count"/> - 1.</param>
    public object? this[int column] => _batch.Values[_batch.Rows[_index].Start + column];

    /// <summary>What a cell's number format makes of its number.</summary>
    /// <param name="column">0 to <see cref="Count"/> - 1.</param>
    public CellFormat FormatOf(int column) => _formatsMatter ? _batch.Formats[_batch.Rows[_index].Start + column] : CellFormat.Usual;

    /// <summary>Goes on to the next row that has cells. False if there is none.</summary>
    /// <exception cref="Exception">Whatever the reader of cells has thrown at it.</exception>
    public ValueTask<bool> ReadAsync(CancellationToken cancellationToken) =>
        ++_index < _batch.Rows.Count ? ValueTask.FromResult(true) : ReadBatchAsync(cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _reader.Dispose();
        _stop.Dispose();
    }

    private async ValueTask<bool> ReadBatchAsync(CancellationToken cancellationToken)
    {
        (_batch, _index) = (new(), 0);
        if (!await _batches.Reader.WaitToReadAsync(cancellationToken))
        {
            return false;
        }

        _batches.Reader.TryRead(out var batch);
        _batch = batch!;
        return true;
    }

    private async Task ReadAllAsync()
    {
        Exception? failure = null;
        try
        {
            var batch = new Batch();
            for (var row = 1; row <= _facts.LastRow; row++)
            {
                if (!_reader.Read())
                {
                    throw SheetRows.Broken();
                }

                ReadRow(row, batch);
                if (batch.IsFull)
                {
                    await _batches.Writer.WriteAsync(batch, _stop.Token);
                    batch = new();
                }
            }

            if (batch.Rows.Count > 0)
            {
                await _batches.Writer.WriteAsync(batch, _stop.Token);
            }
        }
        catch (Exception e)
        {
            failure = e;
        }

        _batches.Writer.Complete(failure);
    }

    private void ReadRow(int row, Batch batch)
    {
        var columns = _facts.LastColumn(row);
        if (columns == 0)
        {
            return;
        }
        if (columns > _reader.FieldCount)
        {
            throw SheetRows.Broken();
        }

        batch.Rows.Add((row, batch.Values.Count, columns));
        for (var column = 0; column < columns; column++)
        {
            var value = _reader.GetValue(column);
            batch.Values.Add(value);
            batch.Characters += value is string text ? text.Length : 0;
            if (_formatsMatter)
            {
                batch.Formats.Add(value is double ? FormatOfNumber(column) : CellFormat.Usual);
            }
        }
    }

    private CellFormat FormatOfNumber(int column)
    {
        var index = _reader.GetNumberFormatIndex(column);
        if (!_formats.TryGetValue(index, out var format))
        {
            format =
                NumberFormats.IsEastAsianDate(index) ? CellFormat.Date
                : NumberFormats.ShowOtherDigits(_reader.GetNumberFormatString(column)) ? CellFormat.OtherDigits
                : CellFormat.Usual;
            _formats[index] = format;
        }

        return format;
    }

    /// <summary>Rows that go from thread to thread together.</summary>
    private sealed class Batch
    {
        private const int MaxCells = 2048,
            MaxCharacters = 1024 * 1024;

        /// <summary>Each row's number, and where its cells stand.</summary>
        public List<(int Number, int Start, int Count)> Rows { get; } = [];

        public List<object?> Values { get; } = new(MaxCells);

        /// <summary>One a cell, where formats matter.</summary>
        public List<CellFormat> Formats { get; } = [];

        public int Characters { get; set; }

        public bool IsFull => Values.Count >= MaxCells || Characters >= MaxCharacters;
    }
}
