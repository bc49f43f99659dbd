using System.Globalization;
using System.Threading.Channels;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Opening;
using Laaffic.Campaigns.Parsing;
using Laaffic.Campaigns.Rows;

namespace Laaffic.Campaigns.Planning;

/// <summary>Reads the rows of a list after its header: each becomes a callee, is checked, and goes to a writer in its turn.</summary>
internal sealed class ListReader(
    RowReader rows,
    ColumnMap map,
    RejectedRows? own,
    CalleeChecker checker,
    CalleeWriter writer,
    Func<CancellationToken, ValueTask> onProgress
)
{
    /// <summary>Callees that go from step to step together, where the steps have threads of their own.</summary>
    private const int BatchSize = 512;

    /// <summary>Batches that may wait for a step, so that neither a slow one nor memory runs away.</summary>
    private const int MaxBatches = 2;

    private const string CommentInRows =
        "a row that begins with # is no comment: comments and settings stand before the header row; a first cell that really begins with # "
        + "needs quotes";

    private readonly int _columns = map.Headers.Names.Count;
    private readonly bool _endsWithLastValue = rows.EndsWithLastValue;
    private readonly int _reasons = own?.ReasonColumn ?? RejectedRows.FindReasons(map.Headers.Names);

    /// <summary>Reads the present row, if there is one, and all after it.</summary>
    /// <param name="hasRow">Whether there is a present row.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <exception cref="UnreadableListException">The list cannot be read to its end.</exception>
    public Task ReadAsync(bool hasRow, CancellationToken cancellationToken) =>
        rows.IsCostly || checker.IsCostly ? ReadInBatchesAsync(hasRow, cancellationToken) : ReadOneByOneAsync(hasRow, cancellationToken);

    private async Task ReadOneByOneAsync(bool hasRow, CancellationToken cancellationToken)
    {
        var callees = new CalleeRing(CalleeWriter.MaxHeld + 1);
        for (; hasRow; hasRow = await rows.ReadAsync(cancellationToken))
        {
            var callee = callees.Next();
            Fill(callee);
            Check(callee);
            writer.Add(callee);
            if (writer.NeedsStaging)
            {
                await writer.StageAsync(cancellationToken);
            }
        }
    }

    /// <summary>
    /// Reading, checking and writing at the same time, each on one thread; rows keep their order. Two threads that check would take
    /// longer than one: libphonenumber's regular expressions are shared, and .NET lends the state of each to one thread at a time.
    /// </summary>
    private async Task ReadInBatchesAsync(bool hasRow, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var read = Channel.CreateBounded<List<Callee>>(MaxBatches);
        var ready = Channel.CreateBounded<List<Callee>>(MaxBatches);
        var steps = Task.WhenAll(
            RunAsync(() => CheckAsync(read.Reader, ready.Writer, stop.Token)),
            RunAsync(() => AddAsync(ready.Reader, stop.Token))
        );
        // In the hands of each step is one batch besides, and the writer may still hold some of the one before.
        var callees = new CalleeRing((2 * MaxBatches + 4) * BatchSize);
        try
        {
            while (hasRow)
            {
                var batch = new List<Callee>(BatchSize);
                for (; hasRow && batch.Count < BatchSize; hasRow = await rows.ReadAsync(cancellationToken))
                {
                    var callee = callees.Next();
                    Fill(callee);
                    batch.Add(callee);
                }

                await read.Writer.WriteAsync(batch, stop.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // A step has failed, and says why.
        }
        finally
        {
            read.Writer.Complete();
            await steps.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing); // nobody writes any more
        }

        await steps;

        Task RunAsync(Func<Task> step) =>
            Task.Run(
                async () =>
                {
                    try
                    {
                        await step();
                    }
                    catch
                    {
                        await stop.CancelAsync();
                        throw;
                    }
                },
                CancellationToken.None
            );
    }

    private async Task CheckAsync(
        ChannelReader<List<Callee>> batches,
        ChannelWriter<List<Callee>> ready,
        CancellationToken cancellationToken
    )
    {
        await foreach (var batch in batches.ReadAllAsync(cancellationToken))
        {
            batch.ForEach(Check);
            await ready.WriteAsync(batch, cancellationToken);
        }

        ready.Complete();
    }

    private async Task AddAsync(ChannelReader<List<Callee>> batches, CancellationToken cancellationToken)
    {
        await foreach (var batch in batches.ReadAllAsync(cancellationToken))
        {
            foreach (var callee in batch)
            {
                writer.Add(callee);
                if (writer.NeedsStaging)
                {
                    await writer.StageAsync(cancellationToken);
                }
            }

            await onProgress(cancellationToken); // a spreadsheet's rows come from a file of our own: reading them tells nobody
        }
    }

    private void Check(Callee callee)
    {
        if (callee.Rejection is null)
        {
            checker.Check(callee);
        }
    }

    private void Fill(Callee callee)
    {
        callee.Line = rows.Line;
        var cells = rows.CellCount;
        // Every mark has one, and so has every error; a row without is done with at once.
        var (hasNumberSign, hasFaults) = (rows.HasNumberSign, rows.HasFaults);
        if (hasNumberSign)
        {
            RequireSameCampaign();
        }
        else if (_reasons >= 0 && _reasons < cells)
        {
            RequireSameCampaign(_reasons, FormulaGuard.Remove(rows.GetCell(_reasons)));
        }

        var hasAll = false;
        if (own is null && !hasFaults && rows.TryGetPlainRow(out var row, out var delimiter))
        {
            callee.AddCells(row, delimiter, cells);
            hasAll = true;
        }

        for (var i = 0; !hasAll && i < cells; i++)
        {
            // What stands for a value that is lost is no value in the file of rejected rows either.
            if (hasFaults && LostValue(i) is { } lost)
            {
                callee.AddCell(lost);
            }
            else if (own is null)
            {
                callee.AddCell(rows.GetCell(i));
            }
            else
            {
                callee.AddCell(FormulaGuard.Remove(rows.GetCell(i)));
            }
        }

        for (var i = cells; _endsWithLastValue && i < _columns; i++)
        {
            callee.AddCell("");
        }

        var endsEarly = map.Fill(callee);
        callee.Rejection =
            (hasNumberSign && rows.LooksLikeComment) || WasComment(cells) ? CommentInRows
            : cells > _columns ? TooManyCells(cells)
            : (hasFaults || hasNumberSign ? FindFault(cells, hasNumberSign) : null) ?? endsEarly;
    }

    /// <summary>Whom another campaign has called than the one that was read before the first row is not left out.</summary>
    private void RequireSameCampaign()
    {
        for (var i = 0; i < rows.CellCount; i++)
        {
            RequireSameCampaign(i, FormulaGuard.Remove(rows.GetCell(i)));
        }
    }

    private void RequireSameCampaign(int column, string cell)
    {
        if (RejectedRows.CampaignIn(cell) is not { } campaign)
        {
            if (column == _reasons && cell.Contains(RejectedRows.Begin, StringComparison.Ordinal))
            {
                throw new UnreadableListException(
                    rows.Line,
                    "This row was rejected of a campaign, as its reason says, but does not name it any more as it was written, so whom that "
                        + "has called is not known. Leave the reasons as they were, and save the file as CSV UTF-8; or, if nobody of this list "
                        + "was submitted before, remove the reasons."
                );
            }
        }
        else if (campaign != own?.Campaign)
        {
            throw new UnreadableListException(
                rows.Line,
                own is null
                    ? $"This row was rejected of the campaign '{campaign}', as its reason says, but the first row has no such reason: put a "
                        + $"row that has one first, or, if nobody of this list was submitted before, remove the reasons."
                    : $"This row was rejected of the campaign '{campaign}', and the first row of '{own.Campaign}': drop the rows of each "
                        + $"campaign in a file of their own."
            );
        }
    }

    /// <summary>Whether the row was rejected for that before, and is as it was.</summary>
    private bool WasComment(int cells)
    {
        if (own is null || own.ReasonColumn >= cells || !rows.GetCell(own.ReasonColumn).StartsWith(CommentInRows))
        {
            return false;
        }

        var first = 0;
        while (first < cells && own.IsOwn(first))
        {
            first++;
        }

        return first < cells && rows.GetCell(first).TrimStart() is ['#', ..];
    }

    /// <summary>What is written of a cell whose value is lost; null if it is not.</summary>
    private string? LostValue(int i) =>
        rows.FaultOf(i) switch
        {
            CellFault.Error when !SheetErrors.IsError(rows.GetCell(i)) => "#VALUE!",
            CellFault.Rounded or CellFault.OtherDigits when i < _columns && map.IsFed(i) => "#NUM!",
            _ => null,
        };

    /// <summary>What a spreadsheet has done to a cell; an error anywhere in a row says that the row was not finished.</summary>
    private string? FindFault(int cells, bool hasNumberSign)
    {
        for (var i = 0; rows.HasFaults && i < cells; i++)
        {
            switch (rows.FaultOf(i))
            {
                case CellFault.Error:
                    return $"the cell of '{CampaignErrors.Shown(map.Headers.Names[i])}' holds the error {rows.GetCell(i)}: fix it in the "
                        + $"spreadsheet";
                case CellFault.Rounded when map.IsFed(i):
                    return $"the cell of '{CampaignErrors.Shown(map.Headers.Names[i])}' is a number of more than 15 digits, of which a "
                        + $"spreadsheet loses the last: format the column as text and enter it again";
                case CellFault.OtherDigits when map.IsFed(i):
                    return $"the cell of '{CampaignErrors.Shown(map.Headers.Names[i])}' is shown with digits or a + that are not in it, but in its "
                        + $"number format: enter all of it as text";
                default:
                    break;
            }
        }

        // In a text they stand for a value as well.
        for (var i = 0; hasNumberSign && i < cells; i++)
        {
            if (map.IsFed(i) && SheetErrors.IsError(rows.GetCell(i)))
            {
                return $"the cell of '{CampaignErrors.Shown(map.Headers.Names[i])}' holds the error {rows.GetCell(i)}: fix it in the spreadsheet";
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
