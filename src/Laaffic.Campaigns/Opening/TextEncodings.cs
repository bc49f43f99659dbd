using System.Diagnostics.CodeAnalysis;
using Laaffic.Api;

namespace Laaffic.Campaigns.Opening;

/// <summary>The encodings that a list may be in, and what they are called.</summary>
internal static class TextEncodings
{
    /// <summary>UTF-8.</summary>
    public static readonly TextEncoding Utf8 = new("UTF-8", 65001, "utf-8-sig", "ascii", "us-ascii");

    /// <summary>UTF-16 in the order of its mark; without one, that of Windows.</summary>
    public static readonly TextEncoding Utf16 = new("UTF-16", 1200, "unicode", "ucs-2");

    /// <summary>UTF-16, the lower byte of each pair first.</summary>
    public static readonly TextEncoding Utf16LittleEndian = new("UTF-16 LE", 1200);

    /// <summary>UTF-16, the higher byte of each pair first.</summary>
    public static readonly TextEncoding Utf16BigEndian = new("UTF-16 BE", 1201);

    /// <summary>The encodings whose characters may have two bytes or more, the most widespread first.</summary>
    public static readonly IReadOnlyList<TextEncoding> MultiByte =
    [
        new("GB18030", 54936, "gbk", "gb2312", "euc-cn", "cp936", "936", "windows-936", "ms936", "x-gbk"),
        new("Big5", 950, "cp950", "950", "windows-950", "ms950"),
        new("Shift_JIS", 932, "sjis", "x-sjis", "cp932", "932", "windows-932", "windows-31j", "ms932"),
        new("EUC-KR", 949, "cp949", "949", "windows-949", "ms949", "uhc", "ks_c_5601-1987", "ks_c_5601", "ksc5601", "ks_x_1001"),
        new("EUC-JP", 51932, "x-euc-jp", "ujis"),
    ];

    /// <summary>
    /// The encodings with a byte a character, the most widespread first: where some read a file alike, the first gives the name.
    /// </summary>
    public static readonly IReadOnlyList<TextEncoding> SingleByte =
    [
        // ISO-8859-1 and -9 only lack what Windows added, and so does TIS-620.
        new("windows-1252", 1252, "cp1252", "1252", "ansi", "latin1", "iso-8859-1", "l1"),
        new("windows-1250", 1250, "cp1250", "1250"),
        new("windows-1251", 1251, "cp1251", "1251"),
        new("windows-1253", 1253, "cp1253", "1253"),
        new("windows-1254", 1254, "cp1254", "1254", "latin5", "iso-8859-9", "l5"),
        new("windows-1255", 1255, "cp1255", "1255"),
        new("windows-1256", 1256, "cp1256", "1256"),
        new("windows-1257", 1257, "cp1257", "1257"),
        new("windows-1258", 1258, "cp1258", "1258"),
        new("windows-874", 874, "cp874", "874", "tis-620", "iso-8859-11"),
        new("ISO-8859-2", 28592, "latin2", "l2"),
        new("ISO-8859-3", 28593, "latin3", "l3"),
        new("ISO-8859-4", 28594, "latin4", "l4"),
        new("ISO-8859-5", 28595, "cyrillic"),
        new("ISO-8859-6", 28596, "arabic"),
        new("ISO-8859-7", 28597, "greek"),
        new("ISO-8859-8", 38598, "iso-8859-8-i", "hebrew"),
        new("ISO-8859-13", 28603, "latin7", "l7"),
        new("ISO-8859-15", 28605, "latin9", "l9"),
        new("KOI8-R", 20866, "koi8"),
        new("KOI8-U", 21866),
        // What spreadsheets save as "CSV (Macintosh)" and "CSV (MS-DOS)".
        new("macintosh", 10000, "mac", "macroman", "x-mac-roman"),
        new("IBM437", 437, "cp437", "437"),
        new("IBM850", 850, "cp850", "850"),
        new("IBM852", 852, "cp852", "852"),
        new("IBM866", 866, "cp866", "866"),
    ];

    private static readonly TextEncoding[] All = [Utf8, Utf16, Utf16LittleEndian, Utf16BigEndian, .. MultiByte, .. SingleByte];

    private static readonly Dictionary<string, TextEncoding> Named = All.SelectMany(encoding =>
            encoding.Aliases.Prepend(encoding.Name).Select(name => (Key: Plain(name), Encoding: encoding))
        )
        .DistinctBy(entry => entry.Key)
        .ToDictionary(entry => entry.Key, entry => entry.Encoding);

    /// <summary>Finds an encoding by any of its names, in any case.</summary>
    /// <param name="name">How somebody wrote it.</param>
    /// <param name="encoding">The encoding.</param>
    /// <param name="error">Otherwise what is wrong and which there are.</param>
    public static bool TryFind(string name, [NotNullWhen(true)] out TextEncoding? encoding, [NotNullWhen(false)] out string? error)
    {
        error = null;
        if (Named.TryGetValue(Plain(name), out encoding))
        {
            return true;
        }

        var nearest = FieldNames.Nearest(name.Trim(), [.. All.SelectMany(one => one.Aliases.Prepend(one.Name))]);
        error =
            $"'{ShortText.Cut(name, 40)}' is no encoding that is known here{(nearest is null ? "" : $" (did you mean {nearest}?)")}: "
            + $"there are {string.Join(", ", All.Select(one => one.Name))}";
        return false;
    }

    /// <summary>Case, blanks and which hyphen somebody took do not matter.</summary>
    private static string Plain(string name) => new([.. name.Where(char.IsAsciiLetterOrDigit).Select(char.ToLowerInvariant)]);
}
