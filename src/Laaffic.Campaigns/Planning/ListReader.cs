using System.Globalization;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Rows;

namespace Laaffic.Campaigns.Planning;

/// <summary>Reads the rows of a list after its header: each becomes a callee, is checked, and goes to a writer in its turn.</summary>
internal sealed class ListReader(
    RowReader rows,
    ColumnMap map,
    int ownColumns,
    CalleeChecker checker,
    CalleeWriter writer,
    Func<CancellationToken, ValueTask> onProgress
)
{
    /// <summary>Callees that one thread checks at a time where a check is costly.</summary>
    private const int BatchSize = 512;

    private const int RowsBetweenProgress = 16 * 1024;

    private readonly int _columns = map.Headers.Names.Count;
    private readonly Queue<Task<List<Callee>>> _checking = [];
    private List<Callee> _batch = [];
    private long _read;

    /// <summary>Reads the present row, if there is one, and all after it.</summary>
    /// <param name="hasRow">Whether there is a present row.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="UnreadableListException">The list cannot be read to its end.</exception>
    public async Task ReadAsync(bool hasRow, CancellationToken cancellationToken)
    {
        try
        {
            for (; hasRow; hasRow = await rows.ReadAsync(cancellationToken))
            {
                await AddAsync(ReadRow(), cancellationToken);
                if (++_read % RowsBetweenProgress == 0)
                {
                    await onProgress(cancellationToken);
                }
            }

            BeginBatch();
            while (_checking.Count > 0)
            {
                await AddBatchAsync(cancellationToken);
            }
        }
        finally
        {
            await Task.WhenAll(_checking);
        }
    }

    private async ValueTask AddAsync(Callee callee, CancellationToken cancellationToken)
    {
        if (!checker.IsCostly)
        {
            Check(callee);
            writer.Add(callee);
            if (writer.NeedsStaging)
            {
                await writer.StageAsync(cancellationToken);
            }

            return;
        }

        _batch.Add(callee);
        if (_batch.Count == BatchSize)
        {
            BeginBatch();
            if (_checking.Count > Environment.ProcessorCount + 1)
            {
                await AddBatchAsync(cancellationToken);
            }
        }
    }

    private void BeginBatch()
    {
        var batch = _batch;
        _batch = new List<Callee>(BatchSize);
        _checking.Enqueue(
            Task.Run(() =>
            {
                batch.ForEach(Check);
                return batch;
            })
        );
    }

    private async Task AddBatchAsync(CancellationToken cancellationToken)
    {
        foreach (var callee in await _checking.Dequeue())
        {
            writer.Add(callee);
            if (writer.NeedsStaging)
            {
                await writer.StageAsync(cancellationToken);
            }
        }
    }

    private void Check(Callee callee)
    {
        if (callee.Rejection is null)
        {
            checker.Check(callee);
        }
    }

    private Callee ReadRow()
    {
        var callee = writer.Next();
        callee.Line = rows.Line;
        var cells = rows.CellCount;
        for (var i = 0; i < cells; i++)
        {
            if (ownColumns == 0)
            {
                callee.AddCell(rows.GetCell(i));
            }
            else
            {
                callee.AddCell(FormulaGuard.Remove(rows.GetCell(i)));
            }
        }

        var endsEarly = map.Fill(callee);
        callee.Rejection =
            rows.LooksLikeComment
                ? "a row that begins with # is no comment: comments and settings stand before the header row; a first cell that really "
                    + "begins with # needs quotes"
            : cells > _columns ? TooManyCells(cells)
            : FindFault(cells) ?? endsEarly;
        return callee;
    }

    /// <summary>What a spreadsheet has done to a cell; an error anywhere in a row says that the row was not finished.</summary>
    private string? FindFault(int cells)
    {
        for (var i = 0; i < cells; i++)
        {
            switch (rows.FaultOf(i))
            {
                case CellFault.Error:
                    return $"the cell of '{CampaignErrors.Shown(map.Headers.Names[i])}' holds the error {rows.GetCell(i)}: fix it in the "
                        + $"spreadsheet";
                case CellFault.Rounded when map.IsFed(i):
                    return $"the cell of '{CampaignErrors.Shown(map.Headers.Names[i])}' is a number of more than 15 digits, of which a "
                        + $"spreadsheet loses the last: format the column as text and enter it again";
                default:
                    break;
            }
        }

        return null;
    }

    private string TooManyCells(int cells) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"the row has {cells} cells but the header row has {_columns}: {rows.HowToKeepCellsTogether}"
        );
}
