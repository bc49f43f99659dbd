using System.Text.Unicode;
using Laaffic.Api;

namespace Laaffic.Campaigns.Parsing;

/// <summary>
/// One callee as its campaign has it, in UTF-8. One instance is used for all callees of a campaign: what it returns is
/// valid until it is cleared.
/// </summary>
internal sealed class Callee
{
    private readonly (int Index, Slice Value)[] _texts = new (int, Slice)[CalleeRules.TextCount];
    private readonly List<(Slice Name, Slice Value)> _information = [];
    private readonly List<Slice> _cells = [];
    private byte[] _buffer = new byte[512];
    private int _used;
    private Slice _number;

    /// <summary>Forgets everything.</summary>
    public void Clear()
    {
        _used = 0;
        _number = default;
        TextCount = 0;
        _information.Clear();
        HasInformation = false;
        _cells.Clear();
        Line = 0;
        Rejection = null;
        IsSuppressed = false;
        DigitCount = 0;
    }

    /// <summary>Where it stands in its campaign, from 1: a physical line, or the row of a spreadsheet.</summary>
    public long Line { get; set; }

    /// <summary>Why it cannot be called; null if nothing was found so far.</summary>
    public string? Rejection { get; set; }

    /// <summary>Whether it is for what is said in <see cref="Rejection"/> that this person is not to be called, and the list is right.</summary>
    public bool IsSuppressed { get; set; }

    /// <summary>Room for its number once it is normalised.</summary>
    public byte[] Digits { get; } = new byte[CalleeRules.MaxDigits + 2];

    /// <summary>How many digits its normalised number has; 0 while it is not known.</summary>
    public int DigitCount { get; set; }

    /// <summary>How many cells its row has; 0 in a JSON campaign.</summary>
    public int CellCount => _cells.Count;

    /// <summary>A cell of its row, as it stands there.</summary>
    public ReadOnlySpan<byte> GetCell(int index) => Get(_cells[index]);

    /// <summary>The place of a cell of its row.</summary>
    public Slice CellSlice(int index) => _cells[index];

    /// <summary>Adds a cell of its row.</summary>
    public void AddCell(ReadOnlySpan<char> value) => _cells.Add(Take(value));

    /// <summary>Adds the cells of a row in which nothing is quoted, which must hold no lone surrogate.</summary>
    /// <param name="row">The row without its end.</param>
    /// <param name="delimiter">What stands between two cells, in ASCII.</param>
    /// <param name="count">How many cells it has.</param>
    public void AddCells(ReadOnlySpan<char> row, char delimiter, int count)
    {
        var all = Take(row);
        var rest = Get(all);
        var start = all.Start;
        for (; count > 1; count--)
        {
            var length = rest.IndexOf((byte)delimiter);
            _cells.Add(new Slice(start, length));
            rest = rest[(length + 1)..];
            start += length + 1;
        }

        _cells.Add(new Slice(start, rest.Length));
    }

    /// <summary>How many bytes all of its values have together, and the names in callInformation.</summary>
    public int Length => _used;

    /// <summary>The number as written; empty if there is none.</summary>
    public ReadOnlySpan<byte> Number => Get(_number);

    /// <summary>Whether callInformation was given, even without entries.</summary>
    public bool HasInformation { get; set; }

    /// <summary>How many entries callInformation has.</summary>
    public int InformationCount => _information.Count;

    /// <summary>An entry of callInformation.</summary>
    public void GetInformation(int index, out ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        name = Get(_information[index].Name);
        value = Get(_information[index].Value);
    }

    /// <summary>How many texts there are; one that is absent is not among them, an empty one is.</summary>
    public int TextCount { get; private set; }

    /// <summary>A text, by its place among those that are there.</summary>
    /// <param name="place">0 to <see cref="TextCount"/> - 1.</param>
    /// <param name="index">Which one it is, 0 for text1.</param>
    public ReadOnlySpan<byte> GetText(int place, out int index)
    {
        (index, var value) = _texts[place];
        return Get(value);
    }

    /// <summary>Room for a value of at most this many bytes, to be followed by the setter of what was written to it.</summary>
    public Span<byte> Reserve(int bytes)
    {
        if (_buffer.Length - _used < bytes)
        {
            Array.Resize(ref _buffer, Math.Max(_buffer.Length * 2, _used + bytes));
        }

        return _buffer.AsSpan(_used);
    }

    /// <summary>Takes the first bytes of the reserved room.</summary>
    public Slice Take(int length)
    {
        var slice = new Slice(_used, length);
        _used += length;
        return slice;
    }

    /// <summary>Copies characters, which must hold no lone surrogate.</summary>
    public Slice Take(ReadOnlySpan<char> value)
    {
        // A UTF-16 unit is at most 3 bytes of UTF-8.
        Utf8.FromUtf16(value, Reserve(value.Length * 3), out _, out var written);
        return Take(written);
    }

    /// <summary>Appends bytes to what is being put together.</summary>
    public void Append(ReadOnlySpan<byte> more)
    {
        more.CopyTo(Reserve(more.Length));
        _used += more.Length;
    }

    /// <summary>Appends a cell of its row to what is being put together.</summary>
    public void AppendCell(int index)
    {
        var cell = _cells[index];
        Reserve(cell.Length); // may move them all
        Append(Get(cell));
    }

    /// <summary>What was put together since a position, without white space at both ends.</summary>
    public Slice TrimFrom(int start)
    {
        var all = _buffer.AsSpan(start, _used - start);
        var trimmed = Utf8Text.Trim(all);
        return new Slice(trimmed.IsEmpty ? start : start + _buffer.AsSpan(start, _used - start).IndexOf(trimmed), trimmed.Length);
    }

    /// <summary>Sets the number.</summary>
    public void SetNumber(Slice value) => _number = value;

    /// <summary>Adds a text, 0 for text1, that was not added yet.</summary>
    public void AddText(int index, Slice value) => _texts[TextCount++] = (index, value);

    /// <summary>Adds an entry of callInformation.</summary>
    public void AddInformation(Slice name, Slice value) => _information.Add((name, value));

    /// <summary>The bytes of a slice.</summary>
    public ReadOnlySpan<byte> Get(Slice slice) => _buffer.AsSpan(slice.Start, slice.Length);

    /// <summary>A value's place in the callee's buffer.</summary>
    public readonly record struct Slice(int Start, int Length);
}
