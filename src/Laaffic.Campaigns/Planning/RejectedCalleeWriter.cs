using System.Buffers;
using System.Globalization;
using System.Text;
using Laaffic.Api;
using Laaffic.Campaigns.Mapping;
using Laaffic.Campaigns.Parsing;

namespace Laaffic.Campaigns.Planning;

/// <summary>
/// The callees that are not called, as a CSV file (RFC 4180). It is meant to be opened in a spreadsheet, fixed and dropped again:
/// the rows of a list as they were, under their headers, with the columns line and reason before them; in UTF-8 with its mark,
/// and nothing in it can be taken for a formula. Those of a JSON campaign, which have no rows, are listed as line, value, reason.
/// </summary>
internal sealed class RejectedCalleeWriter(PlanStore store, string planId, Func<CancellationToken, ValueTask> onProgress) : IDisposable
{
    private const int MaxValueBytes = 400;
    private const int MaxFirst = 20;

    private readonly List<RejectedCallee> _first = [];
    private readonly RejectionReasons _reasons = new();
    private readonly RejectionReasons _suppressed = new();
    private readonly BlockBuffer _buffer = new();
    private readonly StagedBlob _blob = store.NewBlob(PlanStore.RejectedNameOf(planId), "text/csv; charset=utf-8");
    private IReadOnlyList<string>? _headers;
    private RejectedRows? _own;
    private string _mark = "";

    /// <summary>How many are rejected; duplicates are not among them.</summary>
    public long Count { get; private set; }

    /// <summary>How many are not to be called; they are not among the rejected.</summary>
    public long SuppressedCount { get; private set; }

    /// <summary>Whether anybody is listed.</summary>
    public bool IsEmpty { get; private set; } = true;

    /// <summary>The first that are rejected, for whoever has only the answer to read.</summary>
    public IReadOnlyList<RejectedCallee> First => _first;

    /// <summary>Why they are rejected.</summary>
    public RejectionReasons Reasons => _reasons;

    /// <summary>Why some are not to be called.</summary>
    public RejectionReasons Suppressed => _suppressed;

    /// <summary>Whether <see cref="StageAsync"/> must be called before the next callee.</summary>
    public bool NeedsStaging => _buffer.Count >= BlockBuffer.BlockSize;

    /// <summary>Lists rows of a list from now on.</summary>
    /// <param name="headers">Its headers.</param>
    /// <param name="own">What it is if it is itself a file of rejected rows, whose own columns are written anew.</param>
    /// <param name="campaign">The campaign that they are from at first, if it has a name.</param>
    public void BeginRows(IReadOnlyList<string> headers, RejectedRows? own, string? campaign) =>
        (_headers, _own, _mark) = (headers, own, campaign is null ? "" : RejectedRows.MarkOf(campaign));

    /// <summary>Lists a callee that is rejected.</summary>
    public void Reject(Callee callee, string reason)
    {
        Count++;
        var shown = WithoutValue(reason, callee.Number);
        _reasons.Add(shown, callee.Line);
        if (_first.Count < MaxFirst)
        {
            _first.Add(new RejectedCallee(callee.Line, shown));
        }

        List(callee, reason);
    }

    /// <summary>Lists a callee that is not to be called.</summary>
    public void Suppress(Callee callee, string reason)
    {
        SuppressedCount++;
        _suppressed.Add(WithoutValue(reason, callee.Number), callee.Line);
        List(callee, reason);
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
        if (IsEmpty)
        {
            return;
        }

        await _blob.CommitAsync(_buffer, cancellationToken);
        await onProgress(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose() => _buffer.Dispose();

    /// <summary>Lists a callee that is not called, with the reason.</summary>
    public void List(Callee callee, string reason)
    {
        if (IsEmpty)
        {
            IsEmpty = false;
            WriteHeader();
        }

        Span<byte> line = stackalloc byte[20];
        callee.Line.TryFormat(line, out var digits, provider: CultureInfo.InvariantCulture);
        _buffer.Write(line[..digits]);
        if (_headers is null)
        {
            _buffer.Write(","u8);
            WriteCell(callee.Number, MaxValueBytes);
            WriteText(reason);
        }
        else
        {
            WriteText(reason + _mark);
            for (var i = 0; i < callee.CellCount; i++)
            {
                if (_own?.IsOwn(i) != true)
                {
                    _buffer.Write(","u8);
                    WriteCell(callee.GetCell(i), int.MaxValue);
                }
            }
        }

        _buffer.Write("\r\n"u8);
    }

    private void WriteHeader()
    {
        _buffer.Write("\uFEFF"u8);
        if (_headers is null)
        {
            _buffer.Write("line,value,reason"u8);
        }
        else
        {
            _buffer.Write(Encoding.UTF8.GetBytes(string.Join(',', RejectedRows.OwnColumns)));
            for (var i = 0; i < _headers.Count; i++)
            {
                if (_own?.IsOwn(i) != true)
                {
                    WriteText(_headers[i]);
                }
            }
        }

        _buffer.Write("\r\n"u8);
    }

    // Some reasons quote the number; an answer may end up in somebody's log, where no whole number belongs.
    private static string WithoutValue(string reason, ReadOnlySpan<byte> value)
    {
        var written = Encoding.UTF8.GetString(value).Trim();
        return written.Length < CalleeRules.MinDigits ? reason : reason.Replace(written, "it", StringComparison.Ordinal);
    }

    private void WriteText(string text)
    {
        _buffer.Write(","u8);
        WriteCell(Encoding.UTF8.GetBytes(text), int.MaxValue);
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

        FormulaGuard.Write(_buffer, value);
        if (cut)
        {
            _buffer.Write("…"u8);
        }

        if (quoted)
        {
            _buffer.Write("\""u8);
        }
    }
}
