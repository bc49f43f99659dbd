namespace Laaffic.Campaigns.Rows;

/// <summary>What a cell's number format makes of its number.</summary>
internal enum CellFormat : byte
{
    /// <summary>Nothing that the reader of cells does not tell.</summary>
    Usual,

    /// <summary>A date: see <see cref="NumberFormats.IsEastAsianDate"/>.</summary>
    Date,

    /// <summary>A number with other digits beside it: see <see cref="NumberFormats.ShowOtherDigits"/>.</summary>
    OtherDigits,
}
