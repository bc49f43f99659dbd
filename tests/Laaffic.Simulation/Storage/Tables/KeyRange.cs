namespace Laaffic.Simulation.Storage.Tables;

/// <summary>Where in the order of rows the matches of a filter can be: so that a query need not look at the whole table.</summary>
/// <param name="PartitionKey">The only partition; null for all of them.</param>
/// <param name="From">The first row key in it.</param>
/// <param name="To">The last row key in it; null for no limit.</param>
internal readonly record struct KeyRange(string? PartitionKey, string From, string? To)
{
    private static readonly KeyRange All = new(null, "", null);

    public static KeyRange Of(Filter? filter) => Narrow(All, filter);

    private static KeyRange Narrow(KeyRange range, Filter? filter) =>
        filter switch
        {
            Filter.Both both => Narrow(Narrow(range, both.Left), both.Right),
            Filter.Compare { Property: nameof(StoredRow.PartitionKey), Comparison: Comparison.Equal, Literal: string key } => range with
            {
                PartitionKey = key,
            },
            Filter.Compare { Property: nameof(StoredRow.RowKey), Literal: string key } compare => compare.Comparison switch
            {
                Comparison.Equal => range with { From = Max(range.From, key), To = Min(range.To, key) },
                Comparison.Greater or Comparison.GreaterOrEqual => range with { From = Max(range.From, key) },
                Comparison.Less or Comparison.LessOrEqual => range with { To = Min(range.To, key) },
                _ => range,
            },
            _ => range,
        };

    private static string Max(string a, string b) => string.CompareOrdinal(a, b) >= 0 ? a : b;

    private static string Min(string? a, string b) => a is not null && string.CompareOrdinal(a, b) <= 0 ? a : b;
}
