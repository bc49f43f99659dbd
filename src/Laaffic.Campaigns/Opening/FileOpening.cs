using System.IO.Compression;

namespace Laaffic.Campaigns.Opening;

/// <summary>The opening of one file, layer by layer. What it has opened is disposed of with it unless the file was opened.</summary>
internal sealed class FileOpening(CancellationToken cancellationToken) : IAsyncDisposable
{
    private const int ShownNames = 3;
    private const int ShownLength = 60;

    private readonly List<IAsyncDisposable> _owned = [];

    /// <summary>The packing that was opened, such as <c>gzip</c>; null as long as there is none.</summary>
    private string? _packing;

    /// <summary>Opens the file, or what was packed in it.</summary>
    public async Task<OpenedFile> OpenAsync(Stream content, string name)
    {
        if (ListEndings.KindOf(ListEndings.WithoutGz(name)) is null && !ListEndings.IsZip(name))
        {
            throw ListEndings.Unknown(ListEndings.WithoutGz(name));
        }

        var peek = Own(new PeekStream(content));
        var signature = FileSignatures.Of((await peek.PeekAsync(cancellationToken)).Span);
        return signature switch
        {
            FileSignature.Gzip => await OpenGzipAsync(peek, name),
            FileSignature.Zip => await OpenZipAsync(peek, name),
            FileSignature.Compound => Opened(
                ListKind.Spreadsheet,
                ListEndings.WithoutGz(name),
                await StoreAsync(peek, "The spreadsheet"),
                "a spreadsheet"
            ),
            _ => OpenPlain(peek, name, signature),
        };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var one in Enumerable.Reverse(_owned))
        {
            await one.DisposeAsync();
        }
    }

    private async Task<OpenedFile> OpenGzipAsync(PeekStream packed, string name)
    {
        RequireNoPacking();
        var inner = ListEndings.WithoutGz(name);
        if (ListEndings.KindOf(inner) is null)
        {
            throw new UnreadableListException(
                null,
                $"The file is named {Path.GetExtension(name)} but is a gzip: name it so, such as list.csv.gz."
            );
        }

        _packing = "gzip";
        var unpacked = Own(new UnpackedStream(new GzipContent(packed), () => packed.BytesTaken, expected: null));
        return await OpenAsync(unpacked, inner);
    }

    private async Task<OpenedFile> OpenZipAsync(PeekStream packed, string name)
    {
        var file = await StoreAsync(packed, "The archive");
        var zip = SafeZip.Open(file);
        _owned.Add(new Closing(zip));
        if (zip.Find("xl/workbook.xml") is not null)
        {
            file.Position = 0;
            return Opened(ListKind.Spreadsheet, ListEndings.WithoutGz(name), file, "a spreadsheet");
        }
        if (OtherDocument(zip) is { } other)
        {
            throw new UnreadableListException(null, $"The file is {other}: open it in a spreadsheet and save it as .xlsx.");
        }

        RequireNoPacking();
        var entries = zip.Entries.Where(entry => !IsClutter(entry.FullName)).ToList();
        if (entries.Count != 1)
        {
            throw new UnreadableListException(
                null,
                entries.Count == 0
                    ? "There is no file in the archive."
                    : $"There are {entries.Count} files in the archive ({Names(entries)}): pack each list in an archive of its own."
            );
        }

        var entry = entries[0];
        var inner = entry.FullName[(entry.FullName.LastIndexOfAny(['/', '\\']) + 1)..];
        _packing = $"zip: {Shown(inner)}";
        return await OpenAsync(Own(SafeZip.OpenEntry(entry, ListLimits.MaxUnpackedBytes)), inner);
    }

    private OpenedFile OpenPlain(PeekStream content, string name, FileSignature signature)
    {
        if (ListEndings.IsZip(name))
        {
            throw new UnreadableListException(null, "The file is named .zip but is no zip archive, or a damaged one: pack the list again.");
        }

        // A browser may have unpacked a download and left its name as it was.
        var inner = ListEndings.WithoutGz(name);
        var kind = ListEndings.KindOf(inner);
        if (signature is FileSignature.Binary or FileSignature.Empty && inner != name)
        {
            throw UnpackedStream.Damaged();
        }
        if (kind is ListKind.Text or ListKind.Json)
        {
            return Opened(kind.Value, inner, content, inner == name ? null : "not packed");
        }

        var ending = Path.GetExtension(inner);
        var fault = signature switch
        {
            FileSignature.Empty => "The file is empty.",
            FileSignature.Html => $"The file is a web page saved under the name {ending}: open it in the spreadsheet and save it as .xlsx.",
            FileSignature.Xml => $"The file is XML saved under the name {ending}: open it in the spreadsheet and save it as .xlsx.",
            FileSignature.Binary => $"The file is named {ending} but is no spreadsheet that can be read, or a damaged one: "
                + "open it in the spreadsheet and save it as .xlsx.",
            _ => null,
        };
        return fault is null ? Opened(ListKind.Text, inner, content, "text") : throw new UnreadableListException(null, fault);
    }

    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="content">Its content.</param>
    /// <param name="otherwise">What to say of it if its name says something else.</param>
    private OpenedFile Opened(ListKind kind, string name, Stream content, string? otherwise)
    {
        var parts = new[] { _packing, ListEndings.KindOf(name) == kind && otherwise != "not packed" ? null : otherwise };
        var readAs = string.Join(", ", parts.OfType<string>());
        return new OpenedFile(kind, name, readAs.Length == 0 ? null : readAs, content, _owned);
    }

    private async Task<FileStream> StoreAsync(Stream content, string what) =>
        Own(await TemporaryFile.CopyAsync(content, what, cancellationToken));

    private void RequireNoPacking()
    {
        if (_packing is not null)
        {
            throw new UnreadableListException(null, "The list is packed twice, an archive in an archive: unpack it once and drop that.");
        }
    }

    private T Own<T>(T one)
        where T : IAsyncDisposable
    {
        _owned.Add(one);
        return one;
    }

    /// <summary>What a zip is that is a document of another program; null if it is none.</summary>
    private static string? OtherDocument(SafeZip zip) =>
        zip.Find("xl/workbook.bin") is not null ? "a binary workbook (.xlsb)"
        : zip.Find("word/document.xml") is not null ? "a text document (.docx)"
        : zip.Find("mimetype") is not null && zip.Find("content.xml") is not null ? "an OpenDocument file, such as .ods"
        : zip.Find("Index/Document.iwa") is not null ? "a Numbers document"
        : null;

    /// <summary>What a system adds to an archive that nobody put there.</summary>
    private static bool IsClutter(string name)
    {
        var file = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        return file.Length == 0
            || name.StartsWith("__MACOSX/", StringComparison.Ordinal)
            || file.Equals(".DS_Store", StringComparison.OrdinalIgnoreCase)
            || file.Equals("Thumbs.db", StringComparison.OrdinalIgnoreCase);
    }

    private static string Names(List<ZipArchiveEntry> entries) =>
        string.Join(", ", entries.Take(ShownNames).Select(entry => Shown(entry.FullName))) + (entries.Count > ShownNames ? ", …" : "");

    private static string Shown(string name)
    {
        var shown = string.Concat(name.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        return shown.Length <= ShownLength ? shown : shown[..ShownLength] + "…";
    }

    /// <summary>Disposes of what can only be disposed of at once.</summary>
    private sealed class Closing(IDisposable one) : IAsyncDisposable
    {
        /// <inheritdoc/>
        public ValueTask DisposeAsync()
        {
            one.Dispose();
            return default;
        }
    }
}
