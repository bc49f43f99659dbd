using System.Buffers;
using System.Globalization;
using System.Text;
using Laaffic.Api;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// The list of callees that cannot be called: a CSV file (RFC 4180) with the columns line, value and reason. It is meant for
/// spreadsheets: in UTF-8 with its mark, and nothing in it can be taken for a formula, whatever their separator is.
/// </summary>
internal sealed class RejectedCalleeWriter(PlanStore store, string planId, Func<CancellationToken, ValueTask> onProgress) : IDisposable
{
    private const int MaxValueBytes = 400;
    private const int MaxFirst = 20;

    private readonly List<RejectedCallee> _first = [];
    private readonly BlockBuffer _buffer = new();
    private readonly StagedBlob _blob = store.NewBlob(PlanStore.RejectedNameOf(planId), "text/csv; charset=utf-8");

    /// <summary>How many callees are listed.</summary>
    public long Count { get; private set; }

    /// <summary>The first of them, for whoever has only the answer to read.</summary>
    public IReadOnlyList<RejectedCallee> First => _first;

    /// <summary>Whether <see cref="StageAsync"/> must be called before the next callee.</summary>
    public bool NeedsStaging => _buffer.Count >= BlockBuffer.BlockSize;

    /// <summary>Lists a callee.</summary>
    /// <param name="line">Its physical line, from 1.</param>
    /// <param name="value">What stands where its number should; a long one is cut.</param>
    /// <param name="reason">Why it cannot be called.</param>
    public void Add(long line, ReadOnlySpan<byte> value, string reason)
    {
        if (Count++ == 0)
        {
            _buffer.Write("\uFEFFline,value,reason\r\n"u8);
        }

        if (_first.Count < MaxFirst)
        {
            _first.Add(new RejectedCallee(line, WithoutValue(reason, value)));
        }

        Span<byte> number = stackalloc byte[20];
        line.TryFormat(number, out var digits, provider: CultureInfo.InvariantCulture);
        _buffer.Write(number[..digits]);
        _buffer.Write(","u8);
        WriteCell(value, MaxValueBytes);
        _buffer.Write(","u8);
        WriteCell(Encoding.UTF8.GetBytes(reason), int.MaxValue);
        _buffer.Write("\r\n"u8);
    }

    /// <summary>Stores what has gathered.</summary>
    public async Task StageAsync(CancellationToken cancellationToken)
    {
        await _blob.StageAsync(_buffer, cancellationToken);
        await onProgress(cancellationToken);
    }

    /// <summary>Makes the list appear, unless it is empty.</summary>
    public async Task CommitAsync(CancellationToken cancellationToken)
    {
        if (Count == 0)
        {
            return;
        }

        await _blob.CommitAsync(_buffer, cancellationToken);
        await onProgress(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    // Some reasons quote the number; an answer may end up in somebody's log, where no whole number belongs.
    private static string WithoutValue(string reason, ReadOnlySpan<byte> value)
    {
        var written = Encoding.UTF8.GetString(value).Trim();
        return written.Length < CalleeRules.MinDigits ? reason : reason.Replace(written, "it", StringComparison.Ordinal);
    }

    private void WriteCell(ReadOnlySpan<byte> value, int most)
    {
        var cut = value.Length > most;
        if (cut)
        {
            // Not within a character: those bytes begin with the bits 10.
            while ((value[most] & 0xC0) == 0x80)
            {
                most--;
            }

            value = value[..most];
        }
        var quoted = value.ContainsAny("\",\r\n"u8);
        if (quoted)
        {
            _buffer.Write("\""u8);
        }
        // Where the spreadsheet's separator is another one, quotes do not keep a value in one cell: a cell begins also within it.
        var (written, beginsCell) = (0, true);
        for (var i = 0; i < value.Length; i++)
        {
            var character = value[i];
            var isFormula = (beginsCell && character is (byte)'=' or (byte)'+' or (byte)'-' or (byte)'@') || (i == 0 && IsBreak(character));
            if (isFormula || character == '"')
            {
                _buffer.Write(value[written..i]);
                _buffer.Write(isFormula ? "'"u8 : "\""u8);
                written = i;
            }
            beginsCell = character == ';' || IsBreak(character) || (beginsCell && character is (byte)'"' or (byte)' ');
        }
        _buffer.Write(value[written..]);
        if (cut)
        {
            _buffer.Write("…"u8);
        }

        if (quoted)
        {
            _buffer.Write("\""u8);
        }
    }

    private static bool IsBreak(byte character) => character is (byte)'\t' or (byte)'\r' or (byte)'\n';
}
