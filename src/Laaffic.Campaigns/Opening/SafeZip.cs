using System.Buffers.Binary;
using System.IO.Compression;

namespace Laaffic.Campaigns.Opening;

/// <summary>
/// A zip archive that cannot do harm: its list of entries is bounded before it is read, and an entry gives just the bytes
/// that the list states, of that length and CRC-32, which .NET does not check by itself.
/// </summary>
internal sealed class SafeZip : IDisposable
{
    private const int EndBytes = 22;
    private const int MaxComment = ushort.MaxValue;

    private readonly ZipArchive _archive;

    private SafeZip(ZipArchive archive) => _archive = archive;

    /// <summary>Its entries, folders among them.</summary>
    public IReadOnlyList<ZipArchiveEntry> Entries => _archive.Entries;

    /// <summary>Opens an archive. The file is left open when the archive is disposed of.</summary>
    /// <exception cref="UnreadableListException">It is damaged, or its list of entries is too long.</exception>
    public static SafeZip Open(Stream file)
    {
        CheckDirectorySize(file);
        ZipArchive? archive = null;
        try
        {
            file.Position = 0;
            archive = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true);
            if (archive.Entries.Count > ListLimits.MaxZipEntries)
            {
                throw TooMany();
            }

            return new SafeZip(archive);
        }
        catch (Exception e)
        {
            archive?.Dispose();
            if (e is InvalidDataException or IOException or ArgumentException or NotSupportedException)
            {
                throw UnpackedStream.Damaged();
            }

            throw;
        }
    }

    /// <summary>The first entry of this name, whatever its case; null if there is none.</summary>
    public ZipArchiveEntry? Find(string name) =>
        Entries.FirstOrDefault(entry => entry.FullName.Replace('\\', '/').Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>Opens an entry to be read forward.</summary>
    /// <exception cref="UnreadableListException">It cannot be unpacked, or has a password.</exception>
    public static UnpackedStream OpenEntry(ZipArchiveEntry entry, long limit)
    {
        if (entry.IsEncrypted)
        {
            throw new UnreadableListException(null, "The archive is protected with a password: pack the list again without one.");
        }
        if (entry.Length > limit)
        {
            throw new UnreadableListException(null, $"Unpacked, it is larger than {limit >> 20} MB, the most that can be read.");
        }
        try
        {
            return new UnpackedStream(entry.Open(), () => entry.CompressedLength, (entry.Length, entry.Crc32), limit);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or NotSupportedException)
        {
            throw new UnreadableListException(
                null,
                "The archive is damaged, or packed by a method that this app does not know: pack the list again as a usual zip."
            );
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _archive.Dispose();

    /// <summary>The list of entries is what stands between the place that the end record states and that record.</summary>
    private static void CheckDirectorySize(Stream file)
    {
        var length = file.Length;
        var tail = new byte[(int)Math.Min(length, EndBytes + MaxComment)];
        file.Position = length - tail.Length;
        file.ReadExactly(tail);
        var at = tail.AsSpan().LastIndexOf("PK\u0005\u0006"u8);
        if (at < 0 || tail.Length - at < EndBytes)
        {
            throw UnpackedStream.Damaged();
        }

        var end = length - tail.Length + at;
        long start = BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(at + 16));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(tail.AsSpan(at + 10));
        if (start == uint.MaxValue || count == ushort.MaxValue)
        {
            // The larger end record may state another place; no archive of the size that is read here needs one.
            var wide = tail.AsSpan(0, at).LastIndexOf("PK\u0006\u0006"u8);
            if (wide >= 0 && at - wide >= 56)
            {
                start = BinaryPrimitives.ReadInt64LittleEndian(tail.AsSpan(wide + 48));
            }
        }
        if (start < 0 || start > end)
        {
            throw UnpackedStream.Damaged();
        }
        if (end - start > ListLimits.MaxDirectoryBytes)
        {
            throw TooMany();
        }
    }

    private static UnreadableListException TooMany() => new(null, $"The archive holds more than {ListLimits.MaxZipEntries} files.");
}
