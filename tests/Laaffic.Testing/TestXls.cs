using System.Text;

namespace Laaffic.Testing;

/// <summary>
/// Writes the smallest .xls there can be, of Excel 97's format: one sheet of strings, doubles and errors
/// (<see cref="byte"/>), whose hidden rows can be told.
/// </summary>
public static class TestXls
{
    private const int Sector = 512;

    /// <summary>The file.</summary>
    /// <param name="rows">The rows; null is no cell.</param>
    /// <param name="hidden">The indices of hidden rows.</param>
    /// <param name="globals">More records of the workbook: type and content.</param>
    public static byte[] Of(object?[][] rows, int[]? hidden = null, (ushort Id, byte[] Content)[]? globals = null)
    {
        var strings = rows.SelectMany(row => row.OfType<string>()).ToList();
        using var sheet = new MemoryStream();
        Record(sheet, 0x809, [.. Words(0x600, 0x10), .. new byte[12]]);
        Record(sheet, 0x200, [.. Ints(0, rows.Length), .. Words(0, rows.Max(row => row.Length), 0)]);
        for (var i = 0; i < rows.Length; i++)
        {
            var flags = hidden?.Contains(i) == true ? 0x20 : 0;
            Record(sheet, 0x208, Words(i, 0, rows[i].Length, 255, 0, 0, 0x100 | flags, 0x0F));
        }
        var next = 0;
        for (var i = 0; i < rows.Length; i++)
        {
            for (var j = 0; j < rows[i].Length; j++)
            {
                switch (rows[i][j])
                {
                    case string:
                        Record(sheet, 0xFD, [.. Words(i, j, 0), .. Ints(next++)]);
                        break;
                    case double number:
                        Record(sheet, 0x203, [.. Words(i, j, 0), .. BitConverter.GetBytes(number)]);
                        break;
                    case byte error:
                        Record(sheet, 0x205, [.. Words(i, j, 0), error, 1]);
                        break;
                    case byte[] formula:
                        Record(sheet, 0x06, [.. Words(i, j, 0), .. formula, .. new byte[8]]);
                        break;
                }
            }
        }
        Record(sheet, 0x0A, []);

        using var texts = new MemoryStream();
        texts.Write(Ints(strings.Count, strings.Count));
        foreach (var text in strings)
        {
            texts.Write([.. Words(text.Length), 1, .. Encoding.Unicode.GetBytes(text)]);
        }

        using var book = new MemoryStream();
        var name = "Old list"u8;
        var length = 20 + (12 + name.Length) + (4 + (int)texts.Length) + 4 + (globals?.Sum(one => 4 + one.Content.Length) ?? 0);
        Record(book, 0x809, [.. Words(0x600, 0x05), .. new byte[12]]);
        foreach (var (id, content) in globals ?? [])
        {
            Record(book, id, content);
        }

        Record(book, 0x85, [.. Ints(length), 0, 0, (byte)name.Length, 0, .. name]);
        Record(book, 0xFC, texts.ToArray());
        Record(book, 0x0A, []);
        book.Write(sheet.ToArray());
        return Compound(book.ToArray(), "Workbook");
    }

    /// <summary>A container of one stream.</summary>
    public static byte[] Compound(byte[] content, string name)
    {
        // Sector 0 is the table, 1 the directory, the stream follows; never in the small one.
        Array.Resize(ref content, Math.Max(4096, (content.Length + Sector - 1) / Sector * Sector));
        var sectors = content.Length / Sector;
        if (sectors + 2 > 128)
        {
            throw new ArgumentException("Too much for one table.", nameof(content));
        }

        using var file = new MemoryStream();
        file.Write([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, .. new byte[16]]);
        file.Write(Words(0x3E, 3, 0xFFFE, 9, 6, 0, 0, 0));
        file.Write(Ints(0, 1, 1, 0, 4096, -2, 0, -2, 0, 0));
        file.Write(Ints([.. Enumerable.Repeat(-1, 108)]));
        var table = Enumerable.Repeat(-1, 128).ToArray();
        (table[0], table[1]) = (-3, -2);
        for (var i = 0; i < sectors; i++)
        {
            table[i + 2] = i == sectors - 1 ? -2 : i + 3;
        }
        file.Write(Ints(table));
        file.Write(Entry("Root Entry", 5, 1, -2, 0));
        file.Write(Entry(name, 2, -1, 2, content.Length));
        file.Write(new byte[256]);
        file.Write(content);
        return file.ToArray();
    }

    private static byte[] Entry(string name, byte kind, int child, int first, int size)
    {
        var bytes = new byte[64];
        Encoding.Unicode.GetBytes(name, bytes);
        return [.. bytes, .. Words((name.Length + 1) * 2), kind, 1, .. Ints(-1, -1, child), .. new byte[36], .. Ints(first, size, 0)];
    }

    private static void Record(MemoryStream target, int id, byte[] content) => target.Write([.. Words(id, content.Length), .. content]);

    private static byte[] Words(params int[] values) => [.. values.SelectMany(value => BitConverter.GetBytes((ushort)value))];

    private static byte[] Ints(params int[] values) => [.. values.SelectMany(BitConverter.GetBytes)];
}
