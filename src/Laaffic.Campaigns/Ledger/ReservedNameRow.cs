namespace Laaffic.Campaigns.Ledger;

/// <summary>
/// Written by every commit that uses a name with a number at its end, or gives such names to its tasks, under the name
/// without the number: so of two commits at once that could share a task name one fails.
/// </summary>
internal sealed record ReservedNameRow : LedgerRow
{
    public string Name { get; init; } = "";
}
