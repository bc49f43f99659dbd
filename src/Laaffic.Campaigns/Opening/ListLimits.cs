namespace Laaffic.Campaigns.Opening;

/// <summary>How large a file may be, packed and unpacked: no file can fill the memory or the disk. The docs state them.</summary>
internal static class ListLimits
{
    /// <summary>Bytes of an archive or a spreadsheet as it lies on the temporary disk.</summary>
    public const long MaxStoredBytes = 512L * 1024 * 1024;

    /// <summary>Bytes of what an archive holds, unpacked, and of all that a workbook of the kind .xlsx holds.</summary>
    public const long MaxUnpackedBytes = 4L * 1024 * 1024 * 1024;

    /// <summary>How much larger than packed the content may become, beyond <see cref="FreeUnpackedBytes"/>.</summary>
    public const int MaxRatio = 250;

    /// <summary>What may be unpacked before the ratio matters.</summary>
    public const long FreeUnpackedBytes = 64L * 1024 * 1024;

    /// <summary>Parts of a workbook or files of an archive.</summary>
    public const int MaxZipEntries = 10_000;

    /// <summary>Bytes of an archive's list of entries.</summary>
    public const int MaxDirectoryBytes = 4 * 1024 * 1024;

    /// <summary>Bytes of a workbook of the kind .xls: it is read in memory.</summary>
    public const int MaxXlsBytes = 64 * 1024 * 1024;

    /// <summary>Bytes of a workbook's table of texts, unpacked.</summary>
    public const long MaxStringTableBytes = 256L * 1024 * 1024;

    /// <summary>Texts in that table.</summary>
    public const int MaxStrings = 5_000_000;

    /// <summary>Texts in the table of an .xls.</summary>
    public const int MaxXlsStrings = 2_000_000;

    /// <summary>Bytes of one sheet, unpacked.</summary>
    public const long MaxSheetBytes = 2L * 1024 * 1024 * 1024;

    /// <summary>Bytes of a sheet's XML that are no rows.</summary>
    public const long MaxSheetFrameBytes = 16L * 1024 * 1024;

    /// <summary>Bytes of each of a workbook's other parts, such as its styles.</summary>
    public const long MaxPartBytes = 16L * 1024 * 1024;

    /// <summary>Sheets of a workbook.</summary>
    public const int MaxSheets = 1000;

    /// <summary>Number formats that a workbook defines.</summary>
    public const int MaxFormats = 5000;

    /// <summary>Rows of a sheet, as in Excel.</summary>
    public const int MaxRows = 1_048_576;

    /// <summary>Columns of a sheet, as in Excel.</summary>
    public const int MaxColumns = 16_384;

    /// <summary>Cells of a sheet that are errors.</summary>
    public const int MaxErrorCells = 5_000_000;
}
