using System.Text;

namespace Laaffic.Campaigns.Opening;

/// <summary>What the first bytes of a file say that it is.</summary>
internal enum FileSignature
{
    /// <summary>There are no bytes.</summary>
    Empty,

    /// <summary>It may be text.</summary>
    Text,

    /// <summary>It is neither text nor anything else that is known here.</summary>
    Binary,

    /// <summary>gzip.</summary>
    Gzip,

    /// <summary>A zip archive, among them .xlsx.</summary>
    Zip,

    /// <summary>The container of .xls and of workbooks with a password.</summary>
    Compound,

    /// <summary>A web page.</summary>
    Html,

    /// <summary>Other XML.</summary>
    Xml,
}

/// <summary>Tells files by their first bytes.</summary>
internal static class FileSignatures
{
    /// <summary>What a file is that begins so.</summary>
    public static FileSignature Of(ReadOnlySpan<byte> head)
    {
        if (head.IsEmpty)
        {
            return FileSignature.Empty;
        }
        if (head.StartsWith((ReadOnlySpan<byte>)[0x1F, 0x8B]))
        {
            return FileSignature.Gzip;
        }
        if (head.StartsWith("PK\u0003\u0004"u8) || head.StartsWith("PK\u0005\u0006"u8) || head.StartsWith("PK\u0007\b"u8))
        {
            return FileSignature.Zip;
        }
        if (head.StartsWith((ReadOnlySpan<byte>)[0xD0, 0xCF, 0x11, 0xE0]))
        {
            return FileSignature.Compound;
        }

        var wide = head.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || head.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]);
        if (!wide && head.Contains((byte)0))
        {
            return FileSignature.Binary;
        }

        // Good enough for the ASCII that matters here, whatever the encoding.
        var text = Encoding
            .Latin1.GetString(head)
            .Replace("\0", "", StringComparison.Ordinal)
            .TrimStart('\u00EF', '\u00BB', '\u00BF', '\u00FF', '\u00FE');
        text = text.TrimStart();
        if (!text.StartsWith('<'))
        {
            return FileSignature.Text;
        }
        return IsHtml(text) ? FileSignature.Html
            : text.StartsWith("<?xml", StringComparison.OrdinalIgnoreCase) ? FileSignature.Xml
            : FileSignature.Text;
    }

    private static bool IsHtml(string text) =>
        text.Contains("<html", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("<!DOCTYPE html", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("<table", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("<head", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("<meta", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("<style", StringComparison.OrdinalIgnoreCase);
}
