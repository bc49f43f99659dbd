namespace Laaffic.Campaigns.Rows;

/// <summary>Why a cell says something else than its writer meant.</summary>
internal enum CellFault
{
    /// <summary>It says what it should.</summary>
    None,

    /// <summary>It is a spreadsheet's error, such as <c>#N/A</c>, which is its text then.</summary>
    Error,

    /// <summary>It is a number of more digits than a spreadsheet keeps, 15: the last ones are lost.</summary>
    Rounded,

    /// <summary>It is a number that its format shows with other digits or a +, which are not in the cell.</summary>
    OtherDigits,
}
