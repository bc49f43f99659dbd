using Laaffic.Campaigns.Opening;
using Sylvan.Data.Csv;

namespace Laaffic.Campaigns.Rows;

/// <summary>The rows of a text whose cells stand between delimiters and, where they need it, in quotes (RFC 4180).</summary>
internal sealed class DelimitedRows : RowReader
{
    // Never the first character of a record, as a surrogate pair begins with its other half: no row is taken for a comment.
    private const char NoComment = '\uDC00';

    private readonly CsvDataReader _csv;
    private long _line;
    private long _next;
    private bool _isPlain;
    private bool _hasNumberSign;

    private readonly char _delimiter;

    private DelimitedRows(CsvDataReader csv, char delimiter, long line) => (_csv, _delimiter, _next) = (csv, delimiter, line);

    /// <inheritdoc/>
    public override long Line => _line;

    /// <inheritdoc/>
    public override int CellCount => _csv.RowFieldCount;

    /// <inheritdoc/>
    public override string HowToKeepCellsTogether => $"a text with a {NameOf(_delimiter)} in it needs quotes (\") around it";

    /// <inheritdoc/>
    public override bool LooksLikeComment => _csv.GetRawRecordSpan() is ['#', ..];

    /// <inheritdoc/>
    public override bool HasNumberSign => _hasNumberSign;

    /// <summary>Begins to read.</summary>
    /// <param name="text">The text from its header row on.</param>
    /// <param name="delimiter">What separates the cells.</param>
    /// <param name="line">The physical line at which the text stands, from 1.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public static async Task<DelimitedRows> OpenAsync(TextReader text, char delimiter, long line, CancellationToken cancellationToken)
    {
        var options = new CsvDataReaderOptions
        {
            HasHeaders = false,
            Delimiter = delimiter,
            BufferSize = CampaignLimits.MaxRow,
            MaxBufferSize = CampaignLimits.MaxRow,
            Comment = NoComment,
            OwnsReader = false,
        };
        try
        {
            return new DelimitedRows(await CsvDataReader.CreateAsync(text, options, cancellationToken), delimiter, line);
        }
        catch (Exception e) when (Explain(e, line) is { } explained)
        {
            throw explained;
        }
    }

    /// <inheritdoc/>
    public override ReadOnlySpan<char> GetCell(int index) => _csv.GetFieldSpan(index);

    /// <inheritdoc/>
    public override bool TryGetPlainRow(out ReadOnlySpan<char> row, out char delimiter)
    {
        row = _csv.GetRawRecordSpan();
        row = row.EndsWith("\r\n") ? row[..^2] : row.TrimEnd('\n');
        delimiter = _delimiter;
        return _isPlain;
    }

    /// <inheritdoc/>
    public override ValueTask<bool> ReadAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Nearly all rows are in the reader's buffer.
            var reading = _csv.ReadAsync(cancellationToken);
            return reading.IsCompletedSuccessfully && (!reading.Result || TryTake())
                ? new ValueTask<bool>(reading.Result)
                : ReadOnAsync(reading, cancellationToken);
        }
        catch (Exception e) when (Explain(e, _next) is { } explained)
        {
            throw explained;
        }
    }

    private async ValueTask<bool> ReadOnAsync(Task<bool> reading, CancellationToken cancellationToken)
    {
        var isTaken = reading.IsCompletedSuccessfully; // it was blank then
        try
        {
            while (await reading)
            {
                if (!isTaken && TryTake())
                {
                    return true;
                }

                isTaken = false;
                reading = _csv.ReadAsync(cancellationToken);
            }
        }
        catch (Exception e) when (Explain(e, _next) is { } explained)
        {
            throw explained;
        }

        return false;
    }

    /// <summary>Goes on to the record that was read. False if it is blank.</summary>
    private bool TryTake()
    {
        var record = _csv.GetRawRecordSpan();
        _line = _next;
        _isPlain = !record.ContainsAny('"', '#');
        _hasNumberSign = !_isPlain && record.Contains('#');
        _next += _isPlain ? 1 : record.Count('\n'); // physical lines count, those within quotes too

        return _csv.RowFieldCount > 1 || !record.IsWhiteSpace();
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _csv.DisposeAsync();
        await base.DisposeAsync();
    }

    /// <summary>What a delimiter is called.</summary>
    public static string NameOf(char delimiter) =>
        delimiter switch
        {
            ',' => "comma",
            ';' => "semicolon",
            '\t' => "tab",
            '|' => "bar (|)",
            _ => delimiter.ToString(),
        };

    private static UnreadableListException? Explain(Exception e, long line) =>
        e switch
        {
            CsvRecordTooLargeException => new(
                line,
                $"The row that begins on line {line} is longer than {CampaignLimits.MaxRow} characters: is a quote (\") opened there "
                    + $"and never closed?"
            ),
            CsvFormatException => new(
                line,
                $"The row that begins on line {line} has a misplaced quote (\"): a cell that begins with a quote must end with one, "
                    + $"and a quote within it is written twice (\"\")."
            ),
            _ => null,
        };
}
