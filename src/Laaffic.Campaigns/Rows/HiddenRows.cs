namespace Laaffic.Campaigns.Rows;

/// <summary>What to do with the rows of a spreadsheet that a filter or a person has hidden.</summary>
internal enum HiddenRows
{
    /// <summary>Reject the list: who filters one may believe that only what they see is called, or not.</summary>
    Reject,

    /// <summary>Read them as any other.</summary>
    Call,

    /// <summary>Leave them out.</summary>
    Skip,
}
