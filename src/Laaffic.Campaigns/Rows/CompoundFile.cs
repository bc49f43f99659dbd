using System.Buffers.Binary;
using System.Text;
using Laaffic.Campaigns.Opening;

namespace Laaffic.Campaigns.Rows;

/// <summary>
/// The container of an .xls, just enough to find its streams, with every chain of sectors bounded: the reader of cells would
/// follow some without end.
/// </summary>
internal sealed class CompoundFile
{
    private const int Sector = 512;
    private const int MiniSector = 64;
    private const uint LastRegular = 0xFFFFFFFA;

    private readonly byte[] _file;
    private readonly uint[] _table;
    private readonly uint[] _miniTable;
    private readonly byte[] _directory;
    private readonly byte[] _mini;
    private readonly uint _cutoff;

    /// <summary>Reads the container's tables.</summary>
    /// <exception cref="UnreadableListException">They are damaged.</exception>
    public CompoundFile(byte[] file)
    {
        _file = file;
        if (file.Length < Sector || UInt16(0x1E) != 9 || UInt16(0x20) != 6)
        {
            throw Broken();
        }

        _table = ReadTable(TableSectors());
        _directory = Concat(Chain(UInt32(0x30), _table));
        _miniTable = ReadTable(Chain(UInt32(0x3C), _table));
        _cutoff = UInt32(0x38);
        _mini = _directory.Length < 128 ? throw Broken() : Concat(Chain(Entry32(0, 0x74), _table));
    }

    /// <summary>The content of a stream; null if there is none of that name.</summary>
    public byte[]? Find(string name)
    {
        for (var at = 0; at + 128 <= _directory.Length; at += 128)
        {
            var length = Math.Min((int)BinaryPrimitives.ReadUInt16LittleEndian(_directory.AsSpan(at + 0x40)), 64);
            var own = Encoding.Unicode.GetString(_directory, at, length).TrimEnd('\0');
            if (!own.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                continue;
            }

            var (first, size) = (Entry32(at, 0x74), Entry32(at, 0x78));
            var isMini = size < _cutoff;
            var content = isMini ? ConcatMini(Chain(first, _miniTable)) : Concat(Chain(first, _table));
            return size <= content.Length ? content[..(int)size] : throw Broken();
        }
        return null;
    }

    /// <summary>What is thrown for an .xls that cannot be read.</summary>
    public static UnreadableListException Broken() =>
        new(null, "The spreadsheet is damaged, or of an unusual kind: open it in the spreadsheet program and save it as .xlsx.");

    private ushort UInt16(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(at));

    private uint UInt32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(at));

    private uint Entry32(int entry, int at) => BinaryPrimitives.ReadUInt32LittleEndian(_directory.AsSpan(entry + at));

    private ReadOnlySpan<byte> SectorAt(uint sector)
    {
        var at = Sector * (1L + sector);
        // The last one may be cut short by a writer that knows its length.
        return at < _file.Length ? _file.AsSpan((int)at, (int)Math.Min(Sector, _file.Length - at)) : throw Broken();
    }

    private List<uint> TableSectors()
    {
        var sectors = new List<uint>();
        for (var i = 0; i < 109; i++)
        {
            sectors.Add(UInt32(0x4C + 4 * i));
        }

        var (next, count) = (UInt32(0x44), UInt32(0x48));
        if (count > _file.Length / Sector || (count == 0 && next < LastRegular))
        {
            throw Broken();
        }
        for (var i = 0; i < count; i++)
        {
            var content = SectorAt(next);
            if (content.Length < Sector)
            {
                throw Broken();
            }
            for (var j = 0; j < Sector / 4 - 1; j++)
            {
                sectors.Add(BinaryPrimitives.ReadUInt32LittleEndian(content[(4 * j)..]));
            }

            next = BinaryPrimitives.ReadUInt32LittleEndian(content[^4..]);
        }
        while (sectors.Count > 0 && sectors[^1] >= LastRegular)
        {
            sectors.RemoveAt(sectors.Count - 1);
        }

        return sectors.Count <= _file.Length / Sector ? sectors : throw Broken();
    }

    private uint[] ReadTable(List<uint> sectors)
    {
        var table = new uint[sectors.Count * (Sector / 4)];
        for (var i = 0; i < sectors.Count; i++)
        {
            var content = SectorAt(sectors[i]);
            if (content.Length < Sector)
            {
                throw Broken();
            }
            for (var j = 0; j < Sector / 4; j++)
            {
                table[i * (Sector / 4) + j] = BinaryPrimitives.ReadUInt32LittleEndian(content[(4 * j)..]);
            }
        }
        return table;
    }

    private static List<uint> Chain(uint first, uint[] table)
    {
        var chain = new List<uint>();
        for (var sector = first; sector < LastRegular; sector = table[sector])
        {
            if (sector >= table.Length || chain.Count == table.Length)
            {
                throw Broken();
            }

            chain.Add(sector);
        }
        return chain;
    }

    private byte[] Concat(List<uint> chain)
    {
        var content = new byte[chain.Count * Sector];
        for (var i = 0; i < chain.Count; i++)
        {
            SectorAt(chain[i]).CopyTo(content.AsSpan(i * Sector));
        }

        return content;
    }

    private byte[] ConcatMini(List<uint> chain)
    {
        var content = new byte[chain.Count * MiniSector];
        for (var i = 0; i < chain.Count; i++)
        {
            var at = (long)chain[i] * MiniSector;
            if (at + MiniSector > _mini.Length)
            {
                throw Broken();
            }

            _mini.AsSpan((int)at, MiniSector).CopyTo(content.AsSpan(i * MiniSector));
        }
        return content;
    }
}
