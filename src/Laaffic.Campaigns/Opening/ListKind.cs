namespace Laaffic.Campaigns.Opening;

/// <summary>What a list is stored as, once it is unpacked.</summary>
internal enum ListKind
{
    /// <summary>Text with a delimiter.</summary>
    Text,

    /// <summary>A JSON campaign.</summary>
    Json,

    /// <summary>A workbook, .xlsx or .xls.</summary>
    Spreadsheet,
}
