namespace Laaffic.Campaigns.Rows;

/// <summary>How a spreadsheet is to be read.</summary>
/// <param name="Sheet">The name of the sheet; null for the first visible one that has rows.</param>
/// <param name="DateFormat">How dates become text, a valid .NET format; null for <c>yyyy-MM-dd</c>, with the time if there is one.</param>
/// <param name="HiddenRows">What to do with hidden rows.</param>
internal sealed record SheetOptions(string? Sheet = null, string? DateFormat = null, HiddenRows HiddenRows = HiddenRows.Reject);
